"""Watering programmes: at which local times, on which days, for how long. Pure; given the time."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Annotated, Final, Literal, NamedTuple
from zoneinfo import ZoneInfo

from msgspec import Meta, Struct

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: Final[tuple[Weekday, ...]] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

TimeOfDay = Annotated[str, Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
Hours = Annotated[str, Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$")]
"""`HH:MM-HH:MM`, the end not included; an end before the start is on the next day."""

A_WEEK: Final = 8
"""Days in which every programme has its turn: today's may be over."""


class Programme(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Water for `minutes` at each of these local times on these days."""

    at: Annotated[tuple[TimeOfDay, ...], Meta(min_length=1)]
    minutes: Annotated[float, Meta(gt=0, le=240)]
    days: Annotated[tuple[Weekday, ...], Meta(min_length=1)] = WEEKDAYS


class Start(NamedTuple):
    """When a programme begins (UTC), and for how long it waters."""

    at: datetime
    minutes: float


def next_start(programmes: Iterable[Programme], after: datetime, zone: ZoneInfo) -> Start | None:
    """Return the first start later than `after`, None if there is no programme."""
    coming = [start for programme in programmes for start in _starts(programme, after, zone)]
    return min(coming, default=None)


def _starts(programme: Programme, after: datetime, zone: ZoneInfo) -> Iterator[Start]:
    """Yield the starts of a week; a time that a clock change skips is that of the clock before it."""
    today = after.astimezone(zone).date()
    for days in range(A_WEEK):
        day = today + timedelta(days=days)
        if WEEKDAYS[day.weekday()] not in programme.days:
            continue
        for at in programme.at:
            moment = datetime.combine(day, _time(at), zone).astimezone(UTC)
            if moment > after:
                yield Start(moment, programme.minutes)


def within_hours(allowed: Iterable[Hours], now: datetime, zone: ZoneInfo) -> bool:
    """Say whether the local time is within any of `allowed`; none at all allow the whole day."""
    windows = list(allowed)
    local = now.astimezone(zone).time()
    return not windows or any(_within(window, local) for window in windows)


def _within(window: Hours, local: time) -> bool:
    start, end = map(_time, window.split("-"))
    return start <= local < end if start < end else local >= start or local < end


def _time(text: str) -> time:
    hour, minute = text.split(":")
    return time(int(hour), int(minute))
