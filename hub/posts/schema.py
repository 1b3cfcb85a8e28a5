"""The tables of who was on duty where, what was handed over, and whether somebody was awake.

Nothing in them is ever deleted: they are the record of who was responsible.
"""

from typing import Final

from sqlalchemy import BigInteger, Column, Index, String, Table, Text

from hub.ledger.schema import Sequence64, metadata

shifts: Final = Table(
    "shifts",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("tenant", String(64), nullable=False),
    Column("post", String(64), nullable=False),
    Column("who", String(256), nullable=False),
    Column("began_ms", BigInteger, nullable=False),
    Column("seen_ms", BigInteger, nullable=False, doc="when they last showed that they are awake"),
    Column("ended_ms", BigInteger, doc="none: on duty"),
    Column("end", String(32), doc="how it ended"),
    Column("ended_by", String(256)),
    Column("reason", Text),
    Index(None, "tenant", "post", "began_ms"),
)

ONE_SHIFT: Final = Index(
    "uq_shifts_open_who",
    shifts.c.tenant,
    shifts.c.who,
    unique=True,
    sqlite_where=shifts.c.ended_ms.is_(None),
    postgresql_where=shifts.c.ended_ms.is_(None),
)
"""One person is at one post at a time: the database says so."""

handovers: Final = Table(
    "handovers",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("tenant", String(64), nullable=False),
    Column("shift", String(64), nullable=False, doc="of whoever leaves"),
    Column("post", String(64), nullable=False),
    Column("who", String(256), nullable=False, doc="who leaves"),
    Column("prepared_ms", BigInteger, nullable=False),
    Column("note", Text, nullable=False),
    Column("items", Text, nullable=False, doc="JSON: what was open or shelved then"),
    Column("accepted_ms", BigInteger),
    Column("accepted_by", String(256)),
    Column("accepted_note", Text),
    Column("accepted_items", Text, doc="JSON: what was open or shelved then, each accepted by name"),
    Column("void_ms", BigInteger, doc="its shift ended in another way"),
    Index(None, "tenant", "post", "prepared_ms"),
)

_OPEN = handovers.c.accepted_ms.is_(None) & handovers.c.void_ms.is_(None)

ONE_HANDOVER: Final = Index(
    "uq_handovers_open_shift",
    handovers.c.shift,
    unique=True,
    sqlite_where=_OPEN,
    postgresql_where=_OPEN,
)
"""A shift has at most one hand-over that waits to be accepted."""

presence_checks: Final = Table(
    "presence_checks",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("tenant", String(64), nullable=False),
    Column("post", String(64), nullable=False),
    Column("due_ms", BigInteger, nullable=False),
    Column("deadline_ms", BigInteger, nullable=False),
    Column("missed_ms", BigInteger, doc="nobody showed in time"),
    Column("ended_ms", BigInteger, doc="none: it waits, or was missed and nobody has shown since"),
    Column("ended_by", String(256), doc="who showed; none: nobody was on duty any more"),
    Index(None, "tenant", "post", "due_ms"),
)

ONE_CHECK: Final = Index(
    "uq_presence_checks_open_post",
    presence_checks.c.tenant,
    presence_checks.c.post,
    unique=True,
    sqlite_where=presence_checks.c.ended_ms.is_(None),
    postgresql_where=presence_checks.c.ended_ms.is_(None),
)
"""A post has at most one presence check that waits or was missed."""

shift_shelves: Final = Table(
    "shift_shelves",
    metadata,
    Column("seq", Sequence64, primary_key=True, autoincrement=True),
    Column("tenant", String(64), nullable=False),
    Column("shift", String(64), nullable=False),
    Column("alarm", String(64), nullable=False),
    Column("ts_ms", BigInteger, nullable=False),
    Index(None, "tenant", "shift"),
)
