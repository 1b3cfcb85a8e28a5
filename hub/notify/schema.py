"""What is to be told to whom, and which steps of escalation are due: planned with the alarm's own change."""

from typing import Final

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table, Text, UniqueConstraint

from hub.ledger.schema import Sequence64, metadata

notifications: Final = Table(
    "notifications",
    metadata,
    Column("id", Sequence64, primary_key=True, autoincrement=True, doc="order in which they are told"),
    Column("tenant", String(64), nullable=False),
    Column("alarm", String(64), nullable=False, doc="what it is about; with a text no alarm"),
    Column("contact", String(64), nullable=False),
    Column("news", String(64), nullable=False, doc="what became of the alarm, and its priority then"),
    Column("text", Text, doc="JSON: what to say, in each language; none: what is to say of the alarm"),
    Column("state", String(16), nullable=False, doc="held, planned, sending, sent, failed or dropped"),
    Column("planned_ms", BigInteger, nullable=False),
    Column("due_ms", BigInteger, nullable=False, doc="when it may be tried"),
    Column("attempts", Integer, nullable=False, doc="begun, whatever became of them"),
    Column("first_ms", BigInteger, doc="of the first attempt"),
    Column("ended_ms", BigInteger),
    Column("reason", Text, nullable=False, doc="why the last attempt failed"),
    UniqueConstraint("tenant", "alarm", "contact", "news"),
    Index(None, "tenant", "contact", "state"),
)

escalations: Final = Table(
    "escalations",
    metadata,
    Column("tenant", String(64), primary_key=True),
    Column("alarm", String(64), primary_key=True),
    Column("occurrence", Integer, primary_key=True, autoincrement=False, doc="entry that raised it"),
    Column("step", Integer, primary_key=True, autoincrement=False, doc="from 0, as in its definition"),
    Column("state", String(16), nullable=False, doc="waiting, paused, done or stopped"),
    Column("due_ms", BigInteger, nullable=False),
    Column("ended_ms", BigInteger),
    Index(None, "tenant", "state", "due_ms"),
)
