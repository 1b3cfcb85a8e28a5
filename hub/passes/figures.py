"""What is inside, for how long, and how many passed when. Blocking."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta, tzinfo
from itertools import groupby
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, Row, and_, or_, select

from contract.clock import epoch_ms, from_epoch_ms, rfc3339_ms
from contract.errors import InvalidMessage
from contract.passes import GATE_KIND, Direction
from hub.passes.presence import Presence
from hub.passes.record import Outcome
from hub.passes.schema import inside, passes, tallies
from hub.passes.search import NEWEST
from hub.passes.settings import Group, PassSettings, group_of
from hub.passes.store import HOUR_MS
from hub.passes.view import HourTally, PassCounts, PassFigures, PlaceTally

Counted = Row[tuple[int, str, str, str, str, int]]
"""Hour, kind, device, outcome, direction, how many."""


class Day(NamedTuple):
    """A day of the site's zone, and from when until before when it lasts, in ms since 1970."""

    day: date
    from_ms: int
    to_ms: int


def day_of(day: date, zone: tzinfo) -> Day:
    """Return a day; InvalidMessage if there is none like it."""
    try:
        begin, end = (
            datetime(each.year, each.month, each.day, tzinfo=zone) for each in (day, day + timedelta(days=1))
        )
        return Day(day, epoch_ms(begin), epoch_ms(end))
    except (OverflowError, ValueError) as wrong:
        raise InvalidMessage("`day`: there is no such day", code="bad-day") from wrong


class Figures:
    """Counts for one tenant."""

    def __init__(self, tenant: str, zone: tzinfo, settings: PassSettings, presence: Presence) -> None:
        self._tenant = tenant
        self._zone = zone
        self._presence = presence
        self.long_hours = settings.long_hours

    def today(self, now_ms: int) -> Day:
        """Return the day that it is at the site."""
        return day_of(from_epoch_ms(now_ms).astimezone(self._zone).date(), self._zone)

    def counts(self, connection: Connection, now_ms: int) -> PassCounts:
        """Count what is inside now, and what passed since midnight."""
        return self._counts(connection, now_ms, self._counted(connection, self.today(now_ms)))

    def of_day(self, connection: Connection, day: Day, now_ms: int) -> PassFigures:
        """Count what passed on a day, and what is inside now."""
        counted, today = self._counted(connection, day), self.today(now_ms)
        since_midnight = counted if day == today else self._counted(connection, today)
        return PassFigures(
            day=day.day.isoformat(),
            now=self._counts(connection, now_ms, since_midnight),
            hours=_by_hour(counted),
            places=_by_place(counted),
        )

    def stays_long(self, now_ms: int) -> ColumnElement[bool]:
        """Say in SQL that a vehicle stays for longer than its group may."""
        return or_(
            False,
            *(
                and_(is_of(group), inside.c.at_ms < now_ms - hours * HOUR_MS)
                for group, hours in self.long_hours.items()
            ),
        )

    def is_long(self, group: Group, since_ms: int, now_ms: int) -> bool:
        """Whether a vehicle that is inside since then stays for longer than its group may."""
        hours = self.long_hours.get(group)
        return hours is not None and since_ms < now_ms - hours * HOUR_MS

    def _counts(self, connection: Connection, now_ms: int, counted: Sequence[Counted]) -> PassCounts:
        there: Counter[Group] = Counter()
        long: Counter[Group] = Counter()
        for stay in connection.execute(self._presence.inside()):
            group = group_of(stay.category)
            there[group] += 1
            long[group] += self.is_long(group, stay.at_ms, now_ms)
        gates = _tally(each for each in counted if each.kind == GATE_KIND)
        query = select(passes.c.at_ms).where(passes.c.tenant == self._tenant)
        newest = connection.execute(query.order_by(*NEWEST).limit(1)).scalar()
        return PassCounts(
            inside={group: there[group] for group in Group},
            inside_total=there.total(),
            long_stay={group: long[group] for group in Group},
            in_today=gates["in"],
            out_today=gates["out"],
            refused_today=gates["refused"],
            last=None if newest is None else rfc3339_ms(newest),
        )

    def _counted(self, connection: Connection, day: Day) -> Sequence[Counted]:
        named = ("hour_ms", "kind", "device", "outcome", "direction", "number")
        during = (tallies.c.hour_ms >= day.from_ms, tallies.c.hour_ms < day.to_ms)
        query = select(*(tallies.c[name] for name in named)).where(tallies.c.tenant == self._tenant, *during)
        return connection.execute(query.where(tallies.c.outcome != Outcome.SEEN.value)).all()


def is_of(group: Group) -> ColumnElement[bool]:
    """Say in SQL that a vehicle inside is of a group."""
    category = inside.c.category
    return category.is_(None) if group is Group.UNKNOWN else category == group.value


def _by_hour(counted: Iterable[Counted]) -> list[HourTally]:
    gates = sorted((each for each in counted if each.kind == GATE_KIND), key=lambda each: each.hour_ms)
    hours = groupby(gates, key=lambda each: each.hour_ms)
    return [HourTally(start=rfc3339_ms(hour_ms), **_fields(_tally(rows))) for hour_ms, rows in hours]


def _by_place(counted: Iterable[Counted]) -> list[PlaceTally]:
    places = groupby(sorted(counted, key=_place), key=_place)
    return [PlaceTally(kind=kind, device=device, **_fields(_tally(rows))) for (kind, device), rows in places]


def _place(counted: Counted) -> tuple[str, str]:
    return counted.kind, counted.device


def _tally(counted: Iterable[Counted]) -> Counter[str]:
    """Count by direction, and what was refused, whichever way it wanted to go."""
    tally: Counter[str] = Counter()
    for each in counted:
        refused = each.outcome == Outcome.REFUSED.value
        tally["refused" if refused else each.direction] += each.number
    return tally


def _fields(tally: Counter[str]) -> dict[str, int]:
    return {
        "in_": tally[Direction.IN.value],
        "out": tally[Direction.OUT.value],
        "unknown": tally[Direction.UNKNOWN.value],
        "refused": tally["refused"],
    }
