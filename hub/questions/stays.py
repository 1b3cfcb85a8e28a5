"""How long something was what: stays of a value, cut by gaps, summed up by value and by civil day. Pure."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta, tzinfo
from typing import NamedTuple

from contract.clock import from_epoch_ms
from hub.history.store import Point, Value
from hub.passes.figures import day_of
from hub.questions.gaps import Gap, cut


class Stay(NamedTuple):
    """From `start_ms` until before `end_ms` it was `value`; `known` False: nobody knows what."""

    start_ms: int
    end_ms: int
    value: Value
    known: bool


class Held(NamedTuple):
    """For how many ms it was `value`, and how many times it came to be so."""

    value: Value
    known: bool
    ms: int
    times: int


def stays(points: Iterable[Point], gaps: Sequence[Gap], start_ms: int, end_ms: int) -> Iterator[Stay]:
    """Yield what it was, one after the other, without a hole: a value holds until the next or until a gap.

    `points`: by time, the first from before the stretch if one is known.
    """
    at_ms = start_ms
    for whole in _holding(points, start_ms, end_ms):
        if whole.start_ms > at_ms:
            yield Stay(at_ms, whole.start_ms, None, known=False)
        yield from _cut_stay(whole, gaps)
        at_ms = whole.end_ms
    if at_ms < end_ms:
        yield Stay(at_ms, end_ms, None, known=False)


def sums(found: Iterable[Stay]) -> list[Held]:
    """Sum up by value, the longest first, what nobody knows last."""
    spent: dict[tuple[bool, Value], list[int]] = defaultdict(lambda: [0, 0])
    before: tuple[bool, Value] | None = None
    for stay in found:
        key = (stay.known, stay.value)
        spent[key][0] += stay.end_ms - stay.start_ms
        spent[key][1] += key != before
        before = key
    held = [Held(value, known, ms, times) for (known, value), (ms, times) in spent.items()]
    return sorted(held, key=lambda each: (not each.known, -each.ms, str(each.value)))


def by_day(found: Iterable[Stay], zone: tzinfo) -> Iterator[tuple[date, list[Stay]]]:
    """Yield the stays of each civil day, cut at its midnights."""
    day: date | None = None
    mine: list[Stay] = []
    for piece in (piece for stay in found for piece in _at_midnights(stay, zone)):
        of = _day_at(piece.start_ms, zone)
        if day is not None and of != day:
            yield day, mine
            mine = []
        day = of
        mine.append(piece)
    if day is not None:
        yield day, mine


def _holding(points: Iterable[Point], start_ms: int, end_ms: int) -> Iterator[Stay]:
    last: Point | None = None
    for point in points:
        if last is not None and min(point.ts_ms, end_ms) > max(last.ts_ms, start_ms):
            yield Stay(max(last.ts_ms, start_ms), min(point.ts_ms, end_ms), last.value, known=True)
        last = point
    if last is not None and max(last.ts_ms, start_ms) < end_ms:
        yield Stay(max(last.ts_ms, start_ms), end_ms, last.value, known=True)


def _cut_stay(whole: Stay, gaps: Sequence[Gap]) -> Iterator[Stay]:
    first = bisect_right(gaps, whole.start_ms, key=lambda each: each.end_ms)
    over = gaps[first : bisect_left(gaps, whole.end_ms, key=lambda each: each.start_ms)]
    left = [
        Stay(each.start_ms, each.end_ms, whole.value, known=True)
        for each in cut(Gap(whole.start_ms, whole.end_ms, "not-heard"), over)
    ]
    unknown = [
        Stay(max(each.start_ms, whole.start_ms), min(each.end_ms, whole.end_ms), None, known=False)
        for each in over
    ]
    yield from sorted([*left, *unknown], key=lambda each: each.start_ms)


def _at_midnights(stay: Stay, zone: tzinfo) -> Iterator[Stay]:
    start_ms = stay.start_ms
    while True:
        midnight_ms = day_of(_day_at(start_ms, zone) + timedelta(days=1), zone).from_ms
        if midnight_ms >= stay.end_ms:
            yield stay._replace(start_ms=start_ms)
            return
        yield stay._replace(start_ms=start_ms, end_ms=midnight_ms)
        start_ms = midnight_ms


def _day_at(at_ms: int, zone: tzinfo) -> date:
    return from_epoch_ms(at_ms).astimezone(zone).date()
