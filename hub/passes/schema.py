"""The tables of passes: the record and how it was, which plates are in it, what is inside, how many when.

Empty texts are never written, so that indexes hold those rows alone in which there is something.
"""

from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from hub.ledger.schema import Sequence64, metadata

PlateText: Final = String(16).with_variant(String(16, collation="C"), "postgresql")
"""Compared by code points on every database, so that a prefix is a stretch of the index."""

_Seq: Final = BigInteger().with_variant(Integer, "sqlite")


def _recorded() -> tuple[Column[Any], ...]:
    """Return the columns of what is said of a pass."""
    return (
        Column("tenant", String(64), nullable=False),
        Column("site", String(64), nullable=False),
        Column("kind", String(64), nullable=False),
        Column("device", String(64), nullable=False),
        Column(
            "at_ms", BigInteger, nullable=False, doc="by the device's clock, at most when it was received"
        ),
        Column("received_ms", BigInteger, nullable=False),
        Column("outcome", String(16), nullable=False),
        Column("reason", String(64), doc="why it did not pass; none: it did"),
        Column("direction", String(16), nullable=False),
        Column("means", String(16), nullable=False),
        Column("category", String(16)),
        Column("person", String(64)),
        Column("vehicle", String(64)),
        Column("plate", PlateText),
        Column("folded", PlateText, doc="the plate, with easily confused characters made one"),
        Column("colour", String(16), nullable=False),
        Column("recognised", String(256), doc="id of the event in which a camera read the plate"),
        Column("pictures", Text, nullable=False, doc="JSON: SHA-256 of each"),
        Column("confirmed", Boolean),
        Column("replay", Boolean, nullable=False),
        Column("passback", Boolean, nullable=False, doc="twice the same way"),
        Column(
            "passback_told", Boolean, nullable=False, doc="its gate has said so, whatever the record tells"
        ),
        Column("dwell_s", Float, nullable=False),
    )


passes: Final = Table(
    "passes",
    metadata,
    Column("seq", _Seq, primary_key=True, autoincrement=False),
    *_recorded(),
    Index("ix_passes_time", "tenant", "at_ms", "seq"),
    Index("ix_passes_place", "tenant", "kind", "device", "at_ms", "seq"),
    Index("ix_passes_means", "tenant", "means", "at_ms", "seq"),
)

past: Final = Table(
    "passes_past",
    metadata,
    Column("seq", _Seq, primary_key=True, autoincrement=False),
    Column("until", BigInteger, primary_key=True, autoincrement=False, doc="the event that changed it"),
    *_recorded(),
    Index("ix_passes_past_time", "tenant", "at_ms", "seq"),
)
"""Passes as they were before an event that was told later changed them, or took them out of the record."""


def _where_there_is(name: str, column: str, *more: str) -> Index:
    there = passes.c[column].is_not(None)
    return Index(
        name,
        *(passes.c[each] for each in ("tenant", column, *more)),
        sqlite_where=there,
        postgresql_where=there,
    )


BY_PLATE: Final = _where_there_is("ix_passes_folded", "folded", "at_ms", "seq")
BY_VEHICLE: Final = _where_there_is("ix_passes_vehicle", "vehicle", "at_ms", "seq")
BY_PERSON: Final = _where_there_is("ix_passes_person", "person", "at_ms", "seq")
BY_CATEGORY: Final = _where_there_is("ix_passes_category", "category", "at_ms", "seq")
BY_READING: Final = _where_there_is("ix_passes_recognised", "recognised")
"""Which pass a reading belongs to that comes late."""

REFUSED: Final = Index(
    "ix_passes_refused",
    passes.c.tenant,
    passes.c.outcome,
    passes.c.at_ms,
    passes.c.seq,
    sqlite_where=passes.c.reason.is_not(None),
    postgresql_where=passes.c.reason.is_not(None),
)
"""One in a hundred; without, a search for them would read the other ninety-nine."""

PASSBACK: Final = Index(
    "ix_passes_passback",
    passes.c.tenant,
    passes.c.passback,
    passes.c.at_ms,
    passes.c.seq,
    sqlite_where=passes.c.passback.is_(True),
    postgresql_where=passes.c.passback.is_(True),
)

plates: Final = Table(
    "passes_plates",
    metadata,
    Column("tenant", String(64), primary_key=True),
    Column("folded", PlateText, primary_key=True),
    Column("passes", Integer, nullable=False, doc="rows of `passes` with it"),
)
"""Each plate once, so that a search with wildcards need not read every pass."""

inside: Final = Table(
    "passes_inside",
    metadata,
    Column("id", Sequence64, primary_key=True, autoincrement=True),
    Column("tenant", String(64), nullable=False),
    Column("subject", String(80), nullable=False, doc="what passes are counted together"),
    Column("version", Integer, nullable=False),
    Column("inside", Boolean, nullable=False),
    Column("at_ms", BigInteger, nullable=False, doc="when it last passed, or was said to have left"),
    Column("kind", String(64), nullable=False),
    Column("device", String(64), nullable=False),
    Column("category", String(16)),
    Column("person", String(64)),
    Column("vehicle", String(64)),
    Column("plate", PlateText),
    Column("folded", PlateText),
    Column("left_ms", BigInteger, doc="when somebody last said that it had left"),
    UniqueConstraint("tenant", "subject"),
    Index(None, "tenant", "inside", "at_ms"),
    Index(None, "tenant", "folded"),
)

tallies: Final = Table(
    "passes_tallies",
    metadata,
    Column("tenant", String(64), primary_key=True),
    Column("hour_ms", BigInteger, primary_key=True, autoincrement=False, doc="when the hour begins"),
    Column("kind", String(64), primary_key=True),
    Column("device", String(64), primary_key=True),
    Column("outcome", String(16), primary_key=True),
    Column("direction", String(16), primary_key=True),
    Column("number", Integer, nullable=False),
)

cursors: Final = Table(
    "passes_cursors",
    metadata,
    Column("tenant", String(64), primary_key=True),
    Column("seq", BigInteger, nullable=False, doc="events up to this one are in the record"),
)
