"""Which registers boards and probes have, as data.

Golden vectors of the maps themselves; no board or probe of a vendor was at hand.
"""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.modbus.registers import Block, Command, known_profiles, plan
from drivers.runtime.tables import transitions
from drivers.sprinkler.model import SPRINKLER
from drivers.sprinkler.options import SprinklerOptions
from drivers.sprinkler.profile import BOARDS, PROBES, Board, Probe, load_board, load_probe
from drivers.sprinkler.readings import Climate, Readings, read_board, read_probe, together
from drivers.sprinkler.state import NEXT, Sight
from drivers.sprinkler.words import Lock
from simulators.clock import VirtualClock
from simulators.sprinkler.family import Options, create

WIRE = "modbus-tcp://192.0.2.10:502?unit=1&channel=3"


def test_a_zone_reads_its_own_points_of_the_board() -> None:
    board = load_board("irrigation-board")
    assert plan(board.points(3)) == [Block("discrete", 2, 16), Block("input", 2, 1), Block("input", 12, 2)]
    registers = dict.fromkeys(board.points(3), 0)
    registers |= {("discrete", 2): 1, ("discrete", 10): 1, ("discrete", 16): 1}
    registers |= {("input", 2): 405, ("input", 12): 0x0002, ("input", 13): 0x0001}
    seen = read_board(board, 3, registers)
    assert seen.rate == pytest.approx(40.5)
    assert seen.litres == pytest.approx(6553.8)
    assert replace(seen, rate=None, litres=None) == Readings(
        valve_open=True, open_valves=1, approach=True, raining=True
    )


def test_one_meter_for_all_needs_to_know_all_valves() -> None:
    board = load_board("irrigation-board-one-meter")
    registers = dict.fromkeys(board.points(2), 0) | {("discrete", 6): 1, ("input", 24): 300}
    assert read_board(board, 2, registers) == Readings(
        valve_open=False, open_valves=1, rate=30.0, approach=False, raining=False
    )


def test_commands_are_those_of_the_channel() -> None:
    output = load_board("irrigation-board").valve.output.of(8)
    assert (output.table, output.address, output.on, output.off) == ("coil", 7, 1, 0)
    timer = load_board("irrigation-board").valve.timer
    assert timer
    assert timer.of(8, 75) == Command(table="holding", address=7, on=75)
    assert timer.of(8, 1e9).on == 14400
    flash = load_board("relay-8").valve.timer
    assert flash
    assert flash.of(3, 60) == Command(table="coil", address=0x202, on=600)
    assert flash.of(3, 1e9).on == 0x7FFF
    assert flash.of(3, 0).on == 2, "1 and 0 would be on and off, without an end"


@pytest.mark.parametrize(
    ("profile", "registers", "says"),
    [
        ("soil-4in1", {("holding", 0): 253, ("holding", 1): 0xFFCE}, (25.3, -5.0)),
        ("soil-temperature-first", {("input", 0): 0xFE0C, ("input", 1): 2530}, (25.3, -5.0)),
        ("soil-4in1", {("holding", 0): 1001, ("holding", 1): 801}, (None, None)),
        ("soil-4in1", {("holding", 0): 0xFFFF, ("holding", 1): 0x8000}, (None, None)),
        ("soil-temperature-first", {("input", 0): 8001, ("input", 1): 10001}, (None, None)),
    ],
)
def test_probes_in_either_order_and_nothing_that_cannot_be(
    profile: str, registers: dict[tuple[str, int], int], says: tuple[float | None, float | None]
) -> None:
    climate = read_probe(load_probe(profile), registers)  # type: ignore[arg-type]  # the tables are words of the profile
    moisture, temperature = says
    assert climate.soil_moisture == (None if moisture is None else pytest.approx(moisture))
    assert climate.soil_temperature == (None if temperature is None else pytest.approx(temperature))


def test_air_below_zero_and_rain() -> None:
    cold = read_probe(load_probe("air-sht20"), {("input", 1): 0xFFE2})
    wet = read_probe(load_probe("rain-contact"), {("discrete", 0): 1})
    assert together([cold, wet]) == Climate(air_temperature=-3.0, raining=True)


