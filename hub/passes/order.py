"""Finds vehicles that pass the same way twice, whatever was told late: each pass beside its neighbours.

People are not compared: most doors have a button for the way out, which knows nobody. Blocking; inside the
caller's transaction.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from msgspec.structs import replace
from sqlalchemy import ColumnElement, Connection, and_, or_, select, update

from contract.passes import GATE_KIND, Direction
from hub.passes.presence import Presence, subject_of
from hub.passes.record import Outcome, Pass
from hub.passes.schema import passes
from hub.passes.store import keep_past, pass_of

Where = Sequence[ColumnElement[bool]]
_EARLIER: Final = (passes.c.at_ms.desc(), passes.c.seq.desc())
_LATER: Final = (passes.c.at_ms, passes.c.seq)


class PassOrder:
    """One tenant's passes in the order in which they happened."""

    def __init__(self, tenant: str, presence: Presence) -> None:
        self._tenant = tenant
        self._presence = presence

    def judged(self, connection: Connection, record: Pass) -> Pass:
        """Return a pass with whether the one before went the same way; have the one after judged anew."""
        if not self._presence.moves(record):
            return record
        before = self._beside(connection, record, later=False)
        after = self._beside(connection, record, later=True)
        if after is not None:
            passback = after.passback_told or self._again(connection, record, after)
            self._judge(connection, after, record.seq, passback=passback)
        again = before is not None and self._again(connection, before, record)
        return replace(record, passback=again or record.passback_told)

    def _judge(self, connection: Connection, record: Pass, by: int, *, passback: bool) -> None:
        if record.passback != passback:
            keep_past(connection, record.seq, by)
            changed = update(passes).where(passes.c.seq == record.seq)
            connection.execute(changed.values(passback=passback))

    def _again(self, connection: Connection, earlier: Pass, later: Pass) -> bool:
        """Whether two passes in a row went the same way, and nobody said otherwise in between."""
        if earlier.direction is not later.direction:
            return False
        known = self._presence.of(connection, subject_of(later))
        left_ms = known.left_ms if known else None
        return left_ms is None or not earlier.at_ms <= left_ms <= later.at_ms

    def _beside(self, connection: Connection, record: Pass, *, later: bool) -> Pass | None:
        """Return the nearest pass of the same vehicle, later or earlier."""
        found = [self._nearest(connection, record, where, later=later) for where in _same(record)]
        nearest = min if later else max
        there = (each for each in found if each is not None)
        return nearest(there, key=lambda each: (each.at_ms, each.seq), default=None)

    def _nearest(self, connection: Connection, record: Pass, same: Where, *, later: bool) -> Pass | None:
        ours = (passes.c.tenant == self._tenant, *same, *_moved(), self._presence.counted())
        query = select(passes).where(*ours, _from(record, later=later))
        row = connection.execute(query.order_by(*(_LATER if later else _EARLIER)).limit(1)).mappings().first()
        return pass_of(row) if row else None


def _same(record: Pass) -> Iterator[Where]:
    """Yield by what passes are of the same vehicle; each condition is a stretch of one index."""
    if record.vehicle is not None:
        yield (passes.c.vehicle == record.vehicle,)
    if record.folded is not None:
        unknown = () if record.vehicle is None else (passes.c.vehicle.is_(None),)
        yield (passes.c.folded == record.folded, *unknown)


def _moved() -> Where:
    known = passes.c.direction.in_([Direction.IN.value, Direction.OUT.value])
    return passes.c.kind == GATE_KIND, passes.c.outcome == Outcome.PASSED.value, known


def _from(record: Pass, *, later: bool) -> ColumnElement[bool]:
    """Say which passes come after one, or before it."""
    at, seq = passes.c.at_ms, passes.c.seq
    same = at == record.at_ms
    if later:
        return and_(at >= record.at_ms, or_(at > record.at_ms, and_(same, seq > record.seq)))
    return and_(at <= record.at_ms, or_(at < record.at_ms, and_(same, seq < record.seq)))
