"""What keeps a zone from watering: every rule, frost, rain, and whatever board and probes may show; pure."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.sprinkler.interlocks import RULES, Situation, forbidden, frost_lock, lockout
from drivers.sprinkler.readings import Climate, Readings
from drivers.sprinkler.shown import measurements, properties
from drivers.sprinkler.words import Cause, Fault, Lock, Mode
from drivers.sprinkler.zone import Order
from tests.drivers.sprinkler.bench import AT_NINE, OPEN, SHUT, SOIL, Bench


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


def test_rain_keeps_back_for_a_while() -> None:
    bench = Bench(**SOIL, rain_delay_minutes=60)
    bench.feel(soil_moisture=5.0)
    bench.look(replace(SHUT, raining=True))
    bench.look(replace(SHUT, raining=False), 3500)
    assert bench.orders == []
    bench.look(replace(SHUT, raining=False), 200)
    assert bench.orders == [Order.OPEN]


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
