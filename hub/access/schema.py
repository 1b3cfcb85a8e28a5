"""The tables of people and what they sign in with. No secret is stored, only its hash.

Passwords are argon2id hashes; cookies, machine tokens and one-time links are 256 random bits each, so that
their plain SHA-256 cannot be guessed backwards.
"""

from typing import Final

from sqlalchemy import BigInteger, Boolean, Column, Index, String, Table, Text

from hub.ledger.schema import metadata

users: Final = Table(
    "access_users",
    metadata,
    Column("tenant", String(64), primary_key=True),
    Column("name", String(64), primary_key=True, doc="lower case, without spaces"),
    Column("role", String(16), nullable=False),
    Column("password", Text, doc="argon2id; none: signs in by link alone"),
    Column("enabled", Boolean, nullable=False),
    Column("created_ms", BigInteger, nullable=False),
)

sessions: Final = Table(
    "access_sessions",
    metadata,
    Column("digest", String(64), primary_key=True, doc="SHA-256 of the cookie"),
    Column("tenant", String(64), nullable=False),
    Column("user", String(64), doc="none: came by a link that was for a role alone"),
    Column("role", String(16), nullable=False),
    Column("created_ms", BigInteger, nullable=False),
    Column("seen_ms", BigInteger, nullable=False, doc="last used, to the minute"),
    Column("expires_ms", BigInteger, nullable=False, doc="ends then, used or not"),
    Index(None, "tenant", "user"),
)

tokens: Final = Table(
    "access_tokens",
    metadata,
    Column("digest", String(64), primary_key=True, doc="SHA-256 of the bearer token"),
    Column("tenant", String(64), nullable=False),
    Column("name", String(64), nullable=False),
    Column("role", String(16), nullable=False),
    Column("created_ms", BigInteger, nullable=False),
    Column("expires_ms", BigInteger, doc="none: until it is revoked"),
    Column("seen_ms", BigInteger, doc="last used, to the minute; none: never"),
    Index(None, "tenant", "name", unique=True),
)

links: Final = Table(
    "access_links",
    metadata,
    Column("digest", String(64), primary_key=True, doc="SHA-256 of the one-time token"),
    Column("tenant", String(64), nullable=False),
    Column("user", String(64)),
    Column("role", String(16), nullable=False),
    Column("created_ms", BigInteger, nullable=False),
    Column("expires_ms", BigInteger, nullable=False),
)

epochs: Final = Table(
    "access_epochs",
    metadata,
    Column("tenant", String(64), primary_key=True),
    Column("epoch", BigInteger, nullable=False, doc="grows with whatever takes a right away"),
)
"""A hub forgets what it remembers of sessions and tokens as soon as this number moves."""