ALL_BOARDS: list[Board] = [load_board(name) for name in known_profiles(BOARDS)]
ALL_PROBES: list[Probe] = [load_probe(name) for name in known_profiles(PROBES)]


@given(st.data())
def test_whatever_the_registers_hold_can_be_read(data: st.DataObject) -> None:
    board, channel = data.draw(st.sampled_from(ALL_BOARDS)), data.draw(st.sampled_from([1, 8]))
    words = {point: data.draw(st.integers(0, 0xFFFF)) for point in board.points(channel)}
    words = {
        (table, at): word & 1 if table in ("coil", "discrete") else word
        for (table, at), word in words.items()
    }
    seen = read_board(board, channel, words)
    assert seen.rate is None or 0 <= seen.rate <= 1000
    assert seen.open_valves >= seen.valve_open
    probe = data.draw(st.sampled_from(ALL_PROBES))
    climate = read_probe(probe, {point: data.draw(st.integers(0, 0xFFFF)) for point in probe.points()})
    assert climate.soil_moisture is None or 0 <= climate.soil_moisture <= 100
    for each in (climate.soil_temperature, climate.air_temperature):
        assert each is None or -40 <= each <= 80


@pytest.mark.parametrize("name", known_profiles(BOARDS))
def test_every_board_that_ships_can_be_read(name: str) -> None:
    assert plan(load_board(name).points(8))


@pytest.mark.parametrize("name", known_profiles(PROBES))
def test_every_probe_that_ships_can_be_read(name: str) -> None:
    assert plan(load_probe(name).points())


@pytest.mark.parametrize(
    ("was", "becomes", "complaint"),
    [
        ('timer = {table = "holding"', 'timer = {table = "input"', "coil or holding"),
        ("rate = {", "velocity = {", "unknown field `velocity`"),
        ("minimum = 0, ", "", "minimum"),
        (
            'litres = {table = "input", address = 8, step = 2',
            'litres = {table = "input", address = 8, step = 0',
            "belong to one",
        ),
    ],
)
def test_a_wrong_map_is_refused_with_its_reason(
    tmp_path: Path, was: str, becomes: str, complaint: str
) -> None:
    text = (BOARDS / "irrigation-board.toml").read_text()
    assert was in text
    (tmp_path / "mine.toml").write_text(text.replace(was, becomes, 1))
    with pytest.raises(ValueError, match=complaint):
        load_board(str(tmp_path / "mine.toml"))


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"wire": WIRE.replace("=3", "=9")}, "channel must be at most 8"),
        ({"soil": "modbus-tcp://?unit=1"}, "host is missing"),
        ({"soil": WIRE, "soil_profile": "mine"}, "soil-4in1"),
        ({"timezone": "Asia/Beijing"}, "Asia/Shanghai"),
        ({"mode": "auto"}, "automatic, manual, off"),
        ({"soil": WIRE, "dry_below": 20}, "go together"),
        ({"soil": WIRE, "dry_below": 30, "wet_at": 20}, "less than wet_at"),
        ({"dry_below": 20, "wet_at": 30}, "needs a soil probe"),
    ],
)
def test_wrong_options_are_named(options: dict[str, object], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        SprinklerOptions(**({"wire": WIRE} | options))  # type: ignore[arg-type]  # wrong on purpose


def test_the_documentation_shows_what_is_here() -> None:
    page = (Path(__file__).parents[3] / "docs/devices/sprinkler.md").read_text(encoding="utf-8")
    assert transitions(NEXT, Sight) in page
    for name in (*known_profiles(BOARDS), *known_profiles(PROBES), *SprinklerOptions.__struct_fields__):
        assert f"`{name}`" in page, name
    for name in (*SPRINKLER.properties, *SPRINKLER.actions):
        assert f"`{name}`" in page, name
    for event in SPRINKLER.events:
        assert f"`{event.removeprefix('hemei.sprinkler.')}`" in page, event
    for lock in Lock:
        assert lock is Lock.NONE or f"`{lock}`" in page, lock
    for name in (*(pretend := create("x", Options(wire=WIRE), VirtualClock())).faults, *pretend.happenings):
        assert f"`{name}`" in page, name
