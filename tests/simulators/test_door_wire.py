"""Lines that pretend readers hang on: who shares them, which are none, and what comes of a pulled one."""

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from simulators.clock import VirtualClock
from simulators.errors import BadOptions, UnknownName, WireUnavailable
from simulators.families import create
from simulators.osdp.frame import Deframer, Frame
from simulators.osdp.wire import OsdpSerialWire, OsdpTcpWire, parse_osdp
from simulators.osdp.words import Command, Reply
from tests.serial_line import serial_line
from tests.simulators.panels import door, doors, key_file, libosdp_panel
from tests.waiting import eventually


def test_addresses_are_read_and_written_alike() -> None:
    for url, wire in (
        ("osdp-tcp://127.0.0.1:4001?address=7", OsdpTcpWire(host="127.0.0.1", port=4001, address=7)),
        (
            "osdp-serial:///dev/ttyUSB0?address=1&baudrate=115200",
            OsdpSerialWire(path="/dev/ttyUSB0", address=1, baudrate=115200),
        ),
    ):
        assert parse_osdp(url) == wire
        assert str(wire) == url


@pytest.mark.parametrize(
    ("url", "wrong"),
    [
        ("osdp://127.0.0.1:1?address=1", "must start with"),
        ("osdp-tcp://127.0.0.1?address=1", "port is missing"),
        ("osdp-tcp://127.0.0.1:99999?address=1", "out of range"),
        ("osdp-tcp://127.0.0.1:1?address=127", "address must be 0..126"),
        ("osdp-tcp://127.0.0.1:1?address=one", "whole number"),
        ("osdp-tcp://127.0.0.1:1?address=1&parity=N", "unknown parity"),
        ("osdp-serial://dev/ttyUSB0?address=1", "three slashes"),
        ("osdp-serial:///dev/ttyUSB0?address=1&baudrate=1200", "baudrate must be one of"),
    ],
)
def test_addresses_that_are_none_are_explained(url: str, wrong: str) -> None:
    with pytest.raises(BadOptions, match=wrong):
        parse_osdp(url)


async def test_the_same_address_twice_on_one_line_is_refused() -> None:
    async with doors(door("a")) as (_, wires):
        pass
    wire = wires["door/a"]
    with pytest.raises(BadOptions, match="two devices have this address"):
        async with doors(door("a", wire), door("b", wire)):
            pass


async def test_a_port_that_is_taken_is_named() -> None:
    async with doors(door("a")) as (_, wires):
        with pytest.raises(WireUnavailable, match="cannot open osdp-tcp"):
            async with doors(door("b", wires["door/a"])):
                pass


async def test_a_serial_line_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(WireUnavailable, match="nowhere"):
        async with doors(door("a", f"osdp-serial://{tmp_path}/nowhere?address=1")):
            pass


async def test_a_serial_line_that_was_pulled_is_opened_again(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        async with serial_line(tmp_path) as (reader_end, panel_end):
            described = door("a", f"osdp-serial://{reader_end}?address=1", key_file=key_file(tmp_path))
            host, _ = await stack.enter_async_context(doors(described))
            assert host.inspect("a")["connections"] == 1
        await eventually(lambda: host.inspect("a")["connections"] == 0)
        await host.tend()
        assert host.inspect("a")["connections"] == 0
        async with serial_line(tmp_path):
            await host.tend()
            panel_wire = f"osdp-serial://{panel_end}?address=1&baudrate=9600"
            panel = await stack.enter_async_context(libosdp_panel(panel_wire))
            await eventually(panel.secure)


async def test_panels_come_and_go() -> None:
    async with doors(door("a")) as (host, wires):
        port = parse_osdp(wires["door/a"])
        assert isinstance(port, OsdpTcpWire)
        for _ in range(3):
            reader, writer = await asyncio.open_connection(port.host, port.port)
            writer.write(Frame(address=1, sequence=0, code=Command.POLL).encode())
            [answer] = Deframer().feed(await reader.read(100))
            assert answer.code in (Reply.LSTATR, Reply.ISTATR, Reply.OSTATR)
            assert host.inspect("a")["connections"] == 1
            writer.close()
            await writer.wait_closed()
            await eventually(lambda: host.inspect("a")["connections"] == 0)


async def test_noise_is_on_the_line_while_the_fault_lasts() -> None:
    async with doors(door("a")) as (host, wires):
        port = parse_osdp(wires["door/a"])
        assert isinstance(port, OsdpTcpWire)
        reader, writer = await asyncio.open_connection(port.host, port.port)
        await eventually(lambda: host.inspect("a")["connections"] == 1)
        host.fault("door/a", "garbage")
        host.step(1)
        assert await reader.read(100)
        host.fault("door/a", "none")
        writer.write(Frame(address=1, sequence=0, code=Command.ID, data=b"\0").encode())
        deframer = Deframer()
        while not (
            found := [frame for frame in deframer.feed(await reader.read(100)) if frame.address == 0x81]
        ):
            pass
        assert found[-1].code == Reply.PDID
        writer.close()
        await writer.wait_closed()


async def test_faults_and_happenings_have_names() -> None:
    async with doors(door("a")) as (host, _):
        with pytest.raises(UnknownName, match="strike-stuck"):
            host.fault("door/a", "nonsense")
        with pytest.raises(UnknownName, match="card-known"):
            host.happen("door/a", "nonsense")


@pytest.mark.parametrize("option", ["key_file", "state_file"])
@pytest.mark.parametrize("text", ["", "00112233", "00" * 17, "secret" * 6])
def test_a_key_of_the_wrong_length_is_refused_and_not_told(tmp_path: Path, option: str, text: str) -> None:
    file = tmp_path / "reader.key"
    file.write_text(text)
    with pytest.raises(BadOptions, match="must hold 32 hexadecimal digits") as wrong:
        create("door", "a", {"wire": "osdp-tcp://127.0.0.1:0?address=1", option: str(file)}, VirtualClock())
    assert not text or text not in str(wrong.value)


def test_a_key_that_is_not_there_is_named_and_a_remembered_one_goes_first(tmp_path: Path) -> None:
    options = {"wire": "osdp-tcp://127.0.0.1:0?address=1", "key_file": str(tmp_path / "gone.key")}
    with pytest.raises(BadOptions, match=r"gone\.key"):
        create("door", "a", options, VirtualClock())
    waiting = create("door", "a", {**options, "install": True}, VirtualClock())
    assert waiting.inspect()["key_set"] is False
    remembered = {"install": True, "state_file": key_file(tmp_path)}
    assert create("door", "a", {**options, **remembered}, VirtualClock()).inspect()["key_set"] is True
