"""The tables of webhooks: what happened to alarms, in order, and how far each webhook has come."""

from typing import Final

from sqlalchemy import BigInteger, Column, Index, String, Table, Text

from hub.ledger.schema import Sequence64, metadata

changes: Final = Table(
    "webhook_changes",
    metadata,
    Column("seq", Sequence64, primary_key=True, autoincrement=True, doc="order of commit"),
    Column("tenant", String(64), nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("body", Text, nullable=False, doc="the CloudEvent, as it is sent"),
    Index(None, "tenant", "seq"),
)

cursors: Final = Table(
    "webhook_cursors",
    metadata,
    Column("tenant", String(64), primary_key=True),
    Column("hook", String(64), primary_key=True),
    Column("event_seq", BigInteger, nullable=False, doc="told of every event up to this one"),
    Column("change_seq", BigInteger, nullable=False, doc="told of every change of alarms up to this one"),
    Column("gone_url", Text, doc="the address that answered 410: it is told nothing more"),
)
