"""Searches the record, the newest first, without reading much more of it than is shown. Blocking.

No database's statistics are relied on: which index leads there is decided here, by what there can be few of.
Whatever else is wanted is said such that there is no index for it.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple, TypeVar

from sqlalchemy import ColumnElement, Connection, Select, and_, func, or_, select

from hub.passes.pattern import ESCAPE, PlatePattern
from hub.passes.record import Outcome, Pass
from hub.passes.schema import passes, plates
from hub.passes.settings import Group
from hub.passes.store import pass_of
from hub.passes.wanted import Place, Wanted

MOST_PLATES: Final = 5_000
MOST_ROWS: Final = 20_000
"""So many passes of the plates that a pattern means are looked up and sorted; if there are more, they are
often enough to be met on the way back in time."""

AT_ONCE: Final = 1_000
NEWEST: Final = (passes.c.at_ms.desc(), passes.c.seq.desc())
T = TypeVar("T")
Where = tuple[ColumnElement[bool], ...]


class Way(NamedTuple):
    """What makes a stretch of one index: in the order of time, unless it `sorts`. `placed`: it says where."""

    where: Where = ()
    sorts: bool = False
    placed: bool = False


def find(connection: Connection, tenant: str, wanted: Wanted) -> list[Pass]:
    """Return passes, the newest first; `wanted.areas` is nothing to this, devices stand in `places`."""
    found: list[tuple[int, int]] = []
    for way in ways(connection, tenant, wanted):
        found += [(at_ms, seq) for at_ms, seq in connection.execute(along(way, tenant, wanted))]
    found.sort(reverse=True)
    return _whole(connection, [seq for _, seq in found[: wanted.limit]])


def along(way: Way, tenant: str, wanted: Wanted) -> Select[int, int]:
    """Ask for when each pass was, and its number, along one way."""
    query = select(passes.c.at_ms, passes.c.seq).where(passes.c.tenant == tenant, *way.where)
    order = ((passes.c.at_ms + 0).desc(), passes.c.seq.desc()) if way.sorts else NEWEST
    if wanted.places is not None and not way.placed:
        query = query.where(or_(False, *map(_at, wanted.places)))
    return query.where(*_filters(wanted)).order_by(*order).limit(wanted.limit)


def plates_like(pattern: PlatePattern) -> Where:
    """Say which rows of `plates` a pattern with wildcards may mean."""
    like = plates.c.folded.like(pattern.like, escape=ESCAPE)
    if not pattern.prefix:
        return (like,)
    return plates.c.folded >= pattern.prefix, plates.c.folded < pattern.after_prefix, like


def ways(connection: Connection, tenant: str, wanted: Wanted) -> Iterator[Way]:
    """Yield the ways that lead to all that is wanted, and to little else."""
    pattern, few = wanted.plate, None
    if pattern is not None and pattern.wild:
        few = _few(connection, tenant, pattern)
    if pattern is not None and not pattern.wild:
        yield Way((passes.c.folded == pattern.sought,))
    elif wanted.vehicle is not None:
        yield Way((passes.c.vehicle == wanted.vehicle,))
    elif wanted.person is not None:
        yield Way((passes.c.person == wanted.person,))
    elif few is not None:
        yield from (Way((passes.c.folded.in_(some),), sorts=True) for some in _chunks(few))
    else:
        yield from _back_in_time(wanted)


def _back_in_time(wanted: Wanted) -> Iterator[Way]:
    """Yield ways through what happened, of which the newest is soon found."""
    if wanted.passback:
        yield Way((passes.c.passback.is_(True),))
    elif wanted.outcome not in (None, Outcome.PASSED):
        yield Way((passes.c.outcome == str(wanted.outcome), passes.c.reason.is_not(None)))
    elif wanted.places is not None and all(place.device for place in wanted.places):
        for kind, device in wanted.places:
            yield Way((passes.c.kind == kind, passes.c.device == device), placed=True)
    elif wanted.means is not None:
        yield Way((passes.c.means == wanted.means.value,))
    elif wanted.category not in (None, Group.UNKNOWN):
        yield Way((passes.c.category == str(wanted.category),))
    else:
        yield Way()


def _few(connection: Connection, tenant: str, pattern: PlatePattern) -> list[str] | None:
    """Return the plates that a pattern may mean; None if they, or their passes, are too many."""
    query = select(plates.c.folded, plates.c.passes).where(plates.c.tenant == tenant, *plates_like(pattern))
    found = connection.execute(query.limit(MOST_PLATES + 1)).all()
    if len(found) > MOST_PLATES or sum(row.passes for row in found) > MOST_ROWS:
        return None
    return [row.folded for row in found]


def _filters(wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    equal = {
        "direction": wanted.direction,
        "means": wanted.means,
        "outcome": wanted.outcome,
        "person": wanted.person,
        "vehicle": wanted.vehicle,
    }
    yield from (_is(name, str(value)) for name, value in equal.items() if value is not None)
    if wanted.category is not None:
        known = wanted.category is not Group.UNKNOWN
        yield _is("category", wanted.category.value if known else "")
    if wanted.passback:
        yield func.coalesce(passes.c.passback, False).is_(True)
    yield from _when(wanted)
    if wanted.plate is not None:
        yield from _plate(wanted.plate)


def _when(wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    at = passes.c.at_ms
    if wanted.from_ms is not None:
        yield at >= wanted.from_ms
    if wanted.to_ms is not None:
        yield at < wanted.to_ms
    if wanted.before is not None:
        yield at <= wanted.before.at_ms
        yield or_(at < wanted.before.at_ms, passes.c.seq < wanted.before.seq)


def _plate(pattern: PlatePattern) -> Iterator[ColumnElement[bool]]:
    if pattern.wild:
        yield passes.c.folded.like(pattern.like, escape=ESCAPE)
        if pattern.exact:
            yield passes.c.plate.like(pattern.like_exact, escape=ESCAPE)
    elif pattern.exact:
        yield passes.c.plate == pattern.text


def _at(place: Place) -> ColumnElement[bool]:
    of_kind = _is("kind", place.kind)
    return of_kind if place.device is None else and_(of_kind, _is("device", place.device))


def _is(column: str, value: str) -> ColumnElement[bool]:
    """Say that a column has a value, empty for none, such that no index is chosen for it."""
    return func.coalesce(passes.c[column], "") == value


def _whole(connection: Connection, seqs: Sequence[int]) -> list[Pass]:
    found: dict[int, Pass] = {}
    for some in _chunks(seqs):
        rows: Any = connection.execute(select(passes).where(passes.c.seq.in_(some))).mappings()
        found |= {row["seq"]: pass_of(row) for row in rows}
    return [found[seq] for seq in seqs]


def _chunks(all_of: Sequence[T]) -> Iterator[Sequence[T]]:
    return (all_of[start : start + AT_ONCE] for start in range(0, len(all_of), AT_ONCE))
