"""Samples summed up, sums of sums, and the points that a step of either gives. Pure.

Samples are pairs of time and value, oldest first, one a moment.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby, islice, pairwise, starmap
from math import fsum
from operator import attrgetter
from typing import Any, Final

from hub.history.store import Aggregate, Duration, Point, Query, Sum, Tier, Value

MINUTE_MS: Final = 60_000
HOUR_MS: Final = 3_600_000
STEPS_MS: Final[Mapping[Tier, int]] = {Tier.MINUTE: MINUTE_MS, Tier.HOUR: HOUR_MS}

NUMBERS: Final = (int, float)
Timed = tuple[int, Value]
Pair = tuple[int, Any, Any]
"""Of a sum: its time and the two fields that an aggregate is made of."""

PAIRS: Final[Mapping[Aggregate, tuple[str, str]]] = {
    Aggregate.MEAN: ("numbers", "total"),
    Aggregate.MIN: ("numbers", "low"),
    Aggregate.MAX: ("numbers", "high"),
    Aggregate.COUNT: ("numbers", "words"),
    Aggregate.LAST: ("numbers", "last"),
}
"""All but TIME_WEIGHTED."""


def tier_for(step_ms: int) -> Tier | None:
    """Return the coarsest tier whose sums make up such steps; None: only raw samples do."""
    return next((tier for tier in (Tier.HOUR, Tier.MINUTE) if step_ms % STEPS_MS[tier] == 0), None)


def sum_up(samples: Iterable[Timed], step_ms: int) -> Iterator[Sum]:
    """Sum up each step that has samples."""
    for ts_ms, group in groupby(samples, lambda sample: sample[0] // step_ms * step_ms):
        yield _sum(ts_ms, list(group))


def _sum(ts_ms: int, samples: Sequence[Timed]) -> Sum:
    numbers = [value for _, value in samples if isinstance(value, NUMBERS)]
    held = [
        (value, until - since)
        for (since, value), (until, _) in pairwise(samples)
        if isinstance(value, NUMBERS)
    ]
    return Sum(
        ts_ms,
        len(numbers),
        0 if len(numbers) == len(samples) else sum(isinstance(value, str) for _, value in samples),
        min(numbers, default=None),
        max(numbers, default=None),
        _total(numbers),
        samples[-1][1],
        samples[0][0],
        samples[-1][0],
        _total([value * ms for value, ms in held]),
        sum([ms for _, ms in held]),
    )


def coarser(sums: Iterable[Sum], step_ms: int) -> Iterator[Sum]:
    """Sum up sums, oldest first, to longer steps."""
    for ts_ms, group in groupby(sums, lambda each: each.ts_ms // step_ms * step_ms):
        yield _joined(ts_ms, list(group))


def _joined(ts_ms: int, parts: Sequence[Sum]) -> Sum:
    if len(parts) == 1:
        return parts[0] if parts[0].ts_ms == ts_ms else parts[0]._replace(ts_ms=ts_ms)
    between = [
        (one.last, other.first_ms - one.last_ms)
        for one, other in pairwise(parts)
        if isinstance(one.last, NUMBERS) and other.first_ms > one.last_ms
    ]
    return Sum(
        ts_ms,
        sum([each.numbers for each in parts]),
        sum([each.words for each in parts]),
        min([each.low for each in parts if each.low is not None], default=None),
        max([each.high for each in parts if each.high is not None], default=None),
        _total([each.total for each in parts]),
        max(parts, key=lambda each: each.last_ms).last,
        min([each.first_ms for each in parts]),
        max([each.last_ms for each in parts]),
        _total([*(each.area for each in parts), *(value * ms for value, ms in between)]),
        sum([each.held_ms for each in parts]) + sum([ms for _, ms in between]),
    )


def _total(numbers: Sequence[float]) -> float:
    """Add up exactly, so that sums of decimals are short; what is too large for that, roughly."""
    try:
        return fsum(numbers)
    except (OverflowError, ValueError):
        return sum(numbers, 0.0)


def pairs(sums: Iterable[Sum], aggregate: Aggregate) -> Iterator[Pair]:
    """Yield of each sum what the aggregate is made of."""
    fields = attrgetter("ts_ms", *PAIRS[aggregate])
    yield from map(fields, sums)


def points(sums: Iterable[Sum], query: Query, step_ms: int, carried: Value) -> list[Point]:
    """Return a query's points. `carried`: what held when the first step began; only TIME_WEIGHTED asks."""
    if query.aggregate is Aggregate.TIME_WEIGHTED:
        return list(islice(_weighted(sums, query, step_ms, carried), query.limit))
    return drawn(pairs(sums, query.aggregate), query, step_ms)


