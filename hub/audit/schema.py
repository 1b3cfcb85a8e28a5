"""The audit's tables. `body` is what was hashed, byte for byte; the columns before it are to search by."""

from typing import Final

from sqlalchemy import BigInteger, Column, Index, String, Table, Text

from hub.ledger.schema import metadata

audit: Final = Table(
    "audit",
    metadata,
    Column("tenant", String(64), primary_key=True),
    Column("n", BigInteger, primary_key=True, autoincrement=False, doc="1, 2, 3 …: dense in each tenant"),
    Column("ts_ms", BigInteger, nullable=False),
    Column("who", String(256), nullable=False),
    Column("what", String(64), nullable=False),
    Column("about", String(256), nullable=False),
    Column("body", Text, nullable=False, doc="the whole entry as canonical JSON (RFC 8785)"),
    Column("hash", String(64), nullable=False, doc="SHA-256 of the hash before and `body`, hex"),
    Index(None, "tenant", "who", "n"),
    Index(None, "tenant", "what", "n"),
    Index(None, "tenant", "about", "n"),
)

heads: Final = Table(
    "audit_heads",
    metadata,
    Column("tenant", String(64), primary_key=True),
    Column("n", BigInteger, nullable=False, doc="how many entries there are"),
    Column("hash", String(64), nullable=False, doc="of the last one"),
)
