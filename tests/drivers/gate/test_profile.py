"""Which registers a board has and what they mean, as data; and where its wire is."""

from dataclasses import replace
from pathlib import Path

import pytest

from drivers.gate.board import Readings, read
from drivers.gate.faults import Fault
from drivers.gate.profile import known_profiles, load_profile
from drivers.modbus.registers import Block, plan
from drivers.modbus.wire import parse_wire
from tests.drivers.gate.readings import BOTTOM


def test_the_first_profile_is_the_map_of_the_relay_board() -> None:
    """Golden vector of the map in the profile itself; no board of a vendor was at hand."""
    profile = load_profile("relay-board")
    assert plan(profile.points()) == [Block("discrete", 0, 8), Block("coil", 3, 1), Block("input", 0, 4)]
    registers = (
        {("discrete", n): 0 for n in range(8)} | {("input", n): 0 for n in range(4)} | {("coil", 3): 0}
    )
    registers |= {("discrete", 1): 1}
    assert read(profile, registers) == replace(BOTTOM, manual=False, emergency_stop=False, hold_open=False)
    registers |= {("discrete", n): 1 for n in range(8)} | {("coil", 3): 1}
    registers |= {("input", 0): 1000, ("input", 1): 3, ("input", 2): 0xFFFE, ("input", 3): 1}
    assert read(profile, registers) == Readings(
        up_limit=True,
        down_limit=True,
        loop_a=True,
        beam=True,
        loop_b=True,
        manual=True,
        emergency_stop=True,
        hold_open=True,
        position=100.0,
        cycles=0x1FFFE,
        fault=Fault.OBSTRUCTION,
    )


@pytest.mark.parametrize(
    ("code", "bit", "fault"), [(9, 1, "unspecified"), (0, 1, "unspecified"), (0, 0, "none")]
)
def test_a_fault_without_a_known_number_is_still_a_fault(code: int, bit: int, fault: str) -> None:
    profile = load_profile("relay-board")
    registers = dict.fromkeys(profile.points(), 0) | {("input", 1): code, ("discrete", 7): bit}
    assert read(profile, registers).fault == fault


SECOND_BOARD = """
title = "Eight relays and inputs in holding registers, limits wired as normally closed"
[bits]
up-limit = {table = "holding", address = 0x81, bit = 0, inverted = true}
down-limit = {table = "holding", address = 0x82, bit = 0, inverted = true}
loop-a = {table = "holding", address = 0x83, bit = 0}
beam = {table = "holding", address = 0x84, bit = 0}
[commands]
open = {table = "holding", address = 1, on = 256, off = 512, pulse-s = 0.5}
close = {table = "holding", address = 2, on = 256, off = 512, pulse-s = 0.5}
stop = {table = "holding", address = 3, on = 256, off = 512, pulse-s = 0.5}
"""


def test_another_board_is_data_only(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(SECOND_BOARD)
    profile = load_profile(str(tmp_path / "mine.toml"))
    assert plan(profile.points()) == [Block("holding", 0x81, 4)]
    words = {("holding", 0x81): 1, ("holding", 0x82): 0, ("holding", 0x83): 1, ("holding", 0x84): 0}
    seen = read(profile, words)  # type: ignore[arg-type]  # the tables are words of the profile
    assert (seen.up_limit, seen.down_limit, seen.loop_a, seen.beam) == (False, True, True, False)
    assert (seen.position, seen.cycles, seen.manual) == (None, None, None)


@pytest.mark.parametrize(
    ("was", "becomes", "complaint"),
    [
        ("loop-a", "loop-x", "unknown field `loop-x`"),
        ('table = "holding", address = 0x81, bit = 0', 'table = "spool", address = 0', "spool"),
        ("address = 0x82, bit = 0,", "address = 0x82,", "`bit` goes with"),
        ("on = 256", "on = 70000", "65535"),
        ("[commands]", "[commands", "Expected"),
    ],
)
def test_a_wrong_profile_is_refused_with_its_reason(
    tmp_path: Path, was: str, becomes: str, complaint: str
) -> None:
    assert was in SECOND_BOARD
    (tmp_path / "mine.toml").write_text(SECOND_BOARD.replace(was, becomes, 1))
    with pytest.raises(ValueError, match=complaint):
        load_profile(str(tmp_path / "mine.toml"))


def test_an_unknown_profile_names_those_there_are() -> None:
    with pytest.raises(ValueError, match="relay-board"):
        load_profile("nobody's")
    with pytest.raises(ValueError, match="No such file"):
        load_profile("/nowhere/board.toml")


@pytest.mark.parametrize("name", known_profiles())
def test_every_profile_that_ships_can_be_read(name: str) -> None:
    assert plan(load_profile(name).points())


@pytest.mark.parametrize(
    ("url", "complaint"),
    [
        ("http://x", "must start with"),
        ("modbus-tcp://?unit=1", "host is missing"),
        ("modbus-tcp://h?unit=0", "unit"),
        ("modbus-tcp://h?unit=1&speed=9", "unknown speed"),
        ("modbus-rtu://dev/ttyUSB0", "three slashes"),
        ("modbus-rtu:///dev/ttyUSB0?parity=X", "parity"),
        ("modbus-rtu:///dev/ttyUSB0?baudrate=fast", "baudrate"),
    ],
)
def test_a_wrong_wire_is_named(url: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        parse_wire(url)


def test_wires_are_read() -> None:
    tcp = parse_wire("modbus-tcp://192.0.2.10?unit=7")
    assert (tcp.endpoint.address, tcp.endpoint.port, tcp.unit) == ("192.0.2.10", 502, 7)
    rtu = parse_wire("modbus-rtu:///dev/ttyUSB0?unit=2&baudrate=19200&parity=E")
    assert (rtu.endpoint.address, rtu.endpoint.baudrate, rtu.endpoint.parity) == ("/dev/ttyUSB0", 19200, "E")
    assert rtu.endpoint.key == parse_wire("modbus-rtu:///dev/ttyUSB0?unit=3").endpoint.key