def drawn(found: Iterable[Pair], query: Query, step_ms: int) -> list[Point]:
    """Return the points of a query for any aggregate but TIME_WEIGHTED."""
    value_of = _VALUES[query.aggregate]
    steps = groupby(found, lambda each: each[0] // step_ms * step_ms)
    values = ((ts_ms, value_of(list(group))) for ts_ms, group in steps)
    said = values if query.aggregate is Aggregate.LAST else (each for each in values if each[1] is not None)
    return list(islice(starmap(Point, said), query.limit))


def _mean_of(steps: Sequence[Pair]) -> float | None:
    numbers = sum([numbers for _, numbers, _ in steps])
    return _total([total for _, _, total in steps]) / numbers if numbers else None


_VALUES: Final[Mapping[Aggregate, Callable[[Sequence[Pair]], Value]]] = {
    Aggregate.MEAN: _mean_of,
    Aggregate.MIN: lambda steps: min([low for _, numbers, low in steps if numbers], default=None),
    Aggregate.MAX: lambda steps: max([high for _, numbers, high in steps if numbers], default=None),
    Aggregate.COUNT: lambda steps: sum([numbers + words for _, numbers, words in steps]) or None,
    Aggregate.LAST: lambda steps: steps[-1][2],
}


def _weighted(sums: Iterable[Sum], query: Query, step_ms: int, carried: Value) -> Iterator[Point]:
    since, end = whole(query, step_ms)
    for ts_ms, group in groupby(sums, lambda each: each.ts_ms // step_ms * step_ms):
        yield from _held(range(since, ts_ms, step_ms), carried)
        since = ts_ms + step_ms
        mean, carried = _mean(group, ts_ms, since, carried)
        if mean is not None:
            yield Point(ts_ms, mean)
    yield from _held(range(since, end, step_ms), carried)


def _held(steps: Iterable[int], value: Value) -> Iterator[Point]:
    if isinstance(value, NUMBERS):
        yield from (Point(ts_ms, value) for ts_ms in steps)


def _mean(sums: Iterable[Sum], at_ms: int, end_ms: int, carried: Value) -> tuple[float | None, Value]:
    """Return the mean of a step weighted by time, and what holds at its end."""
    area, held_ms = 0.0, 0
    for each in sums:
        if isinstance(carried, NUMBERS) and each.first_ms > at_ms:
            area += carried * (each.first_ms - at_ms)
            held_ms += each.first_ms - at_ms
        area += each.area
        held_ms += each.held_ms
        carried, at_ms = each.last, each.last_ms
    if isinstance(carried, NUMBERS):
        area += carried * (end_ms - at_ms)
        held_ms += end_ms - at_ms
    return (area / held_ms if held_ms else None), carried


def whole(query: Query, step_ms: int) -> tuple[int, int]:
    """Return where the first of a query's steps begins and the last one ends."""
    return query.start_ms // step_ms * step_ms, -(-query.end_ms // step_ms) * step_ms


def durations(samples: Iterable[Timed], start_ms: int, end_ms: int, carried: Value) -> list[Duration]:
    """Tell for how long each value held; `carried`: what held when the stretch began."""
    held: dict[Value, int] = {}
    since, value = start_ms, carried
    for ts_ms, following in (*samples, (end_ms, None)):
        if ts_ms > since:
            held[value] = held.get(value, 0) + ts_ms - since
        since, value = ts_ms, following
    return [Duration(each, ms) for each, ms in held.items()]
