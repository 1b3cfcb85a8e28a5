"""Pretend sensors without a wire: what they sense, second by second, and what they show of it."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulators.clock import VirtualClock
from simulators.errors import BadOptions, UnknownName
from simulators.sensor.family import FAULTS, Options, Profile, Sensor, create

TICK_S = 0.05
WIRE = "modbus-tcp://127.0.0.1:0"


class OnBench:
    """One sensor, and who steps it."""

    def __init__(self, profile: Profile, **options: Any) -> None:
        self.clock = VirtualClock(1_767_225_600.0 - 8 * 3600)  # midnight in China
        self.sensor: Sensor = create("bench", Options(wire=WIRE, profile=profile, **options), self.clock)

    def let(self, seconds: float) -> None:
        for _ in range(round(seconds / TICK_S)):
            self.clock.advance(TICK_S)
            self.sensor.step(TICK_S)

    def happens(self, name: str, seconds: float = 0.0) -> None:
        self.sensor.happen(name)
        self.let(seconds)

    @property
    def unit(self) -> Any:
        return self.sensor._unit

    def __getitem__(self, name: str) -> Any:
        return self.sensor.inspect()[name]


def test_smoke_takes_seconds_to_reach_the_chamber_and_latches() -> None:
    smoke = OnBench("smoke")
    smoke.happens("smoke", 1)
    assert not smoke["alarm"]
    smoke.let(4)
    assert smoke["alarm"]
    assert smoke["sounding"]
    smoke.happens("smoke-clears", 60)
    assert smoke["smoke_density"] < 0.01
    assert smoke["alarm"], "it holds until it is reset"
    smoke.happens("reset-button", 0.1)
    assert not smoke["alarm"]


def test_a_reset_in_smoke_comes_back() -> None:
    smoke = OnBench("smoke")
    smoke.happens("smoke", 10)
    smoke.happens("reset-button", 0.1)
    assert smoke["alarm"]


def test_silence_is_for_the_ears_only_and_ends() -> None:
    smoke = OnBench("smoke")
    smoke.happens("smoke", 10)
    smoke.unit.write_coil(0, True)
    assert (smoke["silenced"], smoke["sounding"], smoke["alarm"]) == (True, False, True)
    smoke.let(601)
    assert (smoke["silenced"], smoke["sounding"]) == (False, True)


def test_a_self_test_alarms_while_it_runs_and_tells_a_bad_chamber() -> None:
    smoke = OnBench("smoke", test_s=3)
    smoke.happens("test-button", 1)
    assert (smoke["testing"], smoke["alarm"]) == (True, True)
    smoke.let(2.1)
    assert (smoke["testing"], smoke["alarm"]) == (False, False)
    smoke.sensor.fault("sensor-fault")
    smoke.happens("test-button", 1)
    assert (smoke["testing"], smoke["alarm"]) == (True, False)
    smoke.let(2.1)
    assert smoke.unit.discrete_inputs()[2]
    smoke.sensor.fault("none")
    smoke.happens("test-button", 3.1)
    assert not smoke.unit.discrete_inputs()[2], "a test that passes ends the fault"


def test_water_has_a_threshold_with_hysteresis() -> None:
    cable = OnBench("water-leak")
    cable.happens("water-leaks", 0.9)
    assert (cable["alarm"], cable.unit.holding_registers()) == (False, (0, 0, 0))
    cable.let(0.3)
    where = round(cable["at_m"] * 10)
    assert (cable["alarm"], cable.unit.holding_registers()) == (True, (1, 0, where))
    cable.happens("water-dries", 0.3)
    assert (cable["alarm"], cable["depth_mm"] < 2) == (True, True)
    cable.let(0.2)
    assert not cable["alarm"]


def test_a_cover_swings_open_and_shut() -> None:
    cover = OnBench("manhole")
    assert cover.unit.input_registers() == (0, 0, 100, 35)
    cover.happens("cover-opens", 2)
    assert cover.unit.input_registers() == (1, 750, 100, 35)
    cover.happens("cover-closes", 2)
    assert (cover["alarm"], cover["angle_deg"]) == (False, 0)


def test_it_is_warmest_and_driest_in_the_afternoon() -> None:
    day = OnBench("temperature-humidity")
    hours = []
    for _ in range(24):
        day.sensor.step(TICK_S)
        hours.append((day["temperature"], day["humidity"]))
        day.clock.advance(3600)
    assert hours.index(max(hours)) == 15
    assert hours.index(min(hours)) == 3
    assert min(hours, key=lambda each: each[1]) == hours[15]
    assert OnBench("temperature-humidity")["temperature"] == hours[0][0], "the same at the same time"


def test_frost_is_a_negative_number_on_the_wire() -> None:
    cold = OnBench("temperature-humidity")
    cold.sensor.detector.sensed = -2.5
    assert cold.unit.input_registers()[1] == 0x10000 - 25


def test_a_battery_drains_and_says_when_it_is_low() -> None:
    cover = OnBench("manhole", battery=11, battery_days=1 / 24)
    assert not cover.unit.input_registers()[0] & 0b100
    cover.let(40)
    assert cover["battery"] == pytest.approx(11 - 100 * 40 / 3600, abs=0.1)
    assert cover.unit.input_registers()[0] & 0b100
    cover.let(500)
    assert cover["battery"] == 0


def test_a_stuck_sensor_shows_what_was_and_a_dark_one_does_not_answer() -> None:
    tank = OnBench("level")
    tank.sensor.fault("stuck")
    tank.happens("level-rises", 30)
    assert tank["level_m"] == pytest.approx(2.6)
    assert tank.unit.holding_registers() == (1200, 0, 0)
    tank.sensor.fault("power-loss")
    assert not tank.unit.powered
    tank.sensor.fault("none")
    tank.let(0.1)
    assert tank.unit.powered
    assert tank.unit.holding_registers() == (2600, 0, 1)


def test_a_mad_value_and_a_chattering_contact_are_seen_on_the_wire() -> None:
    tank = OnBench("level")
    tank.sensor.fault("mad-value")
    assert tank.unit.holding_registers()[0] == 0x7FFF
    tank.sensor.fault("chatter")
    shown = set()
    for _ in range(8):
        tank.let(TICK_S)
        shown.add(tank.unit.holding_registers()[2])
    assert shown == {0, 1}


def test_people_come_and_go() -> None:
    spot = OnBench("presence")
    spot.happens("somebody-comes", 0.1)
    assert spot.unit.holding_registers() == (1, 320)
    spot.happens("everybody-leaves", 0.1)
    assert spot.unit.holding_registers() == (0, 320)


def test_names_that_do_not_exist_are_refused() -> None:
    with pytest.raises(UnknownName, match="allowed: mad-value, none, power-loss, stuck"):
        OnBench("temperature-humidity").sensor.fault("tamper")
    with pytest.raises(UnknownName, match="allowed: cover-closes, cover-opens"):
        OnBench("manhole").happens("smoke")
    with pytest.raises(BadOptions, match="class"):
        OnBench("input-board")


@settings(max_examples=60, deadline=None)
@given(
    profile=st.sampled_from([name for name in FAULTS if not name.startswith("input")]),
    data=st.data(),
)
def test_whatever_happens_the_registers_fit_into_words_and_repeat(
    profile: Profile, data: st.DataObject
) -> None:
    one, other = OnBench(profile), OnBench(profile)
    names = sorted({*one.sensor.happenings, *(f"!{name}" for name in one.sensor.faults)})
    for name, seconds in data.draw(st.lists(st.tuples(st.sampled_from(names), st.floats(0, 8)), max_size=12)):
        for bench in (one, other):
            do = bench.sensor.fault if name.startswith("!") else bench.sensor.happen
            do(name.removeprefix("!"))
            bench.let(seconds)
        words = [*one.unit.input_registers(), *one.unit.holding_registers()]
        assert all(0 <= word <= 0xFFFF for word in words)
        assert one.sensor.inspect() == other.sensor.inspect()
        sampled = seconds >= TICK_S and one["faults"] == []
        if sampled and profile == "smoke" and one["smoke_density"] > 0.2:
            assert one["alarm"]
