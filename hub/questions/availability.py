"""For how much of a time a device was heard, in percent of what is known of it.

A device is not heard while it or its driver host is lost. While the hub or its link to the broker is away
nobody knows: that time counts neither way. Pure; times in ms since 1970.
"""

from collections.abc import Iterator, Sequence
from datetime import date, tzinfo
from typing import Final, NamedTuple

from contract.clock import from_epoch_ms
from hub.months import Month, Stretch
from hub.questions.gaps import Gap, Unheard
from hub.questions.view import AvailabilityOfMonth

DIGITS: Final = 3


class Share(NamedTuple):
    """Of a stretch: how long it is known whether a device was heard, and how long and often it was not."""

    whole_ms: int
    known_ms: int
    silent_ms: int
    times: int

    @property
    def unknown_ms(self) -> int:
        """For how long nobody knows."""
        return self.whole_ms - self.known_ms

    @property
    def percent(self) -> float | None:
        """How much of what is known it was heard; None: nothing is known."""
        return 100 * (self.known_ms - self.silent_ms) / self.known_ms if self.known_ms > 0 else None


def share(known: Unheard, stretch: Stretch) -> Share:
    """Say how a device did in a stretch, which is over."""
    start_ms, end_ms = stretch
    begin_ms = end_ms if known.known_ms is None else min(end_ms, max(start_ms, known.known_ms))
    silent = [
        ms for each in known.gaps if each.why == "not-heard" and (ms := _inside(each, begin_ms, end_ms))
    ]
    unknown_ms = sum(_inside(each, begin_ms, end_ms) for each in known.gaps if each.why != "not-heard")
    return Share(end_ms - start_ms, end_ms - begin_ms - unknown_ms, sum(silent), len(silent))


def by_month(known: Unheard, asked: Sequence[Month], now_ms: int) -> Iterator[AvailabilityOfMonth]:
    """Yield each month, as far as it is over; `percent` None: nothing is known of it."""
    for month in asked:
        found = share(known, month.so_far(now_ms))
        yield AvailabilityOfMonth(
            month=str(month),
            percent=None if found.percent is None else round(found.percent, DIGITS),
            unheard_s=found.silent_ms / 1000,
            unknown_s=found.unknown_ms / 1000,
        )


def today(now_ms: int, zone: tzinfo) -> date:
    """Return the day that it is at the site."""
    return from_epoch_ms(now_ms).astimezone(zone).date()


def _inside(gap: Gap, start_ms: int, end_ms: int) -> int:
    return max(0, min(gap.end_ms, end_ms) - max(gap.start_ms, start_ms))
