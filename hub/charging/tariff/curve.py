"""How much a charge had taken at which moment, made of what posts say, whose clocks and meters err. Pure."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import Final, NamedTuple

LONGEST_MS: Final = 4 * 86_400_000
"""A charge that seems to last longer (48 h are the most that can be asked for) has a wrong clock."""


class Point(NamedTuple):
    """Up to a moment, in ms since 1970, so many Wh since the charge began."""

    at_ms: int
    energy_wh: int


class Span(NamedTuple):
    """When a charge began and ended, in ms since 1970; the post's clock is behind ours by `shift_ms`."""

    begin_ms: int
    end_ms: int
    shift_ms: int = 0


def span(begin_ms: int | None, end_ms: int, seconds: int, not_before_ms: int | None, now_ms: int) -> Span:
    """Say when a charge was.

    Nothing ends in the future or before it was ordered: such a clock is put right, as if the charge had ended
    just now. Where beginning and end do not fit together, the length that the post counted decides.
    """
    wrong = end_ms > now_ms or (not_before_ms is not None and end_ms < not_before_ms)
    shift_ms = now_ms - end_ms if wrong else 0
    end_ms += shift_ms
    begin_ms = None if begin_ms is None else begin_ms + shift_ms
    if begin_ms is None or not end_ms - LONGEST_MS <= begin_ms <= end_ms:
        begin_ms = end_ms - min(seconds * 1000, LONGEST_MS)
    if not_before_ms is not None:
        begin_ms = max(begin_ms, min(not_before_ms, end_ms))
    return Span(begin_ms, end_ms, shift_ms)


def curve(over: Span, readings: Iterable[Point], energy_wh: int) -> Sequence[Point]:
    """Return the points from nothing at the beginning to `energy_wh` at the end.

    Readings that lie outside are left out; one that falls is as high as the highest before it, none is higher
    than the end, whose word is final.
    """
    shifted = sorted(Point(each.at_ms + over.shift_ms, each.energy_wh) for each in readings)
    within = [each for each in shifted if over.begin_ms < each.at_ms < over.end_ms]
    risen = accumulate((each.energy_wh for each in within), max)
    middle = [Point(each.at_ms, min(energy, energy_wh)) for each, energy in zip(within, risen, strict=True)]
    return [Point(over.begin_ms, 0), *middle, Point(over.end_ms, energy_wh)]


def energy_at(points: Sequence[Point], at_ms: int) -> int:
    """Return the Wh taken up to a moment between the first and last point, on the line between two."""
    place = bisect_right(points, at_ms, key=lambda each: each.at_ms)
    before, after = points[place - 1], points[min(place, len(points) - 1)]
    length_ms = after.at_ms - before.at_ms
    if length_ms == 0:
        return before.energy_wh
    grown = (after.energy_wh - before.energy_wh) * (at_ms - before.at_ms)
    return before.energy_wh + (2 * grown + length_ms) // (2 * length_ms)


def seconds_of(over: Span) -> int:
    """Return its length in whole seconds."""
    return (over.end_ms - over.begin_ms) // 1000
