"""What the past holds of one device, in the order of time: values from history, events from the ledger.

Blocking, and read page by page: a month of a busy device does not fit into one.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from heapq import merge
from typing import Final, NamedTuple, Protocol

from contract.clock import SystemClock
from contract.messages import Scalar
from contract.things import Description
from contract.topics import Address
from hub.alarms.definition import Test, leaves
from hub.alarms.rules.occasion import Happening, of_row
from hub.history.store import Aggregate, Point, Query, SeriesKey
from hub.ledger.queries import EventView

PAGE: Final = 10_000
EVENTS_PAGE: Final = 1_000
MINUTE_MS: Final = 60_000


class History(Protocol):
    """Where values are kept."""

    def read(self, query: Query) -> list[Point]:
        """Return the points of a stretch, oldest first."""
        ...


class Log(Protocol):
    """Where events are kept."""

    def find(
        self,
        *,
        tenant: str,
        equal: dict[str, str],
        after: int | None = None,
        before: int | None = None,
        limit: int = 100,
        newest_first: bool = False,
    ) -> list[EventView]:
        """Return up to `limit` events of `tenant` whose columns equal those given, by `seq`."""
        ...


class Sample(NamedTuple):
    """What a property became, and when, in ms since 1970."""

    at_ms: int
    name: str
    value: Scalar


class Stretch(NamedTuple):
    """From when until when, in ms since 1970; `raw_from_ms`: before that only sums of a minute are kept."""

    start_ms: int
    end_ms: int
    raw_from_ms: int


class Past:
    """One tenant's past. `stop` is asked between pages: it ends the reading by raising."""

    def __init__(self, history: History, log: Log, tenant: str, stop: Callable[[], None]) -> None:
        self._history = history
        self._log = log
        self._tenant = tenant
        self._stop = stop

    def happenings(self, types: Collection[str], stretch: Stretch) -> dict[Address, list[Happening]]:
        """Return all events of these types, by device, oldest first."""
        found: dict[Address, list[Happening]] = {}
        for kind in types:
            for row in self._rows(kind, stretch):
                happening = of_row(row, SystemClock())
                found.setdefault(happening.address, []).append(happening)
        for each in found.values():
            each.sort(key=lambda happening: (happening.received_ms, happening.seq))
        return found

    def samples(
        self,
        address: Address,
        description: Description | None,
        asked: Mapping[str, Aggregate],
        stretch: Stretch,
    ) -> Iterator[Sample]:
        """Yield what these properties became; `asked`: which value of a minute counts where only sums are."""
        series = [self._series(address, description, name, how, stretch) for name, how in asked.items()]
        return merge(*series, key=lambda sample: sample.at_ms)

    def _rows(self, kind: str, stretch: Stretch) -> Iterator[EventView]:
        """Yield the newest first, and no older ones than are wanted."""
        before: int | None = None
        while True:
            self._stop()
            rows = self._log.find(
                tenant=self._tenant,
                equal={"type": kind},
                before=before,
                limit=EVENTS_PAGE,
                newest_first=True,
            )
            for row in rows:
                if of_row(row, SystemClock()).received_ms < stretch.start_ms:
                    return
                yield row
            if len(rows) < EVENTS_PAGE:
                return
            before = rows[-1].seq

    def _series(
        self,
        address: Address,
        description: Description | None,
        name: str,
        how: Aggregate,
        stretch: Stretch,
    ) -> Iterator[Sample]:
        key = SeriesKey(self._tenant, address, name)
        schema = description.properties.get(name) if description else None
        is_truth = schema is not None and schema.type == "boolean"
        middle = max(stretch.start_ms, min(stretch.end_ms, stretch.raw_from_ms))
        for points in (
            self._pages(key, stretch.start_ms, middle, how, MINUTE_MS),
            self._pages(key, middle, stretch.end_ms, Aggregate.RAW, None),
        ):
            for point in points:
                yield Sample(point.ts_ms, name, bool(point.value) if is_truth else point.value)

    def _pages(
        self, key: SeriesKey, start_ms: int, end_ms: int, how: Aggregate, step_ms: int | None
    ) -> Iterator[Point]:
        while start_ms < end_ms:
            self._stop()
            query = Query(
                series=key, start_ms=start_ms, end_ms=end_ms, aggregate=how, step_ms=step_ms, limit=PAGE
            )
            points = self._history.read(query)
            yield from points
            if len(points) < PAGE:
                return
            start_ms = points[-1].ts_ms + (step_ms or 1)


def aggregates(*tests: Test | None) -> dict[str, Aggregate]:
    """Return the properties that are asked for, and which value of a minute could have answered yes."""
    found: dict[str, Aggregate] = {}
    for test in tests:
        for leaf in leaves(test) if test is not None else ():
            if leaf.property is None:
                continue
            how = Aggregate.MAX if leaf.above is not None else Aggregate.LAST
            how = Aggregate.MIN if leaf.below is not None and leaf.above is None else how
            found[leaf.property] = how if found.get(leaf.property, how) is how else Aggregate.LAST
    return found
