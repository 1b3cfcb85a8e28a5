"""When it is night: over midnight, and over clock changes of a zone that has them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from contract.clock import epoch_ms, from_epoch_ms
from hub.posts.night import night_began_ms
from tests.hub.posts.gatehouse import GATE

SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")


def night(begin: str, end: str, zone: ZoneInfo, now: datetime) -> datetime | None:
    post = replace(GATE, night_from=begin, night_to=end)
    began_ms = night_began_ms(post, zone, epoch_ms(now))
    return None if began_ms is None else from_epoch_ms(began_ms).astimezone(zone)


def minutes_of(begin: str, end: str, evening: datetime) -> list[datetime]:
    """Return the minutes of the 30 hours from `evening` (a local time) that are night."""
    start = evening.astimezone(UTC)
    moments = (start + timedelta(minutes=n) for n in range(30 * 60))
    return [each for each in moments if night(begin, end, BERLIN, each) is not None]


@pytest.mark.parametrize(
    ("at", "is_night"),
    [("21:59", False), ("22:00", True), ("23:59", True), ("00:00", True), ("05:59", True), ("06:00", False)],
)
def test_a_night_goes_over_midnight(at: str, is_night: bool) -> None:
    now = datetime.fromisoformat(f"2026-11-24T{at}:00").replace(tzinfo=SHANGHAI)
    assert (night("22:00", "06:00", SHANGHAI, now) is not None) == is_night


def test_after_midnight_it_began_the_evening_before() -> None:
    now = datetime(2026, 11, 25, 3, tzinfo=SHANGHAI)
    assert night("22:00", "06:00", SHANGHAI, now) == datetime(2026, 11, 24, 22, tzinfo=SHANGHAI)
    assert night("01:00", "06:00", SHANGHAI, now) == datetime(2026, 11, 25, 1, tzinfo=SHANGHAI)
    assert night("01:00", "03:00", SHANGHAI, now) is None


def test_the_same_times_twice_are_always_night() -> None:
    for hour in range(24):
        assert night("22:00", "22:00", SHANGHAI, datetime(2026, 11, 24, hour, tzinfo=SHANGHAI)) is not None


@pytest.mark.parametrize(("day", "hours"), [("2026-03-28", 7), ("2026-10-24", 9), ("2026-06-01", 8)])
def test_a_night_with_a_clock_change_is_one_night(day: str, hours: int) -> None:
    evening = datetime.fromisoformat(f"{day}T12:00:00").replace(tzinfo=BERLIN)
    found = minutes_of("22:00", "06:00", evening)
    assert len(found) == hours * 60
    assert found[-1] - found[0] == timedelta(hours=hours) - timedelta(minutes=1)
    assert {night("22:00", "06:00", BERLIN, each) for each in found} == {evening.replace(hour=22)}


def test_an_hour_that_comes_twice_does_not_end_the_night_and_begin_it_anew() -> None:
    found = minutes_of("22:00", "02:30", datetime(2026, 10, 24, 12, tzinfo=BERLIN))
    assert len(found) == (5 * 60 + 30)
    assert found[-1] - found[0] == timedelta(minutes=len(found) - 1)
    assert found[-1] == datetime(2026, 10, 25, 1, 29, tzinfo=UTC)


def test_a_time_that_does_not_exist_makes_the_night_no_shorter() -> None:
    found = minutes_of("22:00", "02:30", datetime(2026, 3, 28, 12, tzinfo=BERLIN))
    assert found[0] == datetime(2026, 3, 28, 21, tzinfo=UTC)
    assert found[-1] == datetime(2026, 3, 29, 1, 29, tzinfo=UTC)
    found = minutes_of("02:30", "06:00", datetime(2026, 3, 28, 12, tzinfo=BERLIN))
    assert found[0] == datetime(2026, 3, 29, 0, 30, tzinfo=UTC)
    assert found[-1] == datetime(2026, 3, 29, 3, 59, tzinfo=UTC)
