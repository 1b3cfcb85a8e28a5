"""When an access level holds: weekly periods in the site's local time, with holidays. Pure."""

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final, Literal

from msgspec import Struct

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun", "holiday"]
WEEK: Final[tuple[Day, ...]] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MINUTES: Final = 24 * 60


def minute_of(text: str) -> int:
    """Read `HH:MM`, up to 24:00, as minutes since midnight; ValueError if it is none."""
    match = re.fullmatch(r"(\d{2}):([0-5]\d)", text)
    minute = int(match[1]) * 60 + int(match[2]) if match else MINUTES + 1
    if minute > MINUTES:
        raise ValueError(f"time {text!r} must be HH:MM, up to 24:00")
    return minute


class Period(
    Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"start": "from", "end": "to"}
):
    """Some hours of some days. One that ends before it begins lasts into the next day."""

    days: tuple[Day, ...] = WEEK
    start: str = "00:00"
    end: str = "24:00"

    def __post_init__(self) -> None:
        minute_of(self.start)
        minute_of(self.end)

    def covers(self, today: Day, yesterday: Day, minute: int) -> bool:
        """Whether `minute` of a day is in the period, or in what is left of yesterday's."""
        start, end = minute_of(self.start), minute_of(self.end)
        if start <= end:
            return today in self.days and start <= minute < end
        return (today in self.days and minute >= start) or (yesterday in self.days and minute < end)


def within(periods: Sequence[Period], moment: datetime, holidays: frozenset[date]) -> bool:
    """Whether `moment`, in local time, is in one of `periods`.

    Periods of which one names `holiday` know holidays: on these, only what names them holds. The others
    take a holiday for the weekday that it is.
    """
    known = holidays if any("holiday" in period.days for period in periods) else frozenset()
    today = moment.date()
    names = _name(today, known), _name(today - timedelta(days=1), known)
    minute = moment.hour * 60 + moment.minute
    return any(period.covers(*names, minute) for period in periods)


def _name(day: date, holidays: frozenset[date]) -> Day:
    return "holiday" if day in holidays else WEEK[day.weekday()]
