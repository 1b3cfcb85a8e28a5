"""When time is up: by the calendar, and while people work, whatever the clocks of a zone do."""

from datetime import UTC, date, datetime, timedelta
from itertools import takewhile
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.errors import ConfigurationError
from hub.orders.deadlines import check_hours, deadline, working_times
from hub.orders.kinds import WorkingHours

SHANGHAI = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")
OFFICE = WorkingHours()
MS = timedelta(milliseconds=1)


def at(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def working(start: datetime, minutes: float, hours: WorkingHours = OFFICE, zone: ZoneInfo = SHANGHAI) -> str:
    end = deadline(start, minutes, "working", hours, zone)
    assert end.tzinfo is UTC
    return end.astimezone(zone).strftime("%m-%d %H:%M")


@pytest.mark.parametrize(
    ("start", "minutes", "end"),
    [
        ("2026-11-24 10:00", 30, "11-24 10:30"),
        ("2026-11-24 17:50", 10, "11-24 18:00"),
        ("2026-11-24 17:50", 30, "11-25 09:20"),
        ("2026-11-24 03:00", 60, "11-24 10:00"),
        ("2026-11-24 18:00", 1, "11-25 09:01"),
        ("2026-11-27 17:30", 60, "11-30 09:30"),  # over a weekend
        ("2026-11-24 09:00", 5 * 540, "11-30 18:00"),
    ],
)
def test_working_minutes_pass_while_people_work(start: str, minutes: float, end: str) -> None:
    assert working(at(start), minutes) == end


def test_holidays_are_off_and_extra_days_are_worked() -> None:
    hours = WorkingHours(holidays=("2026-10-01", "2026-10-02"), extra_days=("2026-10-03",))
    assert working(at("2026-09-30 17:00"), 120, hours) == "10-03 10:00"  # a Saturday


def test_a_night_shift_ends_on_the_next_day() -> None:
    night = WorkingHours(days=(1, 2, 3, 4, 5, 6, 7), begin="22:00", end="06:00")
    assert working(at("2026-11-24 05:30"), 60, night) == "11-24 22:30"
    assert working(at("2026-11-24 23:30"), 60, night) == "11-25 00:30"


def test_a_minute_is_a_minute_when_clocks_are_put_forward_or_back() -> None:
    night = WorkingHours(days=(1, 2, 3, 4, 5, 6, 7), begin="00:00", end="12:00")
    assert working(at("2026-03-29 01:00", BERLIN), 120, night, BERLIN) == "03-29 04:00"
    assert working(at("2026-10-25 01:00", BERLIN), 120, night, BERLIN) == "10-25 02:00"
    forward = deadline(at("2026-03-29 01:00", BERLIN), 120, "calendar", OFFICE, BERLIN)
    assert forward.astimezone(BERLIN).hour == 4


zones = st.sampled_from([SHANGHAI, BERLIN, ZoneInfo("America/New_York"), ZoneInfo("Australia/Lord_Howe")])
starts = st.datetimes(datetime(2025, 1, 1), datetime(2027, 1, 1)).map(  # noqa: DTZ001 - hypothesis wants it
    lambda moment: moment.replace(tzinfo=UTC, microsecond=0)
)
minutes_ = st.integers(1, 6000).map(lambda tenths: tenths / 10)
times = st.integers(0, 47).map(lambda half: f"{half // 2:02}:{half % 2 * 30:02}")
days = st.sets(st.integers(1, 7), min_size=1).map(lambda found: tuple(sorted(found)))
dates = st.dates(date(2025, 1, 1), date(2027, 1, 1)).map(date.isoformat)
hours_ = st.builds(
    WorkingHours,
    days=days,
    begin=times,
    end=times,
    holidays=st.lists(dates, max_size=5).map(tuple),
    extra_days=st.lists(dates, max_size=2).map(tuple),
)


def worked(start: datetime, end: datetime, hours: WorkingHours, zone: ZoneInfo) -> timedelta:
    """Count how long people work from `start` to `end`."""
    since = start.astimezone(zone).date() - timedelta(days=2)
    spans = takewhile(lambda span: span[0] < end, working_times(since, hours, zone))
    return sum((max(min(end, b) - max(start, a), timedelta()) for a, b in spans), timedelta())


@given(starts, minutes_, hours_, zones)
def test_so_long_was_worked_and_it_ends_within_working_hours(
    start: datetime, minutes: float, hours: WorkingHours, zone: ZoneInfo
) -> None:
    end = deadline(start, minutes, "working", hours, zone)
    assert worked(start, end, hours, zone) == timedelta(minutes=minutes)
    assert worked(end - MS, end, hours, zone) == MS, "never inside a closed hour"


@given(starts, st.integers(0, 10_000), minutes_, minutes_, hours_, zones)
def test_who_begins_later_or_has_longer_ends_no_sooner(
    start: datetime, later: int, minutes: float, longer: float, hours: WorkingHours, zone: ZoneInfo
) -> None:
    end = deadline(start, minutes, "working", hours, zone)
    assert deadline(start + timedelta(minutes=later), minutes, "working", hours, zone) >= end
    assert deadline(start, minutes + longer, "working", hours, zone) > end


@given(starts, minutes_, hours_, zones)
def test_by_the_calendar_time_just_passes(
    start: datetime, minutes: float, hours: WorkingHours, zone: ZoneInfo
) -> None:
    assert deadline(start, minutes, "calendar", hours, zone) - start == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("hours", "wrong"),
    [
        (WorkingHours(days=()), "days: name at least one"),
        (WorkingHours(holidays=("2026-02-30",)), "holidays: '2026-02-30' is no day"),
        (WorkingHours(extra_days=("2026-13-01",)), "extra_days: '2026-13-01' is no day"),
    ],
)
def test_hours_that_cannot_be_are_refused(hours: WorkingHours, wrong: str) -> None:
    with pytest.raises(ConfigurationError, match=wrong):
        check_hours(hours)
