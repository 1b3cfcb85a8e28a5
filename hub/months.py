"""A civil month of the site's time zone. Pure."""

import re
from datetime import date, datetime, timedelta, tzinfo
from typing import Final, NamedTuple

from contract.clock import epoch_ms, from_epoch_ms
from contract.errors import InvalidMessage

PATTERN: Final = r"^[0-9]{4}-(0[1-9]|1[0-2])$"
_TEXT: Final = re.compile(PATTERN)
_FIRST_YEAR: Final = 1971
"""Before there is no month before to compare with that has a time in ms since 1970."""


class Stretch(NamedTuple):
    """From when until before when, in ms since 1970."""

    start_ms: int
    end_ms: int


class Month(NamedTuple):
    """One month, `2026-11`, of a time zone."""

    year: int
    number: int
    zone: tzinfo

    def __str__(self) -> str:
        return f"{self.year:04}-{self.number:02}"

    @property
    def whole(self) -> Stretch:
        """From its first midnight to that of the next month."""
        return Stretch(self.begins_ms, self.moved(1).begins_ms)

    @property
    def days(self) -> list[date]:
        """Its days."""
        first, after = self.first, self.moved(1).first
        return [first + timedelta(days=each) for each in range((after - first).days)]

    def moved(self, months: int) -> "Month":
        """Return the month so many later."""
        years, index = divmod(self.number - 1 + months, 12)
        return Month(self.year + years, index + 1, self.zone)

    def so_far(self, now_ms: int) -> Stretch:
        """Return what of it is over."""
        return Stretch(self.whole.start_ms, min(self.whole.end_ms, now_ms))

    def before(self, now_ms: int) -> Stretch:
        """Return what it is compared with: the month before; of one that goes on, just as much of that."""
        before, passed = self.moved(-1).whole, self.so_far(now_ms)
        if passed.end_ms == self.whole.end_ms:
            return before
        return Stretch(before.start_ms, min(before.end_ms, before.start_ms + passed.end_ms - passed.start_ms))

    def day_of(self, moment_ms: int) -> date:
        """Return the day of a moment, at the site."""
        return from_epoch_ms(moment_ms).astimezone(self.zone).date()

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, self.number, 1)

    @property
    def begins_ms(self) -> int:
        """When it begins, in ms since 1970."""
        return epoch_ms(datetime(self.year, self.number, 1, tzinfo=self.zone))


def month_at(moment_ms: int, zone: tzinfo) -> Month:
    """Return the month that a moment is in."""
    local = from_epoch_ms(moment_ms).astimezone(zone)
    return Month(local.year, local.month, zone)


def month_of(text: str, now_ms: int, zone: tzinfo) -> Month:
    """Read `2026-11`; InvalidMessage if that is no month, or one that has not begun."""
    if not _TEXT.match(text) or int(text[:4]) < _FIRST_YEAR:
        raise InvalidMessage(f"{text!r} is no month: write it as 2026-11", code="bad-month")
    month = Month(int(text[:4]), int(text[5:]), zone)
    if month[:2] > month_at(now_ms, zone)[:2]:
        raise InvalidMessage(f"{text} has not begun; choose a month that has", code="bad-month")
    return month
