"""When a zone waters by itself: programmes, their local times, dry soil; pure."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from drivers.sprinkler import words
from drivers.sprinkler.programme import Programme, next_start, within_hours
from drivers.sprinkler.words import Cause
from drivers.sprinkler.zone import Order
from tests.drivers.sprinkler.bench import AT_NINE, OPEN, SHUT, SOIL, Bench

SHANGHAI = ZoneInfo("Asia/Shanghai")


def starts(programmes: Iterable[Programme], after: datetime, zone: ZoneInfo = SHANGHAI) -> str | None:
    start = next_start(programmes, after, zone)
    return start.at.astimezone(zone).strftime("%a %H:%M") if start else None


def test_programmes_begin_at_local_times_on_their_days() -> None:
    weekend = Programme(at=("06:30", "19:00"), days=("sat", "sun"), minutes=10)
    daily = Programme(at=("05:00",), minutes=5)
    friday = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)  # 20:00 in Shanghai
    assert starts([weekend], friday) == "Sat 06:30"
    assert starts([weekend, daily], friday) == "Sat 05:00"
    assert starts([weekend], datetime(2026, 11, 28, 11, 0, tzinfo=UTC)) == "Sun 06:30", "19:00 is over"
    assert starts([Programme(at=("00:00",), days=("fri",), minutes=1)], friday) == "Fri 00:00"
    assert starts([], friday) is None


def test_programmes_live_through_a_clock_change() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    skipped = Programme(at=("02:30",), minutes=5)
    before = datetime(2026, 3, 29, 0, 0, tzinfo=UTC)
    first = next_start([skipped], before, berlin)
    assert first
    second = next_start([skipped], first.at, berlin)
    assert second
    assert first.at == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert second.at == datetime(2026, 3, 30, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("window", "local", "allowed"),
    [
        ("05:00-09:00", "05:00", True),
        ("05:00-09:00", "09:00", False),
        ("22:00-06:00", "23:59", True),
        ("22:00-06:00", "05:59", True),
        ("22:00-06:00", "12:00", False),
    ],
)
def test_hours(window: str, local: str, allowed: bool) -> None:
    hour, minute = map(int, local.split(":"))
    now = datetime(2026, 11, 24, hour, minute, tzinfo=SHANGHAI)
    assert within_hours([window], now, SHANGHAI) is allowed
    assert within_hours([], now, SHANGHAI)


def test_a_programme_waters_or_says_why_not() -> None:
    bench = Bench(programmes=AT_NINE)
    assert bench.look(SHUT, 3599) == []
    bench.look(SHUT, 2)
    assert bench.orders == [Order.OPEN]
    assert bench.zone.run
    assert (bench.zone.run.cause, bench.zone.run.until - bench.now) == (Cause.PROGRAMME, 600)
    wet = Bench(programmes=AT_NINE, **SOIL)
    wet.look(SHUT)
    wet.feel(soil_moisture=31.0)
    assert wet.look(SHUT, 3601) == [words.PROGRAMME_SKIPPED]
    assert (wet.happened[-1].data, wet.orders) == ({"why": "wet"}, [])
    rainy = Bench(programmes=AT_NINE)
    rainy.look(SHUT)
    assert rainy.look(replace(SHUT, raining=True), 3601) == [words.PROGRAMME_SKIPPED]
    assert rainy.happened[-1].data == {"why": "rain"}
    missed = Bench(programmes=AT_NINE)
    missed.look(SHUT)
    assert missed.look(SHUT, 3600 + 300) == [], "nobody was there in time"
    assert missed.orders == []


def test_dry_soil_waters_until_wet_and_then_rests() -> None:
    bench = Bench(**SOIL, rest_minutes=30, hours=("08:00-10:00",))
    bench.feel(soil_moisture=19.0)
    bench.look(SHUT)
    assert bench.zone.run
    assert bench.zone.run.cause is Cause.SOIL
    bench.look(SHUT)
    bench.look(OPEN)
    bench.feel(soil_moisture=29.9)
    bench.look(OPEN)
    assert bench.orders == [Order.OPEN]
    bench.feel(soil_moisture=30.0)
    bench.look(OPEN)
    assert bench.orders == [Order.OPEN, Order.CLOSE]
    bench.look(SHUT)
    bench.feel(soil_moisture=19.0)
    bench.look(SHUT, 1700)
    assert bench.zone.run is None
    bench.look(SHUT, 200)
    assert bench.zone.run
    late = Bench(**SOIL, hours=("08:00-10:00",))
    late.feel(soil_moisture=1.0)
    late.look(SHUT, 2.5 * 3600)
    assert late.zone.run is None, "it is half past ten"
