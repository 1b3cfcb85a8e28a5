"""A zone on the bench: what soil, valve, pipe, meter and board do, second by second."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulators.clock import VirtualClock
from simulators.errors import UnknownName
from simulators.sprinkler.board import FLASH_AT
from simulators.sprinkler.family import Options, SprinklerZone, create
from simulators.sprinkler.physics import SATURATED, Supply
from simulators.sprinkler.probes import PROBES, SoilMoistureFirst, SoilTemperatureFirst

TICK_S = 0.1


class ZoneOnBench:
    """A zone without a wire, its time moved by hand."""

    def __init__(self, **options: Any) -> None:
        chosen = Options(wire="modbus-tcp://127.0.0.1:0", **options)
        self.zone: SprinklerZone = create("bench", chosen, VirtualClock())

    def current(self, on: bool) -> None:
        self.zone.board.write_coil(0, on)

    def let(self, seconds: float) -> None:
        for _ in range(round(seconds / TICK_S)):
            self.zone.step(TICK_S)

    def __getitem__(self, name: str) -> Any:
        return self.zone.inspect()[name]


def test_a_valve_takes_its_time_and_the_pipe_fills_and_empties() -> None:
    bench = ZoneOnBench(flow_lpm=40)
    bench.current(True)
    bench.let(0.5)
    assert not bench["valve_open"]
    bench.let(5)
    assert bench["valve_open"]
    assert bench["flow"] == pytest.approx(40, abs=1)
    bench.current(False)
    bench.let(1.0)
    assert 0 < bench["flow"] < 40
    bench.let(10)
    assert (bench["valve_open"], bench["flow"], bench["metered"]) == (False, 0, 0)
    assert bench["litres"] == pytest.approx(40 * 5 / 60, abs=1)


def test_soil_dries_in_the_sun_and_grows_wet_under_water_and_rain() -> None:
    bench = ZoneOnBench(moisture=30, dries_mm_h=0.5, soil_speed=60)
    bench.let(60)
    dried = bench["soil_moisture"]
    assert 29.7 < dried < 30
    bench.current(True)
    bench.let(10)
    bench.current(False)
    bench.let(4)
    watered = bench["soil_moisture"]
    assert watered - dried == pytest.approx(40 * 10 / 60 / 200 * 100, abs=0.5), "400 l on 60 m² are 6.7 mm"
    bench.zone.happen("rain-starts")
    bench.let(30)
    assert bench["soil_moisture"] - watered == pytest.approx(2, abs=0.2), "4 mm in 200 mm of soil"
    bench.let(36 * 60)
    assert bench["soil_moisture"] == SATURATED


def test_frost_comes_and_goes() -> None:
    bench = ZoneOnBench()
    bench.zone.happen("frost")
    bench.let(10)
    assert bench["air_temperature"] == -3
    assert bench["soil_temperature"] > 10, "the ground is slow"
    bench.zone.happen("thaw")
    bench.let(10)
    assert bench["air_temperature"] == 18


def test_the_boards_own_timer_closes_and_runs_anew_when_written() -> None:
    bench = ZoneOnBench()
    bench.zone.board.write_register(0, 20)
    bench.current(True)
    bench.let(15)
    assert bench["closes_in_s"] == pytest.approx(5, abs=0.2)
    bench.zone.board.write_register(0, 20)
    bench.let(15)
    assert bench["current"]
    bench.let(6)
    assert (bench["current"], bench["timed_closings"], bench["openings"]) == (False, 1, 1)


def test_flash_on_closes_a_relay_for_tenths_of_seconds() -> None:
    bench = ZoneOnBench(profile="relay-8")
    assert bench.zone.board.flash_coil(FLASH_AT, 50)
    bench.let(4.5)
    assert bench["current"]
    bench.let(1)
    assert not bench["current"]
    assert not bench.zone.board.flash_coil(FLASH_AT + 8, 50)
    bench.current(True)
    bench.let(60)
    assert bench["current"], "a relay that is simply switched on stays on"


@pytest.mark.parametrize(
    ("fault", "on", "shows"),
    [
        ("leak", False, {"valve_open": False, "metered": 6.0, "flow": 0.0}),
        ("dry-pipe", True, {"valve_open": True, "metered": 0.0}),
        ("valve-stuck-open", False, {"valve_open": True, "current": False}),
        ("valve-stuck-closed", True, {"valve_open": False, "metered": 0.0}),
        ("flow-meter-dead", True, {"valve_open": True, "metered": 0.0, "litres": 0.0}),
        ("power-loss", False, {"powered": False}),
    ],
)
def test_what_can_break_and_be_mended(fault: str, on: bool, shows: dict[str, Any]) -> None:
    bench = ZoneOnBench()
    bench.zone.fault(fault)
    bench.current(on)
    bench.let(10)
    assert {name: bench[name] for name in shows} == shows
    assert bench["faults"] == [fault]
    bench.zone.fault("none")
    assert bench["faults"] == []


def test_without_power_the_valve_springs_shut_and_stays_shut() -> None:
    bench = ZoneOnBench()
    bench.current(True)
    bench.let(5)
    bench.zone.fault("power-loss")
    bench.let(10)
    bench.zone.fault("none")
    bench.let(10)
    assert (bench["valve_open"], bench["current"]) == (False, False)


def test_a_tank_runs_dry_and_is_filled() -> None:
    bench = ZoneOnBench(tank_l=20)
    bench.current(True)
    bench.let(60)
    assert (bench["tank_l"], bench["metered"]) == (0, 0)
    bench.zone.happen("tank-fills")
    bench.let(10)
    assert bench["metered"] == pytest.approx(40, abs=1)


def test_many_open_valves_share_what_there_is() -> None:
    supply = Supply(capacity=100, drawn=200)
    assert supply.share == 0.5
    assert Supply(drawn=0).share == 1


def test_somebody_stays_for_a_while() -> None:
    bench = ZoneOnBench()
    bench.zone.happen("someone-approaches")
    bench.let(1)
    assert bench["presence"]
    bench.let(25)
    assert not bench["presence"]


def test_probes_say_the_same_in_their_own_ways_and_tremble_the_same_for_the_same_seed() -> None:
    zone = ZoneOnBench(moisture=25).zone
    zone.soil.temperature_c = -5.0
    first = SoilMoistureFirst(zone, 7, noise=0.0).holding_registers()
    other = SoilTemperatureFirst(zone, 7, noise=0.0).input_registers()
    assert (first[0], first[1]) == (250, 0xFFCE)
    assert tuple(other) == (0xFE0C, 2500)
    twins = [SoilMoistureFirst(zone, 7).holding_registers()[0] for _ in range(3)]
    assert len(set(twins)) == 1
    trembling = SoilMoistureFirst(zone, 7)
    assert len({trembling.holding_registers()[0] for _ in range(20)}) > 1


def test_unknown_names_are_named() -> None:
    zone = ZoneOnBench().zone
    for ask in (zone.fault, zone.happen):
        with pytest.raises(UnknownName, match="allowed"):
            ask("earthquake")


Deed = tuple[Callable[[SprinklerZone, str], None], str]


def names_of(zone: SprinklerZone) -> list[Deed]:
    faults: list[Deed] = [(SprinklerZone.fault, name) for name in zone.faults]
    return [*faults, *((SprinklerZone.happen, name) for name in zone.happenings)]


deeds = st.one_of(
    st.sampled_from(names_of(ZoneOnBench().zone)), st.booleans(), st.integers(0, 65535), st.floats(0.001, 0.1)
)


@given(st.lists(deeds, max_size=30))
@settings(deadline=None)
def test_whatever_happens_physics_hold(story: list[Any]) -> None:
    bench = ZoneOnBench(tank_l=100)
    probes = [make(bench.zone, 1) for make in PROBES.values()]
    for deed in story:
        if isinstance(deed, bool):
            bench.current(deed)
        elif isinstance(deed, int):
            bench.zone.board.write_register(0, deed)
        elif isinstance(deed, float):
            for _ in range(40):
                bench.zone.step(deed)
        else:
            deed[0](bench.zone, deed[1])
        board = bench.zone.board
        assert all(0 <= word <= 0xFFFF for word in (*board.input_registers(), *board.holding_registers()))
        for probe in probes:
            assert all(0 <= word <= 0xFFFF for word in (*probe.holding_registers(), *probe.input_registers()))
        assert 0 <= bench["soil_moisture"] <= SATURATED
        assert bench["tank_l"] >= 0
        assert not (bench["current"] and not bench["powered"])
