"""When time is up: minutes counted by the calendar, or only while people work."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final

from contract.errors import ConfigurationError
from hub.orders.kinds import Counting, WorkingHours

MINUTE: Final = timedelta(minutes=1)
ONE_DAY: Final = timedelta(days=1)
EXACT: Final = timedelta(milliseconds=1)


def deadline(
    start: datetime, minutes: float, counting: Counting, hours: WorkingHours, zone: tzinfo
) -> datetime:
    """Return when `minutes` after `start` are over, in UTC, to the millisecond.

    Working minutes pass between `begin` and `end` of a working day in the site's time zone; where its clocks
    are put forward or back, a minute is a minute all the same. They are over at the end of a day rather than
    at the beginning of the next.
    """
    left = max(EXACT, round(minutes * MINUTE / EXACT) * EXACT)
    start = start.astimezone(UTC)
    if counting == "calendar":
        return start + left
    for opens, closes in working_times(start.astimezone(zone).date() - ONE_DAY, hours, zone):
        since = max(opens, start)
        if closes - since >= left:
            return since + left
        left -= max(closes - since, timedelta())
    raise AssertionError  # working days never end


def working_times(since: date, hours: WorkingHours, zone: tzinfo) -> Iterator[tuple[datetime, datetime]]:
    """Yield when work begins and ends, in UTC, on `since` and every working day after it, for ever."""
    check_hours(hours)
    holidays, extra = frozenset(hours.holidays), frozenset(hours.extra_days)
    begin, end = time.fromisoformat(hours.begin), time.fromisoformat(hours.end)
    overnight = ONE_DAY if end <= begin else timedelta()
    day = since
    while True:
        name = day.isoformat()
        if name in extra or (day.isoweekday() in hours.days and name not in holidays):
            opens = _instant(day, begin, zone)
            yield opens, max(opens, _instant(day + overnight, end, zone))
        day += ONE_DAY


def check_hours(hours: WorkingHours) -> None:
    """Refuse hours of which nobody could tell when they are over; ConfigurationError."""
    if not hours.days:
        raise ConfigurationError("[orders.working_hours] days: name at least one; allowed: 1 to 7")
    for name in ("holidays", "extra_days"):
        for day in getattr(hours, name):
            try:
                date.fromisoformat(day)
            except ValueError as wrong:
                raise ConfigurationError(
                    f"[orders.working_hours] {name}: {day!r} is no day; allowed: YYYY-MM-DD"
                ) from wrong


def _instant(day: date, at: time, zone: tzinfo) -> datetime:
    return datetime.combine(day, at, zone).astimezone(UTC)
