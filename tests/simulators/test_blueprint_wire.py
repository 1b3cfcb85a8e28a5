"""The call counter's line, spoken to over a socket."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from simulators.clock import VirtualClock
from simulators.errors import UnknownName, WireUnavailable
from simulators.host import Host, SimulatedDevice
from tests.simulators.wiring import hosting

NAME = "sensor/entrance"


def counter(wire: str = "tcp://127.0.0.1:0", **options: Any) -> SimulatedDevice:
    return SimulatedDevice(
        kind="sensor", id="entrance", family="blueprint", options={"wire": wire, **options}
    )


class Line:
    """One connection to the device."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def say(self, text: str) -> None:
        self._writer.write(text.encode() + b"\n")
        await self._writer.drain()

    async def hear(self) -> str:
        return (await asyncio.wait_for(self._reader.readline(), 60)).decode().rstrip("\n")

    async def ask(self, text: str) -> str:
        await self.say(text)
        return await self.hear()

    async def pulses(self, count: int) -> list[int]:
        heard = [(await self.hear()).split() for _ in range(count)]
        assert all(word == "PULSE" for word, _, _ in heard)
        return [int(number) for _, number, _ in heard]


@contextlib.asynccontextmanager
async def line_to(wire: str) -> AsyncIterator[Line]:
    parts = urlsplit(wire)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    try:
        yield Line(reader, writer)
    finally:
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()


@contextlib.asynccontextmanager
async def bench(**options: Any) -> AsyncIterator[tuple[Host, str, Line]]:
    async with contextlib.AsyncExitStack() as stack:
        host, wires = await stack.enter_async_context(hosting(counter(**options), clock=VirtualClock()))
        yield host, wires[NAME], await stack.enter_async_context(line_to(wires[NAME]))


async def test_hello_names_the_device_and_its_temperature() -> None:
    async with bench(serial="CC-0042") as (_, _, line):
        word, serial, celsius = (await line.ask("HELLO 1")).split()
        assert (word, serial) == ("HELLO", "CC-0042")
        assert 15 < float(celsius) < 30


async def test_pulses_come_after_hello_with_number_and_time() -> None:
    async with bench(pulses_per_s=2) as (host, _, line):
        host.step(1)
        await line.ask("HELLO 1")
        assert await line.hear() == "PULSE 1 1767225600000"
        assert await line.pulses(1) == [2]
        host.happen(NAME, "pulse")
        host.step(0.05)
        assert await line.pulses(1) == [3]


async def test_before_hello_there_are_answers_but_no_pulses() -> None:
    async with bench(pulses_per_s=100) as (host, _, line):
        host.step(1)
        assert (await line.ask("TEMP?")).startswith("TEMP ")


async def test_a_new_connection_gets_what_was_not_acknowledged_and_ends_the_old_one() -> None:
    async with bench(pulses_per_s=10, pulses_total=10) as (host, wire, line):
        host.step(2)
        await line.ask("HELLO 1")
        assert await line.pulses(10) == list(range(1, 11))
        await line.say("ACK 7")
        async with line_to(wire) as second:
            await line.ask("TEMP?")
            await second.ask("HELLO 1")
            assert await second.pulses(3) == [8, 9, 10]
            assert await line.hear() == ""


async def test_the_window_waits_for_acknowledgements() -> None:
    async with bench(pulses_per_s=600) as (host, _, line):
        host.step(1)
        await line.ask("HELLO 1")
        assert (await line.pulses(500))[-1] == 500
        assert (await line.ask("TEMP?")).startswith("TEMP ")
        await line.say("ACK 50")
        assert (await line.pulses(50))[-1] == 550


async def test_the_buzzer() -> None:
    async with bench() as (host, _, line):
        assert await line.ask("BEEP 0.5") == "OK"
        assert host.inspect(NAME)["beeping"] is True
        host.step(1)
        assert (host.inspect(NAME)["beeping"], host.inspect(NAME)["beeps"]) == (False, 1)
        assert await line.ask("BEEP 11") == "ERR seconds must be more than 0 and at most 10"
        assert await line.ask("BEEP loud") == "ERR BEEP needs seconds"
        host.fault(NAME, "buzzer-broken")
        assert await line.ask("BEEP 1") == "ERR the buzzer is broken"


@pytest.mark.parametrize(
    ("said", "answered"),
    [
        ("HELLO 2", "ERR this device speaks version 1"),
        ("ACK many", "ERR ACK needs a number"),
        ("DANCE", "ERR unknown word"),
        ("", "ERR unknown word"),
        ("BEEP nan", "ERR seconds must be more than 0 and at most 10"),
        ("é", "ERR not ASCII"),
    ],
)
async def test_what_it_does_not_understand_it_says(said: str, answered: str) -> None:
    async with bench() as (_, _, line):
        assert await line.ask(said) == answered


async def test_a_line_without_end_ends_the_connection() -> None:
    async with bench() as (_, wire, line):
        await line.say("x" * 10_000)
        with contextlib.suppress(ConnectionError):
            assert await line.hear() == ""
        async with line_to(wire) as again:
            assert (await again.ask("TEMP?")).startswith("TEMP ")


async def test_a_killed_device_goes_on_behind_the_last_acknowledged(tmp_path: Path) -> None:
    options = {"pulses_per_s": 10, "state_file": str(tmp_path / "acked")}
    async with bench(**options) as (host, _, line):
        host.step(1)
        await line.ask("HELLO 1")
        await line.pulses(10)
        await line.say("ACK 6")
        await line.ask("TEMP?")
    async with bench(**options) as (host, _, line):
        host.step(0.35)
        await line.ask("HELLO 1")
        assert await line.pulses(3) == [7, 8, 9]


async def test_without_power_it_hangs_up_and_counts_nothing() -> None:
    async with bench(pulses_per_s=10) as (host, wire, line):
        await line.ask("HELLO 1")
        host.fault(NAME, "power-loss")
        assert await line.hear() == ""
        host.step(5)
        async with line_to(wire) as refused:
            assert await refused.hear() == ""
        host.fault(NAME, "none")
        assert host.inspect(NAME)["counted"] == 0
        async with line_to(wire) as again:
            assert (await again.ask("HELLO 1")).startswith("HELLO ")


async def test_a_silent_one_counts_on_and_tells_later() -> None:
    async with bench(pulses_per_s=10) as (host, _, line):
        host.fault(NAME, "silent")
        await line.say("HELLO 1")
        host.step(1)
        host.fault(NAME, "none")
        await line.ask("HELLO 1")
        assert await line.pulses(10) == list(range(1, 11))


async def test_unknown_faults_and_happenings_are_refused() -> None:
    async with hosting(counter()) as (host, _):
        with pytest.raises(UnknownName, match="allowed: buzzer-broken, none, power-loss, silent"):
            host.fault(NAME, "jam")
        with pytest.raises(UnknownName, match="allowed: pulse"):
            host.happen(NAME, "car-arrives")


async def test_a_taken_port_is_named() -> None:
    async with hosting(counter()) as (_, wires):
        with pytest.raises(WireUnavailable, match="cannot open tcp://"):
            async with hosting(counter(wires[NAME])):
                pass
