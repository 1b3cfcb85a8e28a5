"""When an access level holds: weekly periods in the site's local time, with holidays. Pure."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final

from contract.lists import Day, Period

WEEK: Final[tuple[Day, ...]] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


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
