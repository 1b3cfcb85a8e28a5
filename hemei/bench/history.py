"""`hemei bench history`: every engine of history that is there, one after another, over the same samples.

Series of one sample every few seconds over a month are written as fast as the store takes them, in batches
like the hub's, and condensed meanwhile; then what people ask is asked again and again. All samples are kept
raw, so that there are as many as it says.
"""

import random
import time
from collections.abc import Callable, Iterator
from itertools import accumulate, islice
from typing import Final

from msgspec import Struct

from contract.topics import Address
from hemei.bench.engines import ENGINES, HistoryQuestion, Under
from hemei.bench.machine import Machine
from hemei.bench.viewer import quantile
from hub.history.store import Aggregate, HistoryStore, Query, Sample, SeriesKey
from hub.history.summing import HOUR_MS, MINUTE_MS

DAY_MS: Final = 24 * HOUR_MS
FROM_MS: Final = 1_790_812_800_000
BATCH: Final = 4_000
"""Samples of a tenth of a second at 40,000 a second."""

CONDENSED_EVERY: Final = 40_000
"""Samples of a second, the hub's interval, at 40,000 a second."""

ASKED: Final = 100
STEP_MS: Final = 4 * MINUTE_MS
"""Ten thousand of these are a month."""

QUESTIONS: Final = {
    "day": (DAY_MS, Aggregate.MEAN, MINUTE_MS),
    "trend": (None, Aggregate.MEAN, STEP_MS),
    "hour": (HOUR_MS, Aggregate.RAW, None),
}
"""Each over so long, None: all there is; summed up how, in steps of so much."""


class Asked(Struct, frozen=True, kw_only=True):
    """One question: how many points it drew, and how long it took."""

    points: int
    p50_ms: float | None
    p99_ms: float | None


class EngineFigures(Struct, frozen=True, kw_only=True):
    """What one engine did. `sustained`: samples a second, condensing included; `cpu_s`: this process' own.

    `bytes_…`: a sample with its part of all sums, before and after everything was condensed; None: not known.
    """

    engine: str
    sustained: float
    cpu_s: float
    longest_write_ms: float
    longest_condense_ms: float
    bytes_written: float | None
    bytes_condensed: float | None
    asked: dict[str, Asked]


class HistoryAnswer(Struct, frozen=True, kw_only=True):
    """What was measured of each engine."""

    points: int
    series: int
    every_s: float
    days: int
    machine: Machine
    engines: list[EngineFigures]


async def measure(question: HistoryQuestion) -> HistoryAnswer:
    """Run the benchmark over every engine."""
    machine = await Machine.now()
    load = Load(question)
    figures = []
    for name, engine in ENGINES.items():
        with engine(question) as under:
            if under is not None:
                figures.append(_measure(name, under, load))
    return HistoryAnswer(
        points=load.points,
        series=len(load.series),
        every_s=question.every_s,
        days=question.days,
        machine=machine,
        engines=figures,
    )


class Load:
    """The samples: each series walks by tenths, as a temperature does; the same at every run."""

    def __init__(self, question: HistoryQuestion) -> None:
        self.every_ms = round(question.every_s * 1000)
        self.ticks = question.days * DAY_MS // self.every_ms
        count = max(1, round(question.points / self.ticks))
        self.series = [
            SeriesKey("default", Address("bench", "sensor", f"sensor-{n // 4}"), f"value-{n % 4}")
            for n in range(count)
        ]
        self.points = self.ticks * count
        chosen = random.Random(8)  # noqa: S311 - no secret
        self._walk = [
            tenths / 10 for tenths in accumulate(chosen.choices((-1, 0, 0, 1), k=9_973), initial=200)
        ]

    @property
    def end_ms(self) -> int:
        """When the last sample was taken, about."""
        return FROM_MS + self.ticks * self.every_ms

    def batches(self) -> Iterator[list[Sample]]:
        """Yield samples in the order in which a hub would see them."""
        samples = self._samples()
        while batch := list(islice(samples, BATCH)):
            yield batch

    def _samples(self) -> Iterator[Sample]:
        walk, length = self._walk, len(self._walk)
        for tick in range(self.ticks):
            ts_ms = FROM_MS + tick * self.every_ms
            for number, key in enumerate(self.series):
                yield Sample(key, ts_ms + number % 97, walk[(tick + number * 101) % length])


def _measure(name: str, under: Under, load: Load) -> EngineFigures:
    cpu_s, writes, condenses = 0.0, [0.0], [0.0]
    since = 0
    for batch in load.batches():
        began_s = time.process_time()
        writes.append(_seconds(lambda batch=batch: under.store.write(batch)))  # type: ignore[misc]  # mypy cannot type a lambda's defaults
        since += len(batch)
        if since >= CONDENSED_EVERY:
            since = 0
            condenses.append(_seconds(lambda at=batch[-1].ts_ms: under.store.condense(at)))  # type: ignore[misc]  # the same
        cpu_s += time.process_time() - began_s
    bytes_written = under.size()
    late_s = _seconds(lambda: _condense_all(under, load.end_ms))
    return EngineFigures(
        engine=name,
        sustained=round(load.points / (sum(writes) + sum(condenses) + late_s), 1),
        cpu_s=round(cpu_s, 2),
        longest_write_ms=round(max(writes) * 1000, 1),
        longest_condense_ms=round(max(condenses) * 1000, 1),
        bytes_written=_a_sample(bytes_written, load),
        bytes_condensed=_a_sample(under.size(), load),
        asked={question: _ask(under.store, load, question) for question in QUESTIONS},
    )


def _a_sample(size: int | None, load: Load) -> float | None:
    return None if size is None else round(size / load.points, 2)


def _condense_all(under: Under, end_ms: int) -> None:
    now_ms = end_ms + 2 * HOUR_MS
    under.store.condense(now_ms)
    while not under.condensed(now_ms):
        under.store.condense(now_ms)


def _ask(store: HistoryStore, load: Load, question: str) -> Asked:
    span_ms, aggregate, step_ms = QUESTIONS[question]
    chosen = random.Random(question)  # noqa: S311 - no secret
    times, drawn = [], 0
    for _ in range(ASKED):
        query = Query(
            series=chosen.choice(load.series),
            start_ms=FROM_MS if span_ms is None else load.end_ms - span_ms,
            end_ms=load.end_ms,
            aggregate=aggregate,
            step_ms=step_ms,
            limit=100_000,
        )
        began_s = time.perf_counter()
        drawn = len(store.read(query))
        times.append((time.perf_counter() - began_s) * 1000)
    times.sort()
    return Asked(points=drawn, p50_ms=quantile(times, 0.5), p99_ms=quantile(times, 0.99))


def _seconds(work: Callable[[], object]) -> float:
    began_s = time.perf_counter()
    work()
    return time.perf_counter() - began_s
