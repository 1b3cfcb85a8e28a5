"""The ledger's tables, for SQLite and PostgreSQL alike. Alembic migrations follow these definitions.

Every row carries its tenant and, where it belongs to one, its site, so that several communities can share one
ledger: one hub for each tenant.
"""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

metadata: Final = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    }
)

Sequence64: Final = BigInteger().with_variant(Integer, "sqlite")
"""SQLite counts its own row ids only in a column of type INTEGER."""

events: Final = Table(
    "events",
    metadata,
    Column("seq", Sequence64, primary_key=True, autoincrement=True, doc="order of commit"),
    Column("tenant", String(64), nullable=False),
    Column("site", String(64), nullable=False),
    Column("kind", String(64), nullable=False),
    Column("device", String(64), nullable=False),
    Column("source", String(256), nullable=False, doc="CloudEvents source"),
    Column("id", String(256), nullable=False, doc="CloudEvents id, unique per source"),
    Column("type", String(256), nullable=False, doc="CloudEvents type"),
    Column("time_ms", BigInteger, nullable=False, doc="device time, ms since 1970"),
    Column("received_ms", BigInteger, nullable=False, doc="hub time, ms since 1970"),
    Column("boot", String(256)),
    Column("sequence", BigInteger),
    Column("payload", Text, nullable=False, doc="the message, byte for byte"),
    UniqueConstraint("tenant", "site", "source", "id"),
    Index(None, "tenant", "site", "kind", "device", "seq"),
    Index(None, "tenant", "type", "seq"),
)

outboxes: Final = Table(
    "outboxes",
    metadata,
    Column("tenant", String(64), primary_key=True),
    Column("site", String(64), primary_key=True),
    Column("driver", String(64), primary_key=True),
    Column("outbox", String(256), nullable=False, doc="which outbox file of the driver host"),
    Column("upto", BigInteger, nullable=False, doc="every number up to this one is in events"),
)

sequences: Final = Table(
    "sequences",
    metadata,
    Column("tenant", String(64), primary_key=True),
    Column("site", String(64), primary_key=True),
    Column("kind", String(64), primary_key=True),
    Column("device", String(64), primary_key=True),
    Column("boot", String(256), primary_key=True, doc="the run of its driver; empty if that has no number"),
    Column("missed", BigInteger, nullable=False, doc="events that were numbered in that run but never came"),
)

rejected: Final = Table(
    "rejected",
    metadata,
    Column("seq", Sequence64, primary_key=True, autoincrement=True),
    Column("tenant", String(64), nullable=False),
    Column("topic", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("received_ms", BigInteger, nullable=False),
    Column("payload", Text, nullable=False, doc="the first 4 KiB, backslash-escaped"),
)

actions: Final = Table(
    "actions",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("tenant", String(64), nullable=False),
    Column("site", String(64), nullable=False),
    Column("kind", String(64), nullable=False),
    Column("device", String(64), nullable=False),
    Column("action", String(64), nullable=False),
    Column("input", Text, nullable=False, doc="JSON"),
    Column("issuer", String(256), nullable=False),
    Column("reason", Text, nullable=False),
    Column("requested_ms", BigInteger, nullable=False),
    Column("expires_ms", BigInteger, nullable=False),
    Column("status", String(16), nullable=False),
    Column("ended_ms", BigInteger),
    Column("error_code", String(64)),
    Column("error_message", Text),
    Index(None, "tenant", "site", "kind", "device", "requested_ms"),
)
