"""Answers that are none: refused, counted, never a crash. Own bytes: no Modbus slave talks such nonsense."""

import asyncio
import contextlib
import os
import struct
import tty
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contract.errors import DeviceError, DeviceUnreachable
from drivers.modbus.bus import TIMEOUT_S, Bus
from drivers.modbus.registers import Block, Command
from drivers.modbus.wire import parse_wire

Answer = Callable[[bytes], bytes]

WORDS = Block("holding", 0, 2)
UNIT = 7


def framed(request: bytes, said: bytes, *, unit: int = UNIT, ident: bytes | None = None) -> bytes:
    """Put `said` into a Modbus TCP frame that answers `request`."""
    return (ident or request[:2]) + struct.pack("!HHB", 0, len(said) + 1, unit) + said


@asynccontextmanager
async def speaking(answer: Answer) -> AsyncIterator[tuple[Bus, list[str]]]:
    """Listen on TCP and answer every request so."""
    ended = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            while True:
                writer.write(answer(await reader.readexactly(12)))
                await writer.drain()
        writer.close()
        ended.set()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    wire = parse_wire(f"modbus-tcp://127.0.0.1:{server.sockets[0].getsockname()[1]}?unit={UNIT}")
    complaints: list[str] = []
    bus = Bus(wire.endpoint, complaints.append)
    async with server:
        async with bus.joined():
            yield bus, complaints
        await ended.wait()


GOOD = b"\x03\x04\x00\x01\x00\x02"


async def test_sense_is_no_nonsense() -> None:
    async with speaking(lambda request: framed(request, GOOD)) as (bus, complaints):
        assert await bus.read(UNIT, WORDS) == [1, 2]
        assert complaints == []


@pytest.mark.parametrize(
    "answer",
    [
        lambda request: framed(request, GOOD, unit=8),
        lambda request: framed(request, GOOD, ident=b"\xfe\xfe"),
        lambda request: framed(request, GOOD)[:9],
        lambda request: framed(request, b"\x04\x04\x00\x01\x00\x02"),
        lambda request: framed(request, b"\x63\x00"),
        lambda request: b"HTTP/1.1 400 Bad Request\r\n\r\n",
    ],
    ids=["wrong unit", "wrong number", "cut short", "another function", "unknown function", "not Modbus"],
)
async def test_nonsense_over_tcp_is_refused_and_counted(answer: Answer) -> None:
    async with speaking(answer) as (bus, complaints):
        with pytest.raises(DeviceUnreachable):
            await bus.read(UNIT, WORDS)
        assert len(complaints) == 2, "a read is tried twice"
        assert "holding 0 to 1" in complaints[0]


async def test_an_answer_that_is_too_short_for_the_question_is_refused() -> None:
    async with speaking(lambda request: framed(request, b"\x03\x02\x00\x01")) as (bus, _):
        with pytest.raises(DeviceError, match="1 of 2"):
            await bus.read(UNIT, WORDS)


async def test_silence_is_no_nonsense(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(TIMEOUT_S, "tcp", 0.05)
    async with speaking(lambda request: b"") as (bus, complaints):
        with pytest.raises(DeviceUnreachable):
            await bus.read(UNIT, WORDS)
        assert complaints == []


@given(st.binary(max_size=40), st.booleans())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_comes_over_tcp_harms_nothing(
    monkeypatch: pytest.MonkeyPatch, said: bytes, in_frame: bool
) -> None:
    monkeypatch.setitem(TIMEOUT_S, "tcp", 0.01)

    async def meet() -> None:
        async with speaking(lambda request: framed(request, said) if in_frame else said) as (bus, _):
            try:
                values = await bus.read(UNIT, WORDS)
            except DeviceError:
                return
            assert len(values) == 2
            assert all(0 <= each <= 0xFFFF for each in values)

    asyncio.run(meet())


@asynccontextmanager
async def speaking_on_a_line(answer: bytes) -> AsyncIterator[tuple[Bus, list[str]]]:
    """Answer every request on a pseudo-terminal with these bytes."""
    ours, theirs = os.openpty()
    tty.setraw(ours)
    tty.setraw(theirs)
    loop = asyncio.get_running_loop()

    def heard() -> None:
        with contextlib.suppress(OSError):
            if os.read(ours, 256):
                os.write(ours, answer)

    loop.add_reader(ours, heard)
    complaints: list[str] = []
    bus = Bus(parse_wire(f"modbus-rtu://{os.ttyname(theirs)}?unit={UNIT}").endpoint, complaints.append)
    try:
        async with bus.joined():
            yield bus, complaints
    finally:
        loop.remove_reader(ours)
        os.close(ours)
        os.close(theirs)


RIGHT = bytes.fromhex("07 03 04 00 01 00 02 4c 32")
"""Unit 7 answers with the words 1 and 2."""


@pytest.mark.parametrize(
    "said",
    [RIGHT[:-1] + b"\x00", RIGHT[:5], b"\x08" + RIGHT[1:], b"\x00\xff\x00"],
    ids=["wrong CRC", "cut short", "wrong unit", "noise"],
)
async def test_nonsense_on_a_serial_line_is_refused_and_counted(said: bytes) -> None:
    async with speaking_on_a_line(said) as (bus, complaints):
        with pytest.raises(DeviceUnreachable):
            await bus.read(UNIT, WORDS)
        assert len(complaints) == 2


async def test_sense_on_a_serial_line() -> None:
    async with speaking_on_a_line(RIGHT) as (bus, complaints):
        assert await bus.read(UNIT, WORDS) == [1, 2]
        assert complaints == []


async def test_flash_on_is_the_makers_frame() -> None:
    """Relay 0 on for 0.7 s as the maker's wiki has it (Waveshare): 01 05 02 00 00 07 8D B0."""
    heard = []

    def echo(request: bytes) -> bytes:
        heard.append(request[6:])
        return request

    async with speaking(echo) as (bus, _):
        await bus.write(1, Command(table="coil", address=0x200, on=7), 7)
    assert heard == [bytes.fromhex("01 05 02 00 00 07")]
