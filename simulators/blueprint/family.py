"""The family `blueprint`: a counter at an entrance, with thermometer and buzzer, on a line protocol over TCP.

The words of the wire are in `simulators.blueprint.line`, what is counted in `simulators.blueprint.counter`.
"""

import asyncio
import contextlib
import math
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Annotated

from msgspec import Meta, Struct

from simulators.blueprint import line
from simulators.blueprint.counter import Counter
from simulators.blueprint.memory import Memory
from simulators.clock import Clock
from simulators.errors import UnknownName, WireUnavailable
from simulators.ports import Ports
from simulators.wire import TcpWire

KIND = "sensor"
FAULTS = ("none", "power-loss", "silent", "buzzer-broken")
HAPPENINGS = ("pulse",)


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the site file may say about a pretend call counter.

    `pulses_total` None counts without end; without `state_file` the last acknowledged number is forgotten
    with the process.
    """

    wire: str
    serial: str | None = None
    pulses_per_s: Annotated[float, Meta(ge=0)] = 0.0
    pulses_total: Annotated[int, Meta(ge=0)] | None = None
    state_file: str | None = None


def create(device_id: str, options: Options, clock: Clock) -> "CallCounter":
    """Build one call counter."""
    return CallCounter(device_id, options, clock)


class CallCounter:
    """One call counter and its line."""

    def __init__(self, device_id: str, options: Options, clock: Clock) -> None:
        self._wire = TcpWire.parse(options.wire, "tcp")
        self._serial = options.serial or f"CC-{device_id}"
        self._clock = clock
        self._memory = Memory(Path(options.state_file) if options.state_file else None)
        self._fault = "none"
        self._beep_left_s = 0.0
        self._beeps = 0
        self._connections = 0
        self._server: asyncio.Server | None = None
        self._open: dict[asyncio.StreamWriter, asyncio.Task[None] | None] = {}
        self._client: asyncio.StreamWriter | None = None
        self.counter = Counter(
            pulses_per_s=options.pulses_per_s, pulses_total=options.pulses_total, acked=self._memory.recall()
        )

    @property
    def faults(self) -> Iterable[str]:
        """What can be broken."""
        return FAULTS

    @property
    def happenings(self) -> Iterable[str]:
        """What can happen."""
        return HAPPENINGS

    async def serve(self, ports: Ports) -> str:
        """Listen on the device's own TCP port."""
        del ports
        try:
            self._server = await asyncio.start_server(
                self._talk, self._wire.host, self._wire.port, limit=line.LONGEST_LINE
            )
        except OSError as error:
            raise WireUnavailable(f"cannot open {self._wire}: {error}") from error
        port = self._server.sockets[0].getsockname()[1]
        return str(TcpWire(scheme="tcp", host=self._wire.host, port=port))

    async def close(self) -> None:
        """Stop listening and hang up."""
        if self._server is not None:
            self._server.close()
        talks = [talk for talk in self._open.values() if talk is not None]
        self._hang_up()
        await asyncio.gather(*talks, return_exceptions=True)
        if self._server is not None:
            await self._server.wait_closed()
        self._memory.close()

    def step(self, dt_s: float) -> None:
        """Let `dt_s` seconds pass: count, beep, and send what is due."""
        self._beep_left_s = max(0.0, self._beep_left_s - dt_s)
        if self._fault == "power-loss":
            return
        self.counter.step(dt_s, self._now_ms())
        self._send_pulses()

    def fault(self, name: str) -> None:
        """Break something; one thing is broken at a time."""
        if name not in FAULTS:
            raise UnknownName("fault", name, FAULTS)
        self._fault = name
        if name == "power-loss":
            self._hang_up()

    def happen(self, name: str) -> None:
        """Count one happening by itself."""
        if name not in HAPPENINGS:
            raise UnknownName("happening", name, HAPPENINGS)
        self.counter.count(self._now_ms())

    def inspect(self) -> dict[str, bool | int | float | str | list[str] | None]:
        """Tell the physical truth."""
        return {
            "serial": self._serial,
            "counted": self.counter.counted,
            "sent": self.counter.sent,
            "acked": self.counter.acked,
            "temperature": round(self._celsius(), 1),
            "beeping": self._beep_left_s > 0,
            "beeps": self._beeps,
            "connections": self._connections,
            "connected": self._client is not None,
            "faults": [] if self._fault == "none" else [self._fault],
        }

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open[writer] = asyncio.current_task()
        try:
            with contextlib.suppress(ConnectionError, ValueError):  # ValueError: a line longer than the limit
                while self._fault != "power-loss" and (received := await reader.readline()):
                    if self._fault != "silent":
                        writer.write(self._answer(received, writer))
                        self._send_pulses()
                        await writer.drain()
        finally:
            self._forget(writer)
            writer.close()

    def _answer(self, received: bytes, writer: asyncio.StreamWriter) -> bytes:
        try:
            word, argument = line.words(received)
            if word == "HELLO":
                return self._greet(argument, writer)
            return _WORDS.get(word, CallCounter.refuse)(self, argument)
        except line.WrongWord as error:
            return line.error(str(error))

    def _greet(self, version: str, writer: asyncio.StreamWriter) -> bytes:
        if version != line.VERSION:
            raise line.WrongWord(f"this device speaks version {line.VERSION}")
        if self._client is not None and self._client is not writer:
            self._client.close()
        self._client = writer
        self._connections += 1
        self.counter.go_back()
        return line.hello(self._serial, self._celsius())

    def acknowledge(self, argument: str) -> bytes:
        """`ACK`: forget what is safe, and remember that."""
        self.counter.acknowledge(line.acknowledged(argument))
        self._memory.remember(self.counter.acked)
        return b""

    def tell_temperature(self, _argument: str) -> bytes:
        """`TEMP?`: tell it."""
        return line.temperature(self._celsius())

    def beep(self, argument: str) -> bytes:
        """`BEEP`: make a noise, where the buzzer still can."""
        seconds = line.beep_seconds(argument)
        if self._fault == "buzzer-broken":
            raise line.WrongWord("the buzzer is broken")
        self._beep_left_s = seconds
        self._beeps += 1
        return line.OK

    def refuse(self, _argument: str) -> bytes:
        """Any other word: none that this device knows."""
        raise line.WrongWord("unknown word")

    def _send_pulses(self) -> None:
        if self._client is None or self._fault == "silent" or self._client.is_closing():
            return
        if due := self.counter.take():
            self._client.write(b"".join(line.pulse(number, unix_ms) for number, unix_ms in due))

    def _hang_up(self) -> None:
        for writer in list(self._open):
            writer.close()
        self._client = None

    def _forget(self, writer: asyncio.StreamWriter) -> None:
        self._open.pop(writer, None)
        if self._client is writer:
            self._client = None

    def _celsius(self) -> float:
        """Temperature of a housing in the shade: 21 degrees, 3 up and down in an hour."""
        return 21.0 + 3.0 * math.sin(self._clock.now_s() / 3600 * math.tau)

    def _now_ms(self) -> int:
        return round(self._clock.now_s() * 1000)


_WORDS: dict[str, Callable[[CallCounter, str], bytes]] = {
    "ACK": CallCounter.acknowledge,
    "TEMP?": CallCounter.tell_temperature,
    "BEEP": CallCounter.beep,
}
