"""The clocks, and how a time is written."""

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from contract.clock import (
    ManualClock,
    SystemClock,
    epoch_ms,
    from_epoch_ms,
    rfc3339,
    rfc3339_ms,
    whole_milliseconds,
)
from tests.contract import samples


def test_the_systems_clock_is_aware_and_goes_on() -> None:
    clock = SystemClock()
    assert clock.now().tzinfo is UTC
    assert clock.now().microsecond % 1000 == 0
    assert abs(datetime.now(UTC) - clock.now()) < timedelta(seconds=5)
    assert clock.monotonic() <= clock.monotonic()
    assert abs(clock.now_ms() - epoch_ms(clock.now())) < 5000


@given(st.integers(min_value=0, max_value=4_102_444_800_000))
def test_the_fast_way_to_write_a_time_is_the_same(milliseconds: int) -> None:
    assert rfc3339_ms(milliseconds) == rfc3339(from_epoch_ms(milliseconds))


def test_a_manual_clock_moves_when_told() -> None:
    clock = ManualClock()
    start = clock.now()
    clock.advance(1.5)
    assert clock.now() - start == timedelta(seconds=1.5)
    assert clock.monotonic() == 1.5


def test_a_jump_of_the_wall_clock_measures_nothing() -> None:
    clock = ManualClock()
    clock.set_wall(datetime(2000, 1, 1, 0, 0, 0, 1999, tzinfo=UTC))
    assert clock.now_ms() == epoch_ms(clock.now())
    assert clock.now() == datetime(2000, 1, 1, 0, 0, 0, 1000, tzinfo=UTC)
    assert clock.monotonic() == 0


@given(samples.moments)
def test_counts_of_milliseconds_are_exact(moment: datetime) -> None:
    assert from_epoch_ms(epoch_ms(moment)) == moment


@given(samples.moments, st.integers(-14 * 60, 14 * 60))
def test_any_zone_is_written_as_utc(moment: datetime, minutes: int) -> None:
    if moment < datetime(9998, 12, 30, tzinfo=UTC):
        moved = moment.astimezone(timezone(timedelta(minutes=minutes)))
        assert rfc3339(moved) == rfc3339(moment)
    assert datetime.fromisoformat(rfc3339(moment)) == moment


@given(st.datetimes(timezones=st.just(UTC)))
def test_milliseconds_are_cut_not_rounded(moment: datetime) -> None:
    cut = whole_milliseconds(moment)
    assert timedelta(0) <= moment - cut < timedelta(milliseconds=1)
    assert cut.microsecond % 1000 == 0
