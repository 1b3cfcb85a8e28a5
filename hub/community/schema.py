"""The table of links to the residents' public page. No secret is stored, only its hash; no row is deleted."""

from typing import Final

from sqlalchemy import BigInteger, Column, Index, String, Table

from hub.ledger.schema import metadata

links: Final = Table(
    "community_links",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("tenant", String(64), nullable=False),
    Column("digest", String(64), nullable=False, doc="SHA-256 of the secret in its address"),
    Column("name", String(64), nullable=False, doc="where it hangs, or whom it was given to"),
    Column("made_ms", BigInteger, nullable=False),
    Column("made_by", String(256), nullable=False),
    Column("expires_ms", BigInteger, doc="none: until it is revoked"),
    Column("revoked_ms", BigInteger),
    Column("revoked_by", String(256)),
    Index(None, "tenant", "digest", unique=True),
)
