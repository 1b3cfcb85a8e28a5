"""The tables of work orders. Nothing in them is ever deleted by the product's own API."""

from typing import Final

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, String, Table, Text, UniqueConstraint

from hub.ledger.schema import Sequence64, metadata

orders: Final = Table(
    "orders",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("tenant", String(64), nullable=False),
    Column("number", Integer, nullable=False, doc="what people call it by"),
    Column("site", String(64), nullable=False),
    Column("kind", String(64), nullable=False),
    Column("terms", Text, nullable=False, doc="JSON: its kind as it was when the order was made"),
    Column("title", Text, nullable=False, doc="JSON: a text in each language"),
    Column("start_ms", BigInteger, nullable=False, doc="from when its limits count"),
    Column("made_ms", BigInteger, nullable=False),
    Column("respond_near_ms", BigInteger, nullable=False),
    Column("respond_by_ms", BigInteger, nullable=False),
    Column("resolve_near_ms", BigInteger, nullable=False),
    Column("resolve_by_ms", BigInteger, nullable=False),
    Column("alarm", String(64), doc="the alarm it came from"),
    Column("device", String(129), doc="kind/id"),
    Column("area", String(64)),
    Column("place", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("reporter", String(64), doc="a pseudonymous reference"),
    Column("state", String(16), nullable=False),
    Column("version", Integer, nullable=False),
    Column("entries", Integer, nullable=False),
    Column("respond_told", String(16), nullable=False, doc="what was last told of this limit"),
    Column("resolve_told", String(16), nullable=False),
    Column("responded_ms", BigInteger),
    Column("done_ms", BigInteger),
    Column("closed_ms", BigInteger, doc="none: somebody still has something to do with it"),
    Column("assigned_to", String(256)),
    Column("taken_by", String(256)),
    Column("done_by", String(256)),
    Column("closed_by", String(256)),
    Column("proofs", Integer, nullable=False),
    Column("reopened", Integer, nullable=False),
    Column("satisfied", Boolean),
    UniqueConstraint("tenant", "number"),
    Index(None, "tenant", "start_ms"),
    Index(None, "tenant", "alarm"),
)

ONE_OPEN: Final = Index(
    "uq_orders_open_alarm_kind",
    orders.c.tenant,
    orders.c.alarm,
    orders.c.kind,
    unique=True,
    sqlite_where=orders.c.closed_ms.is_(None),
    postgresql_where=orders.c.closed_ms.is_(None),
)
"""At most one open order of a kind for each alarm, whoever asks for it at the same time."""

order_entries: Final = Table(
    "order_entries",
    metadata,
    Column("tenant", String(64), primary_key=True),
    Column("order", String(64), primary_key=True),
    Column("n", Integer, primary_key=True, autoincrement=False),
    Column("ts_ms", BigInteger, nullable=False),
    Column("kind", String(32), nullable=False),
    Column("who", String(256), nullable=False),
    Column("post", String(64)),
    Column("note", Text, nullable=False),
    Column("data", Text, nullable=False, doc="JSON"),
)

order_news: Final = Table(
    "order_news",
    metadata,
    Column("seq", Sequence64, primary_key=True, autoincrement=True),
    Column("tenant", String(64), nullable=False),
    Column("alarm", String(64), nullable=False),
    Column("who", String(256), nullable=False),
    Column("data", Text, nullable=False, doc="JSON: what the alarm's timeline is to say"),
    Column("outcome", String(16), doc="none: not in the alarm's timeline yet; said, or lost"),
    Index(None, "tenant", "outcome"),
)
"""What the timelines of alarms must still be told of their orders: planned with the change itself."""
