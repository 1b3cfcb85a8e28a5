"""In how much of each month a device was heard, in percent of the time of which that is known. Blocking."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta, tzinfo
from typing import Final, NamedTuple

from contract.clock import from_epoch_ms
from hub.passes.figures import day_of
from hub.questions.gaps import Gap, Unheard
from hub.questions.kept import Stretch
from hub.questions.view import AvailabilityOfMonth

DIGITS: Final = 3


class Month(NamedTuple):
    """A civil month (`2026-11`), as far as it lies within what is asked."""

    name: str
    stretch: Stretch


def months(last: date, number: int, now_ms: int, zone: tzinfo) -> list[Month]:
    """Return the month of a day and those before it, oldest first. Pure."""
    firsts = [last.replace(day=1)]
    for _ in range(number):
        firsts.insert(0, (firsts[0] - timedelta(days=1)).replace(day=1))
    ends = [*firsts[2:], (firsts[-1] + timedelta(days=32)).replace(day=1)]
    return [
        Month(f"{first:%Y-%m}", Stretch(day_of(first, zone).from_ms, min(now_ms, day_of(end, zone).from_ms)))
        for first, end in zip(firsts[1:], ends, strict=True)
    ]


def by_month(known: Unheard, asked: Sequence[Month]) -> Iterator[AvailabilityOfMonth]:
    """Yield each month; `percent` None: nothing is known of it. Pure."""
    for name, (start_ms, end_ms) in asked:
        begin_ms = end_ms if known.known_ms is None else min(end_ms, max(start_ms, known.known_ms))
        silent = sum(_inside(each, begin_ms, end_ms) for each in known.gaps if each.why == "not-heard")
        unknown = sum(_inside(each, begin_ms, end_ms) for each in known.gaps if each.why != "not-heard")
        of_ms = end_ms - begin_ms - unknown
        yield AvailabilityOfMonth(
            month=name,
            percent=round(100 * (of_ms - silent) / of_ms, DIGITS) if of_ms > 0 else None,
            unheard_s=silent / 1000,
            unknown_s=(end_ms - start_ms - of_ms) / 1000,
        )


def today(now_ms: int, zone: tzinfo) -> date:
    """Return the day that it is at the site."""
    return from_epoch_ms(now_ms).astimezone(zone).date()


def _inside(gap: Gap, start_ms: int, end_ms: int) -> int:
    return max(0, min(gap.end_ms, end_ms) - max(gap.start_ms, start_ms))
