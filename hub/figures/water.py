"""How much water was used since midnight, by the meters in history. Blocking."""

from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Final, Protocol

from contract.topics import Address
from hub.history.store import Aggregate, Point, Query, SeriesKey

WATER_TOTAL: Final = "water-total"
"""The property of whatever meters water: litres since ever."""

STEP_MS: Final = 15 * 60_000
"""Every zone's midnight falls on such a step."""

BEFORE_MS: Final = 2 * 86_400_000
"""How far back the last reading before midnight may be."""

Meters = Mapping[Address, float | None]
"""What each meter shows now; None: not known."""


class Series(Protocol):
    """History. Blocking: called in a thread."""

    def read(self, query: Query) -> list[Point]:
        """Return the points of a stretch, oldest first."""
        ...


def used_since(
    history: Series, tenant: str, meters: Meters, midnight_ms: int, now_ms: int
) -> dict[Address, float | None]:
    """Return the litres that went through each meter since midnight; None where nothing was read since."""
    return {
        address: _used_since(history, SeriesKey(tenant, address, WATER_TOTAL), current, midnight_ms, now_ms)
        for address, current in meters.items()
    }


def used(readings: Iterable[float]) -> float:
    """Return the litres between the first and the last reading. Pure.

    A meter that falls was changed or reset: it has counted from nothing since.
    """
    return sum(after - before if after >= before else after for before, after in pairwise(readings))


def _used_since(
    history: Series, series: SeriesKey, current: float | None, midnight_ms: int, now_ms: int
) -> float | None:
    """Count from the last reading before midnight, if there is one, else from the first one since."""
    query = Query(
        series=series,
        start_ms=midnight_ms - BEFORE_MS,
        end_ms=now_ms,
        aggregate=Aggregate.LAST,
        step_ms=STEP_MS,
    )
    points = [(ts_ms, float(value)) for ts_ms, value in history.read(query) if isinstance(value, int | float)]
    before = [value for ts_ms, value in points if ts_ms < midnight_ms]
    since = [value for ts_ms, value in points if ts_ms >= midnight_ms]
    since += [] if current is None else [current]
    return used(before[-1:] + since) if since else None
