"""Blocks of the file: an hour's samples of a series, its sums by the minute, a day's by the hour. Pure."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from hub.history.sqlite.columns import integers, pack, unpack, values
from hub.history.store import Sum, Tier
from hub.history.summing import HOUR_MS, STEPS_MS, Pair, Timed

DAY_MS: Final = 24 * HOUR_MS
SPANS_MS: Final = {Tier.MINUTE: HOUR_MS, Tier.HOUR: DAY_MS}
"""How long the stretch is whose sums are one block."""

COLUMNS: Final = (
    "place",
    "numbers",
    "words",
    "first",
    "latest",
    "held_ms",
    "low",
    "high",
    "total",
    "area",
    "last",
)
"""Of a block of sums, in their order."""

MOST: Final = 4096
"""Samples in a block: what is looked for is not far, and to make one takes a few milliseconds."""


def pack_samples(hour_ms: int, samples: Sequence[Timed]) -> bytes:
    """Make a block of samples of one hour."""
    times = integers([ts_ms - hour_ms for ts_ms, _ in samples])
    return pack((times, values([value for _, value in samples])))


def unpack_samples(hour_ms: int, block: bytes) -> list[Timed]:
    """Return a block's samples."""
    times, column = unpack(block)
    return list(zip([hour_ms + offset for offset in times], column, strict=True))


def pack_sums(tier: Tier, start_ms: int, sums: Sequence[Sum]) -> bytes:
    """Make a block of the sums of one hour or day."""
    step_ms = STEPS_MS[tier]
    whole: tuple[Callable[[Sum], int], ...] = (
        lambda each: (each.ts_ms - start_ms) // step_ms,
        lambda each: each.numbers,
        lambda each: each.words,
        lambda each: each.first_ms - each.ts_ms,
        lambda each: each.last_ms - each.ts_ms,
        lambda each: each.held_ms,
    )
    columns = [integers([of(each) for each in sums]) for of in whole]
    for column in (
        [0.0 if each.low is None else each.low for each in sums],
        [0.0 if each.high is None else each.high for each in sums],
        [each.total for each in sums],
        [each.area for each in sums],
        [each.last for each in sums],
    ):
        columns.append(values(column))
    return pack(columns)


def unpack_sums(tier: Tier, start_ms: int, block: bytes) -> list[Sum]:
    """Return a block's sums."""
    step_ms = STEPS_MS[tier]
    return [
        Sum(
            ts_ms := start_ms + place * step_ms,
            numbers,
            words,
            low if numbers else None,
            high if numbers else None,
            total,
            last,
            ts_ms + first,
            ts_ms + latest,
            area,
            held_ms,
        )
        for place, numbers, words, first, latest, held_ms, low, high, total, area, last in zip(
            *unpack(block), strict=True
        )
    ]


def unpack_pairs(tier: Tier, start_ms: int, block: bytes, pair: tuple[str, str]) -> Iterator[Pair]:
    """Yield of each sum its time and two of its numbers, which stand in this order in a block too."""
    wanted = frozenset((0, COLUMNS.index(pair[0]), COLUMNS.index(pair[1])))
    step_ms = STEPS_MS[tier]
    places, ones, others = unpack(block, wanted)
    return zip([start_ms + place * step_ms for place in places], ones, others, strict=True)
