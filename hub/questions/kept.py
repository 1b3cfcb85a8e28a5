"""What history keeps of a stretch, at the finest resolution that is still there. Blocking."""

from collections.abc import Iterator
from typing import Final, NamedTuple, Protocol

from msgspec.structs import replace

from hub.history.store import Aggregate, Point, Query, SeriesKey
from hub.settings import Retention

SECOND_MS: Final = 1000
MINUTE_MS: Final = 60_000
HOUR_MS: Final = 3_600_000
DAY_MS: Final = 86_400_000

PAGE: Final = 5000
"""Points that are read at a time: what is in memory, however long a stretch is."""

STEPS_MS: Final = tuple(
    SECOND_MS * seconds
    for seconds in (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 14_400, 21_600)
)
"""Steps that a clock has; longer ones are whole half days."""

HALF_DAY_MS: Final = 12 * HOUR_MS


class Series(Protocol):
    """History. Blocking: called in a thread."""

    def read(self, query: Query) -> list[Point]:
        """Return the points of a stretch, oldest first."""
        ...


class Part(NamedTuple):
    """A part of a stretch, and in which steps it is still kept; None: every value."""

    start_ms: int
    end_ms: int
    step_ms: int | None


def parts(start_ms: int, end_ms: int, now_ms: int, retention: Retention) -> list[Part]:
    """Divide a stretch by the resolution that is kept of it, the oldest first. Pure.

    A quarter of a day early, since the store may delete what is due before it says so.
    """
    early = DAY_MS // 4
    raw_ms = now_ms - retention.raw_days * DAY_MS + early
    minute_ms = now_ms - retention.minute_days * DAY_MS + early
    raw_ms, minute_ms = _up(raw_ms, MINUTE_MS), _up(min(raw_ms, minute_ms), HOUR_MS)
    bounds = ((start_ms, minute_ms, HOUR_MS), (minute_ms, raw_ms, MINUTE_MS), (raw_ms, end_ms, None))
    cut = (Part(max(start_ms, begin), min(end_ms, end), step_ms) for begin, end, step_ms in bounds)
    return [part for part in cut if part.start_ms < part.end_ms]


def step_for(start_ms: int, end_ms: int, points: int, finest_ms: int = SECOND_MS) -> int:
    """Return the shortest step of the clock in which a stretch has at most so many points. Pure."""
    wanted = -(-(end_ms - start_ms) // max(1, points - 1))
    for step_ms in STEPS_MS:
        if step_ms >= wanted and step_ms % finest_ms == 0:
            return step_ms
    return _up(wanted, HALF_DAY_MS)


def finest(start_ms: int, now_ms: int, retention: Retention) -> int:
    """Return the finest step of which the whole stretch since then is kept. Pure."""
    first, *_ = [*parts(start_ms, max(start_ms + 1, now_ms), now_ms, retention), None]
    return (first.step_ms if first is not None else None) or SECOND_MS


class Kept(NamedTuple):
    """History as it is at one moment: what was due by then may be gone."""

    history: Series
    now_ms: int
    retention: Retention

    def changes(self, series: SeriesKey, start_ms: int, end_ms: int) -> Iterator[Point]:
        """Yield what a series was over a stretch: every value, or the last of each step where it is older."""
        for part in parts(start_ms, end_ms, self.now_ms, self.retention):
            aggregate = Aggregate.RAW if part.step_ms is None else Aggregate.LAST
            for point in self.walk(query_of(series, part, aggregate)):
                if part.start_ms <= point.ts_ms < part.end_ms:
                    yield point

    def before(self, series: SeriesKey, start_ms: int, back_ms: int) -> Point | None:
        """Return what a series was last, within at least so long before a moment."""
        hour_ms = start_ms // HOUR_MS * HOUR_MS
        newest = None
        for newest in self.changes(series, hour_ms, start_ms):  # noqa: B007 - the last one is wanted
            pass
        if newest is not None or back_ms <= 0:
            return newest
        part = Part((hour_ms - back_ms) // HOUR_MS * HOUR_MS, hour_ms, HOUR_MS)
        for newest in self.walk(query_of(series, part, Aggregate.LAST)):  # noqa: B007 - as above
            pass
        return newest

    def walk(self, query: Query) -> Iterator[Point]:
        """Yield all points of a stretch, page by page."""
        limit = PAGE
        while True:
            page = self.history.read(replace(query, limit=limit))
            if len(page) < limit:
                yield from page
                return
            newest_ms = page[-1].ts_ms
            if newest_ms == page[0].ts_ms:  # more values at one time than fit: read them all at once
                limit *= 2
                continue
            # There may be more at the newest time: it is read again whole.
            yield from (each for each in page if each.ts_ms < newest_ms)
            query, limit = replace(query, start_ms=newest_ms), PAGE


def query_of(series: SeriesKey, part: Part, aggregate: Aggregate) -> Query:
    """Ask for a part of a stretch. Pure."""
    return Query(
        series=series,
        start_ms=part.start_ms,
        end_ms=part.end_ms,
        aggregate=aggregate,
        step_ms=part.step_ms,
    )


def _up(number: int, to: int) -> int:
    return -(-number // to) * to
