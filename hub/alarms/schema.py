"""The tables of alarms. Nothing in them is ever deleted by the product's own API."""

from typing import Final

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, String, Table, Text

from hub.ledger.schema import metadata

alarms: Final = Table(
    "alarms",
    metadata,
    Column("id", String(64), primary_key=True, doc="made once, when it is first raised"),
    Column("tenant", String(64), nullable=False),
    Column("site", String(64), nullable=False),
    Column("device_kind", String(64), nullable=False),
    Column("device", String(64), nullable=False),
    Column("key", String(64), nullable=False, doc="of its definition"),
    Column("dedup", String(512), nullable=False),
    Column("area", String(64)),
    Column("title", Text, nullable=False, doc="JSON: a text in each language"),
    Column("priority", String(16), nullable=False),
    Column("kind", String(16), nullable=False, doc="condition or incident"),
    Column("latching", Boolean, nullable=False),
    Column("review", Boolean, nullable=False),
    Column("state", String(32), nullable=False),
    Column("suppression", String(32), nullable=False),
    Column("active", Boolean, nullable=False),
    Column("count", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("entries", Integer, nullable=False),
    Column("raised_ms", BigInteger, nullable=False),
    Column("last_ms", BigInteger, nullable=False),
    Column("returned_ms", BigInteger),
    Column("acknowledged_ms", BigInteger),
    Column("acknowledged_by", String(256)),
    Column("assigned_to", String(256)),
    Column("closed_by", String(256)),
    Column("closed_ms", BigInteger, doc="none: somebody still has something to do with it"),
    Column("parent", String(64), doc="the alarm of the cause under which it is folded"),
    Column("shelved_until_ms", BigInteger),
    Column("event_seq", BigInteger, doc="the newest event of the ledger that raised it"),
    Column("data", Text, nullable=False, doc="JSON: what was seen"),
    Column("trace", Text, nullable=False, doc="JSON: when it was where"),
    Column("test", String(64), doc="the commissioning test within which it was last raised"),
    Index(None, "tenant", "raised_ms"),
    Index(None, "tenant", "dedup", "raised_ms"),
)

ONE_OPEN: Final = Index(
    "uq_alarms_open_dedup",
    alarms.c.tenant,
    alarms.c.dedup,
    unique=True,
    sqlite_where=alarms.c.closed_ms.is_(None),
    postgresql_where=alarms.c.closed_ms.is_(None),
)
"""At most one open alarm per dedup key: the database says so, whoever raises at the same time."""

entries: Final = Table(
    "alarm_entries",
    metadata,
    Column("tenant", String(64), primary_key=True),
    Column("alarm", String(64), primary_key=True),
    Column("n", Integer, primary_key=True, autoincrement=False),
    Column("ts_ms", BigInteger, nullable=False),
    Column("kind", String(32), nullable=False),
    Column("who", String(256), nullable=False),
    Column("post", String(64)),
    Column("note", Text, nullable=False),
    Column("data", Text, nullable=False, doc="JSON"),
    Index(None, "tenant", "ts_ms"),
)

occurrences: Final = Table(
    "alarm_occurrences",
    metadata,
    Column("tenant", String(64), primary_key=True),
    Column("dedup", String(512), primary_key=True),
    Column(
        "event_seq", BigInteger, primary_key=True, autoincrement=False, doc="counts once, however often told"
    ),
)

cursors: Final = Table(
    "alarm_cursors",
    metadata,
    Column("tenant", String(64), primary_key=True),
    Column("seq", BigInteger, nullable=False, doc="every event up to this one was looked at by the rules"),
)

shelves: Final = Table(
    "alarm_shelves",
    metadata,
    Column("tenant", String(64), primary_key=True),
    Column("dedup", String(512), primary_key=True, doc="holds for its next alarm as well"),
    Column("suppression", String(32), nullable=False, doc="shelved or out-of-service"),
    Column("until_ms", BigInteger, doc="none: until somebody returns it to service"),
    Column("reason", Text, nullable=False),
    Column("who", String(256), nullable=False),
    Column("post", String(64)),
    Column("since_ms", BigInteger, nullable=False),
)
