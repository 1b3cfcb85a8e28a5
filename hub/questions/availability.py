"""In how much of each month a device was heard, in percent of the time of which that is known. Blocking."""

from collections.abc import Iterator, Sequence
from datetime import date, tzinfo
from typing import Final

from contract.clock import from_epoch_ms
from hub.months import Month
from hub.questions.gaps import Gap, Unheard
from hub.questions.view import AvailabilityOfMonth

DIGITS: Final = 3


def by_month(known: Unheard, asked: Sequence[Month], now_ms: int) -> Iterator[AvailabilityOfMonth]:
    """Yield each month, as far as it is over; `percent` None: nothing is known of it. Pure."""
    for month in asked:
        start_ms, end_ms = month.so_far(now_ms)
        begin_ms = end_ms if known.known_ms is None else min(end_ms, max(start_ms, known.known_ms))
        silent = sum(_inside(each, begin_ms, end_ms) for each in known.gaps if each.why == "not-heard")
        unknown = sum(_inside(each, begin_ms, end_ms) for each in known.gaps if each.why != "not-heard")
        of_ms = end_ms - begin_ms - unknown
        yield AvailabilityOfMonth(
            month=str(month),
            percent=round(100 * (of_ms - silent) / of_ms, DIGITS) if of_ms > 0 else None,
            unheard_s=silent / 1000,
            unknown_s=(end_ms - start_ms - of_ms) / 1000,
        )


def today(now_ms: int, zone: tzinfo) -> date:
    """Return the day that it is at the site."""
    return from_epoch_ms(now_ms).astimezone(zone).date()


def _inside(gap: Gap, start_ms: int, end_ms: int) -> int:
    return max(0, min(gap.end_ms, end_ms) - max(gap.start_ms, start_ms))
