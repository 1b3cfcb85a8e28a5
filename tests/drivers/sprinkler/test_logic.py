"""The pure parts of the driver, second by second: states, leaks, locks, programmes, what is due."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.sprinkler import words
from drivers.sprinkler.interlocks import RULES, Situation, forbidden, frost_lock, lockout
from drivers.sprinkler.meter import Meter
from drivers.sprinkler.options import SprinklerOptions
from drivers.sprinkler.planner import Wish
from drivers.sprinkler.profile import load_board
from drivers.sprinkler.programme import Programme, next_start, within_hours
from drivers.sprinkler.readings import Climate, Readings
from drivers.sprinkler.run import Run
from drivers.sprinkler.shown import measurements, properties
from drivers.sprinkler.state import NEXT, Sight, ZoneState
from drivers.sprinkler.words import Cause, Fault, Happening, Lock, Mode
from drivers.sprinkler.zone import INSIST_S, Order, Zone

SHANGHAI = ZoneInfo("Asia/Shanghai")
MONDAY = datetime(2026, 11, 23, tzinfo=UTC)
SHUT = Readings(valve_open=False, open_valves=0, rate=0.0, approach=False)
OPEN = Readings(valve_open=True, open_valves=1, rate=40.0, approach=False)
STILL = replace(OPEN, rate=0.0)
LEAKING = replace(SHUT, rate=5.0)


class Bench:
    """A zone whose board always shows what `shows` says, unless a valve is told otherwise."""

    def __init__(self, **options: Any) -> None:
        given = {"wire": "modbus-tcp://192.0.2.1?unit=1", "leak_after_s": 5, "dry_after_s": 10, **options}
        self.zone = Zone(SprinklerOptions(**given))
        self.now, self.wall = 0.0, MONDAY
        self.orders: list[Order] = []
        self.happened: list[Happening] = []

    def look(self, readings: Readings, seconds: float = 1.0) -> list[str]:
        """Let time pass and take a look; the types of what has happened."""
        self.now += seconds
        self.wall += timedelta(seconds=seconds)
        happenings = self.zone.look(readings, self.now, self.wall)
        self.happened += happenings
        order = self.zone.order(self.now)
        if order is not None:
            self.zone.sent(order, self.now)
            self.orders.append(order)
        return [each.type for each in happenings]

    def run(self, seconds: float = 60.0, cause: Cause = Cause.MANUAL) -> None:
        self.zone.begin(Wish(cause=cause, seconds=seconds), self.now)

    def feel(self, **climate: Any) -> list[str]:
        return [each.type for each in self.zone.feel(Climate(**climate))]

    @property
    def state(self) -> str:
        return self.zone.watch.state.value


def waters(bench: Bench) -> bool:
    return bench.zone.run is not None


def test_the_table_is_total() -> None:
    assert NEXT.keys() == set(ZoneState)
    assert all(moves.keys() == set(Sight) for moves in NEXT.values())


def test_a_whole_watering() -> None:
    bench = Bench()
    bench.look(SHUT)
    bench.run(60)
    assert (bench.look(SHUT), bench.orders) == ([], [Order.OPEN])
    assert bench.state == "closed"
    bench.look(SHUT)
    assert bench.state == "opening"
    assert bench.look(STILL) == [words.WATERING_STARTED]
    bench.look(OPEN, 30)
    assert bench.state == "watering"
    bench.look(OPEN, 40)
    assert bench.orders == [Order.OPEN, Order.CLOSE]
    bench.look(OPEN)
    assert bench.state == "closing"
    assert bench.look(replace(SHUT, rate=9.0)) == [words.WATERING_ENDED]
    ended = bench.happened[-1].data
    assert (ended["why"], ended["seconds"]) == ("finished", 72)
    assert ended["litres"] == pytest.approx(40 * 71 / 60, abs=0.1)
    assert bench.state == "closing", "the pipe runs empty"
    bench.look(SHUT)
    assert bench.state == "closed"
    assert bench.orders == [Order.OPEN, Order.CLOSE]


def test_a_valve_that_stays_open_is_told_to_close_again_and_again() -> None:
    bench = Bench()
    bench.look(SHUT)
    bench.run(60)
    bench.look(SHUT)
    bench.look(OPEN)
    bench.zone.end(words.STOPPED)
    for _ in range(20):
        bench.look(OPEN)
    assert bench.orders.count(Order.CLOSE) == 20 / INSIST_S
    assert (bench.state, bench.zone.watch.fault) == ("fault", Fault.VALVE_STUCK_OPEN)
    assert bench.look(SHUT) == [words.FAULT_CLEARED, words.WATERING_ENDED]


def test_a_valve_that_stays_shut_is_told_once_and_then_let_alone() -> None:
    bench = Bench()
    bench.look(SHUT)
    bench.run(60)
    for _ in range(30):
        bench.look(SHUT)
    assert bench.orders == [Order.OPEN, Order.CLOSE]
    assert bench.zone.watch.fault is Fault.VALVE_STUCK_CLOSED
    assert bench.zone.run is None


def test_flow_for_a_moment_is_no_leak_and_a_leak_is_told_once() -> None:
    bench = Bench()
    assert bench.look(LEAKING) == bench.look(LEAKING, 4) == []
    assert bench.look(LEAKING) == [words.LEAK_DETECTED]
    assert (bench.look(LEAKING), bench.state) == ([], "leaking")
    assert bench.look(replace(SHUT, rate=None)) == [], "an unknown flow ends no leak"
    assert bench.look(SHUT) == [words.LEAK_ENDED]


def test_other_zones_water_on_a_common_meter_is_no_leak() -> None:
    bench = Bench()
    for _ in range(10):
        assert bench.look(Readings(valve_open=False, open_valves=2, rate=60.0)) == []
    assert (bench.state, bench.zone.total_litres) == ("closed", 0)


def test_common_water_is_shared_out() -> None:
    bench = Bench()
    bench.look(SHUT)
    bench.run(600)
    bench.look(SHUT)
    both = Readings(valve_open=True, open_valves=2, rate=60.0)
    bench.look(both)
    bench.look(both, 60)
    assert bench.zone.total_litres == pytest.approx(30, abs=1)


def test_no_water_after_the_grace_time_closes_and_locks() -> None:
    bench = Bench()
    bench.look(SHUT)
    bench.run(600)
    bench.look(SHUT)
    for _ in range(9):
        assert words.DRY_PIPE not in bench.look(STILL)
    assert words.DRY_PIPE in bench.look(STILL, 3)
    assert (bench.state, bench.orders[-1]) == ("fault", Order.CLOSE)
    bench.look(SHUT)
    assert bench.happened[-1].data["why"] == "dry-pipe"
    assert bench.zone.lockout(bench.now, bench.wall) is Lock.DRY_PIPE
    bench.run(600)
    bench.look(SHUT)
    bench.look(OPEN)
    assert not bench.zone.watch.dry, "water came: the lock is gone"


def test_a_meter_that_tells_nothing_dries_up_nothing() -> None:
    bench = Bench()
    bench.look(SHUT)
    bench.run(600)
    bench.look(SHUT)
    for _ in range(30):
        bench.look(replace(OPEN, rate=None))
    assert (bench.state, bench.orders) == ("watering", [Order.OPEN])


@pytest.mark.parametrize("cause", sorted(Cause))
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.lock.value)
def test_every_rule_keeps_back_whom_it_names(cause: Cause, rule: Any) -> None:
    locked = {
        Lock.OFF: Situation(mode=Mode.OFF),
        Lock.LEAK: Situation(mode=Mode.AUTOMATIC, leak=True),
        Lock.FROST: Situation(mode=Mode.AUTOMATIC, frost=True),
        Lock.FAULT: Situation(mode=Mode.AUTOMATIC, fault=Fault.BOARD_FAULT),
        Lock.DRY_PIPE: Situation(mode=Mode.AUTOMATIC, dry=True),
        Lock.RAIN: Situation(mode=Mode.AUTOMATIC, rain=True),
        Lock.HOLD_OFF: Situation(mode=Mode.AUTOMATIC, held_off=True),
        Lock.WEATHER_UNKNOWN: Situation(mode=Mode.AUTOMATIC, weather_known=False),
        Lock.SOIL_UNKNOWN: Situation(mode=Mode.AUTOMATIC, soil_known=False),
    }[rule.lock]
    assert lockout(locked) is rule.lock
    assert (forbidden(cause, locked) is not None) == (cause in rule.forbids)
    assert Cause.FIRE not in rule.forbids
    assert forbidden(cause, Situation(mode=Mode.AUTOMATIC)) is None


def test_frost_comes_with_the_coldest_and_goes_well_above() -> None:
    assert frost_lock(None, Climate(), 3.0) is None
    assert frost_lock(False, Climate(air_temperature=20, soil_temperature=2.9), 3.0) is True
    assert frost_lock(True, Climate(air_temperature=4.9), 3.0) is True
    assert frost_lock(True, Climate(), 3.0) is True, "a dead probe thaws nothing"
    assert frost_lock(True, Climate(air_temperature=5.1), 3.0) is False
    assert frost_lock(False, Climate(), 3.0) is None


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


SOIL = {"soil": "modbus-tcp://192.0.2.1?unit=11", "dry_below": 20, "wet_at": 30}
AT_NINE = [Programme(at=("09:00",), minutes=10)]  # 01:00 UTC


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
    assert not waters(bench)
    bench.look(SHUT, 200)
    assert waters(bench)
    late = Bench(**SOIL, hours=("08:00-10:00",))
    late.feel(soil_moisture=1.0)
    late.look(SHUT, 2.5 * 3600)
    assert late.zone.run is None, "it is half past ten"


@pytest.mark.parametrize(
    ("given", "climate", "lock"),
    [
        (SOIL, {}, "soil-unknown"),
        (SOIL, {"soil_moisture": 5.0, "soil_temperature": 0.0}, "frost"),
        (SOIL | {"air": "modbus-tcp://192.0.2.1?unit=2"}, {"soil_moisture": 5.0}, "weather-unknown"),
        (SOIL | {"rain": "modbus-tcp://192.0.2.1?unit=2"}, {"soil_moisture": 5.0}, "weather-unknown"),
        (SOIL | {"rain": "modbus-tcp://192.0.2.1?unit=2"}, {"soil_moisture": 5.0, "raining": True}, "rain"),
        (SOIL | {"mode": "off"}, {"soil_moisture": 5.0}, "off"),
    ],
)
def test_dry_soil_alone_opens_nothing(given: dict[str, Any], climate: dict[str, Any], lock: str) -> None:
    bench = Bench(**given)
    bench.feel(**climate)
    bench.look(SHUT)
    assert (bench.orders, bench.zone.lockout(bench.now, bench.wall)) == ([], lock)


def test_mode_manual_ends_and_begins_nothing_by_itself() -> None:
    bench = Bench(**SOIL)
    bench.feel(soil_moisture=5.0)
    bench.look(SHUT)
    bench.look(OPEN)
    bench.zone.mode = Mode.MANUAL
    bench.look(OPEN)
    assert bench.orders == [Order.OPEN, Order.CLOSE]
    bench.look(SHUT)
    bench.look(SHUT, 7200)
    assert bench.zone.run is None


def test_a_longer_watering_takes_over_without_a_pause() -> None:
    bench = Bench(**SOIL)
    bench.feel(soil_moisture=5.0)
    bench.look(SHUT)
    bench.look(OPEN)
    ended = bench.zone.begin(Wish(cause=Cause.MANUAL, seconds=900), bench.now)
    assert [each.data["why"] for each in ended] == ["replaced"]
    bench.look(OPEN)
    assert words.WATERING_STARTED in bench.look(OPEN)
    assert bench.orders == [Order.OPEN, Order.OPEN], "that arms the board's timer anew"


def test_rain_keeps_back_for_a_while() -> None:
    bench = Bench(**SOIL, rain_delay_minutes=60)
    bench.feel(soil_moisture=5.0)
    bench.look(replace(SHUT, raining=True))
    bench.look(replace(SHUT, raining=False), 3500)
    assert bench.orders == []
    bench.look(replace(SHUT, raining=False), 200)
    assert bench.orders == [Order.OPEN]


def test_a_run_is_kept_over_a_restart_and_no_wrong_clock_makes_it_longer() -> None:
    run = Run(cause=Cause.SOIL, began=100.0, until=700.0, target=30.0, sent=True, opened=True)
    fact = run.kept(200.0, MONDAY)
    later = Run.recalled(fact, 5.0, MONDAY + timedelta(seconds=60), longest_s=3600)
    assert later
    assert (later.cause, later.target, later.opened, later.sent) == (Cause.SOIL, 30.0, True, True)
    assert (later.until - 5.0, 5.0 - later.began) == (440.0, 160.0)
    yesterday = Run.recalled(fact, 5.0, MONDAY - timedelta(days=1), longest_s=3600)
    assert yesterday
    assert yesterday.until - 5.0 <= 3600
    over = Run.recalled(fact, 5.0, MONDAY + timedelta(days=1), longest_s=3600)
    assert over
    assert over.remaining_s(5.0) == 0
    for rubbish in (None, 7, "", "{}", '{"cause":"rain"}'):
        assert Run.recalled(rubbish, 0.0, MONDAY, longest_s=3600) is None


def test_litres_from_a_counter_survive_its_turnover_and_a_new_board() -> None:
    meter = Meter(load_board("irrigation-board").meter)
    turns = (1 << 32) * 0.1
    assert meter.look(None, turns - 5, 0.0).litres == 0
    assert meter.look(None, 5.0, 10.0).litres == pytest.approx(10)
    assert meter.look(None, 45.0, 70.0).rate == pytest.approx(40)
    assert meter.look(None, 0.0, 71.0).litres == 0, "a new board counts from 0"
    assert meter.look(None, 1.0, 72.0).litres == 1


contacts = st.builds(
    lambda own, others, rate, litres, approach, rain, fault: Readings(
        valve_open=own,
        open_valves=own + others,
        rate=rate,
        litres=litres,
        approach=approach,
        raining=rain,
        board_fault=fault,
    ),
    st.booleans(),
    st.integers(0, 3),
    st.none() | st.floats(0, 500),
    st.none() | st.floats(0, 4e8),
    st.none() | st.booleans(),
    st.none() | st.booleans(),
    st.booleans(),
)
climates = st.builds(
    Climate,
    soil_moisture=st.none() | st.floats(0, 100),
    soil_temperature=st.none() | st.floats(-40, 80),
    air_temperature=st.none() | st.floats(-40, 80),
    raining=st.none() | st.booleans(),
)
deeds = st.one_of(
    contacts,
    climates,
    st.sampled_from(Mode),
    st.sampled_from(["lost", "stop", "run", "fire"]),
    st.floats(0.1, 4000),
)


@given(st.lists(deeds, max_size=40))
@settings(deadline=None)
def test_whatever_board_and_probes_show_no_zone_opens_against_a_lock(story: list[Any]) -> None:
    bench = Bench(**SOIL, programmes=AT_NINE, approach_s=20, rest_minutes=1)
    zone, seconds = bench.zone, 1.0
    for deed in story:
        told = len(bench.orders)
        if isinstance(deed, Readings):
            bench.look(deed, seconds)
        elif isinstance(deed, Climate):
            zone.feel(deed)
        elif isinstance(deed, Mode):
            zone.mode = deed
        elif isinstance(deed, float):
            seconds = deed
        elif deed == "lost":
            zone.lost()
        elif deed == "stop":
            zone.shut()
        else:
            bench.run(600, Cause.FIRE if deed == "fire" else Cause.MANUAL)
        shown = properties(zone, bench.now, bench.wall)
        assert all(value == value for value in measurements(zone).values())  # noqa: PLR0124 - not NaN
        if Order.OPEN in bench.orders[told:]:
            assert zone.run
            assert forbidden(zone.run.cause, zone.situation(bench.now, bench.wall)) is None
            assert shown["lockout"] == "none" or zone.run.cause not in (Cause.PROGRAMME, Cause.SOIL)
            assert zone.run.until - zone.run.began <= 4 * 3600
