"""Water by zone and day, and for how long it rained. Blocking."""

from collections.abc import Iterator, Sequence
from typing import Final

from contract.topics import Address
from hub.figures.water import STEP_MS, WATER_TOTAL, used
from hub.history.store import Aggregate, Point, SeriesKey
from hub.months import Stretch
from hub.passes.figures import Day
from hub.questions.gaps import Gap
from hub.questions.kept import DAY_MS, Kept, Part, query_of
from hub.questions.stays import stays
from hub.questions.trend import BACK_MS

RAINING: Final = "raining"
"""The property of whatever feels rain."""


def litres(kept: Kept, tenant: str, meter: Address, days: Sequence[Day]) -> list[float | None]:
    """Return the litres of each day, from its last reading before to its last; None: it was not read."""
    series = SeriesKey(tenant, meter, WATER_TOTAL)
    part = Part(days[0].from_ms - 2 * DAY_MS, days[-1].to_ms, STEP_MS)
    points = [
        (point.ts_ms, float(point.value))
        for point in kept.walk(query_of(series, part, Aggregate.LAST))
        if isinstance(point.value, int | float)
    ]
    return list(_by_day(points, days))


def rained_s(
    kept: Kept, tenant: str, address: Address, days: Sequence[Day], gaps: Sequence[Gap]
) -> list[float | None]:
    """Return for how many seconds of each day a device felt rain; None: nobody knows of that day."""
    series = SeriesKey(tenant, address, RAINING)
    whole = Stretch(days[0].from_ms, min(kept.now_ms, days[-1].to_ms))
    carried = kept.before(series, whole.start_ms, BACK_MS)
    points = [*([carried] if carried else []), *kept.changes(series, *whole)]
    return list(_rain(points, gaps, days, kept.now_ms))


def _by_day(points: Sequence[tuple[int, float]], days: Sequence[Day]) -> Iterator[float | None]:
    for day in days:
        earlier = [value for ts_ms, value in points if ts_ms < day.from_ms]
        since = [value for ts_ms, value in points if day.from_ms <= ts_ms < day.to_ms]
        yield round(used([*earlier[-1:], *since]), 1) if since else None


def _rain(
    points: Sequence[Point], gaps: Sequence[Gap], days: Sequence[Day], now_ms: int
) -> Iterator[float | None]:
    for day in days:
        known = [each for each in stays(points, gaps, day.from_ms, min(day.to_ms, now_ms)) if each.known]
        wet = sum(each.end_ms - each.start_ms for each in known if each.value)
        yield wet / 1000 if known else None
