"""Reads the record of passes as it was at the release, whatever events told later changed of it.

How a pass was before such an event is kept (`passes_past`): what leaves of it, or that it was there at all,
is as when somebody released it.
"""

from collections.abc import Callable, Iterable
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Select, Table, and_, func, or_, select

from hub.disclosure.reading.shown import AT_ONCE
from hub.passes.record import Pass
from hub.passes.schema import passes, past
from hub.passes.store import pass_of
from hub.passes.wanted import Spot

Where = Callable[[Table], Iterable[ColumnElement[bool]]]
"""Says of the record, and of how it was, which passes are meant."""

_EARLIER: Final = past.alias()


class PassRecord:
    """Passes that are meant, as they were once the record had taken the events up to `upto`."""

    def __init__(self, where: Where, upto: int) -> None:
        self._is = tuple(where(passes))
        self._was = (*where(past), past.c.until > upto, past.c.until == _first_change(upto))

    def count(self, connection: Connection) -> int:
        """Return how many there are."""
        gone = past.c.seq.not_in(select(passes.c.seq).where(passes.c.seq == past.c.seq))
        return sum(
            connection.execute(select(func.count()).select_from(table).where(*where)).scalar_one()
            for table, where in ((passes, self._is), (past, (*self._was, gone)))
        )

    def page(self, connection: Connection, behind: Spot | None) -> list[Pass]:
        """Return the next ones, oldest first; fewer than `AT_ONCE`: there are no more."""
        now = _read(connection, select(passes).where(*self._is), passes, behind)
        were = select(past).where(*self._was)
        if len(now) == AT_ONCE:
            were = were.where(past.c.at_ms <= now[-1].at_ms)  # the others belong to later pages
        then = _read(connection, were, past, behind)
        return _merged(now, then) if then else now


def _first_change(upto: int) -> ColumnElement[Any]:
    """Return by which event behind a number a pass of `passes_past` was changed first."""
    later = (_EARLIER.c.seq == past.c.seq, _EARLIER.c.until > upto)
    return select(func.min(_EARLIER.c.until)).where(*later).scalar_subquery()


def _read(connection: Connection, query: Select[Any], of: Table, behind: Spot | None) -> list[Pass]:
    if behind is not None:
        same = and_(of.c.at_ms == behind.at_ms, of.c.seq > behind.seq)
        query = query.where(of.c.at_ms >= behind.at_ms, or_(of.c.at_ms > behind.at_ms, same))
    ordered = query.order_by(of.c.at_ms, of.c.seq).limit(AT_ONCE)
    return [pass_of(row) for row in connection.execute(ordered).mappings()]


def _merged(now: Iterable[Pass], then: Iterable[Pass]) -> list[Pass]:
    """Put how passes were in place of how they are."""
    found = {Spot(each.at_ms, each.seq): each for each in (*now, *then)}
    return [found[spot] for spot in sorted(found)[:AT_ONCE]]
