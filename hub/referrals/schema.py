"""The table of hand-overs to the police. No secret is stored, only its hash; no row is deleted."""

from typing import Final

from sqlalchemy import BigInteger, Column, Index, String, Table, Text

from hub.ledger.schema import metadata

referrals: Final = Table(
    "police_referrals",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("tenant", String(64), nullable=False),
    Column("digest", String(64), nullable=False, doc="SHA-256 of the secret in its link"),
    Column("alarm", String(64), nullable=False),
    Column("grid", String(64), nullable=False),
    Column("unit", Text, nullable=False, doc="JSON: what the unit was called then, in each language"),
    Column("contact", String(64), nullable=False),
    Column("note", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("handed_by", String(256), nullable=False),
    Column("handed_ms", BigInteger, nullable=False),
    Column("due_ms", BigInteger, nullable=False, doc="when its link ends"),
    Column("officer", Text, nullable=False, doc="JSON: who confirmed receipt, by name and number"),
    Column("received_ms", BigInteger),
    Column("answers", Text, nullable=False, doc="JSON"),
    Column("revoked_by", String(256)),
    Column("revoked_ms", BigInteger),
    Index(None, "tenant", "digest", unique=True),
    Index(None, "tenant", "alarm"),
)
