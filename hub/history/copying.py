"""Copies a site's history from one engine to another: samples, then the sums whose samples are gone.

What is written twice is there once, so a copy that was killed goes on where its last mark is. Blocking.
"""

import os
from collections.abc import Callable, Iterator
from math import isclose
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from hub.history.store import Aggregate, HistoryStore, Query, Sample, SeriesKey, Sum, Tally, Tier
from hub.history.summing import STEPS_MS

PAGE: Final = 10_000
FAR_MS: Final = 9_223_372_000_000
"""The year 2262: InfluxDB's nanoseconds end there."""

Told = Callable[[str, int, int, int], None]
"""Takes which part is under way, how many of how many series are done, and how many rows went over."""


class Place(Struct):
    """How far a copy is: everything of the series before `series` is copied, and of that until `next_ms`."""

    target: str
    series: SeriesKey | None = None
    next_ms: int = 0
    samples_copied: bool = False


class Difference(Struct, frozen=True):
    """What the two engines have of one series and do not agree about. `what`: samples, minute or hour."""

    series: SeriesKey
    what: str
    source: Tally
    target: Tally


class Report(Struct, frozen=True):
    """What was copied, by this run, and where the two engines differ now."""

    series: int
    copied: int
    differences: list[Difference]


class Copying:
    """One copy. `may_go_on` is asked after each page, and raises if the target takes nothing."""

    def __init__(
        self,
        source: HistoryStore,
        target: HistoryStore,
        mark: Path,
        told: Told,
        may_go_on: Callable[[], None],
    ) -> None:
        self._source, self._target = source, target
        self._mark = mark
        self._told = told
        self._may_go_on = may_go_on
        self._copied = 0

    def run(self, tenant: str, name: str, now_ms: int) -> Report:
        """Copy all series of a tenant to the target called `name`, and compare."""
        place = self._place(name)
        every = sorted(self._source.series(tenant))
        if not place.samples_copied:
            for number, series in enumerate(every):
                if place.series is None or series >= place.series:
                    self._samples(series, place)
                self._told("samples", number + 1, len(every), self._copied)
            self._keep(Place(name, samples_copied=True))
        differences = list(self._compared(every, self._sample_tallies, "compared"))
        while self._target.condense(now_ms):
            self._may_go_on()
        for number, series in enumerate(every):
            self._sums(series)
            self._told("sums", number + 1, len(every), self._copied)
        differences += self._compared(every, self._sum_tallies, "sums-compared")
        self._mark.unlink(missing_ok=True)
        return Report(len(every), self._copied, differences)

    def _samples(self, series: SeriesKey, place: Place) -> None:
        start = place.next_ms if series == place.series else 0
        while page := self._page(series, start, PAGE):
            self._target.write(page)
            self._may_go_on()
            self._copied += len(page)
            start = page[-1].ts_ms + 1
            self._keep(Place(place.target, series, start))

    def _page(self, series: SeriesKey, start: int, limit: int) -> list[Sample]:
        query = Query(series=series, start_ms=start, end_ms=FAR_MS, aggregate=Aggregate.RAW, limit=limit)
        return [Sample(series, *point) for point in self._source.read(query)]

    def _sums(self, series: SeriesKey) -> None:
        for tier in Tier:
            sums = self._source.read_sums(series, tier, 0, self._until(series, tier))
            for start in range(0, len(sums), PAGE):
                self._target.write_sums(series, tier, sums[start : start + PAGE])
                self._may_go_on()
            self._copied += len(sums)

    def _until(self, series: SeriesKey, tier: Tier) -> int:
        """Return the end of the step in which the samples begin: of that step some may be gone."""
        first = self._page(series, 0, 1)
        step_ms = STEPS_MS[tier]
        return first[0].ts_ms // step_ms * step_ms + step_ms if first else FAR_MS

    def _compared(
        self,
        every: list[SeriesKey],
        tallies: Callable[[SeriesKey], Iterator[tuple[str, Tally, Tally]]],
        part: str,
    ) -> Iterator[Difference]:
        for number, series in enumerate(every):
            for what, source, target in tallies(series):
                if source.count != target.count or not isclose(
                    source.total, target.total, rel_tol=1e-9, abs_tol=1e-6
                ):
                    yield Difference(series, what, source, target)
            self._told(part, number + 1, len(every), self._copied)

    def _sample_tallies(self, series: SeriesKey) -> Iterator[tuple[str, Tally, Tally]]:
        source, target = (store.tally(series, 0, FAR_MS) for store in (self._source, self._target))
        yield "samples", source, target

    def _sum_tallies(self, series: SeriesKey) -> Iterator[tuple[str, Tally, Tally]]:
        for tier in Tier:
            until = self._until(series, tier)
            source, target = (
                _of_sums(store.read_sums(series, tier, 0, until)) for store in (self._source, self._target)
            )
            yield tier, source, target

    def _place(self, name: str) -> Place:
        try:
            place = msgspec.json.decode(self._mark.read_bytes(), type=Place)
        except (FileNotFoundError, msgspec.DecodeError):
            return Place(name)
        return place if place.target == name else Place(name)

    def _keep(self, place: Place) -> None:
        fresh = self._mark.with_suffix(".new")
        with fresh.open("wb") as out:
            out.write(msgspec.json.encode(place))
            out.flush()
            os.fsync(out.fileno())
        fresh.replace(self._mark)


def _of_sums(sums: list[Sum]) -> Tally:
    return Tally(sum(each.numbers + each.words for each in sums), sum(each.total for each in sums))
