"""Drives one call counter: keeps its pulses, reads its thermometer, sounds its buzzer."""

import asyncio
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar
from urllib.parse import urlsplit

from msgspec import Meta, Struct

from contract.errors import DeviceError, DeviceUnreachable
from contract.first_to_end import first_to_end
from contract.things import ActionSpec, EventSpec, Property, ThingModel
from drivers.blueprint import line
from drivers.blueprint.connection import Connection, connected
from drivers.blueprint.line import Hello, Temperature, Trouble
from drivers.runtime.interface import Driver, Port
from drivers.runtime.waiting import pause

PULSE = "hemei.sensor.pulse"


class SensorOptions(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the site file may say: where the device is, and how often to read its thermometer."""

    wire: str
    poll_s: Annotated[float, Meta(ge=0.05, le=60)] = 2.0

    def __post_init__(self) -> None:
        self.address()

    def address(self) -> tuple[str, int]:
        """Return host and port; ValueError if the wire is not `tcp://HOST:PORT`."""
        parts = urlsplit(self.wire)
        if parts.scheme != "tcp" or not parts.hostname or not parts.port:
            raise ValueError(f"wire {self.wire!r} must be tcp://HOST:PORT")
        return parts.hostname, parts.port


class SensorDriver(Driver[SensorOptions]):
    """A call counter on a TCP line."""

    kind: ClassVar[str] = "sensor"
    options_type: ClassVar[type[SensorOptions]] = SensorOptions
    model = ThingModel(
        heartbeat_s=5.0,
        properties={
            "temperature": Property(
                type="number",
                title={"zh-CN": "温度", "en": "Temperature"},
                unit="°C",
                minimum=-40,
                maximum=85,
            ),
            "pulses": Property(
                type="integer", title={"zh-CN": "脉冲计数", "en": "Pulses counted"}, minimum=0
            ),
        },
        actions={
            "beep": ActionSpec(
                title={"zh-CN": "蜂鸣", "en": "Beep"},
                input={
                    "seconds": Property(
                        type="number",
                        title={"zh-CN": "时长", "en": "Duration"},
                        unit="s",
                        minimum=0.1,
                        maximum=10,
                    )
                },
            )
        },
        events={
            PULSE: EventSpec(
                title={"zh-CN": "脉冲", "en": "Pulse"},
                data={"number": Property(type="integer", title={"zh-CN": "序号", "en": "Number"})},
            )
        },
    )

    def __init__(self, options: SensorOptions) -> None:
        super().__init__(options)
        self._connection: Connection | None = None
        self._pulses: int | None = None

    async def run(self, port: Port) -> None:
        """Serve the device until its line ends."""
        host, tcp_port = self.options.address()
        async with connected(host, tcp_port) as connection:
            self._connection = connection
            try:
                await first_to_end(connection.listen(), self._serve(connection, port))
            finally:
                self._connection = None

    async def perform(self, action: str, input: Mapping[str, Any], port: Port) -> None:
        """Beep; the device answers when its buzzer sounds."""
        if self._connection is None:
            raise DeviceUnreachable("the device is not connected")
        answer = await self._connection.ask(line.beep(input["seconds"]))
        if isinstance(answer, Trouble):
            raise DeviceError(answer.reason)

    async def _serve(self, connection: Connection, port: Port) -> None:
        hello = await connection.ask(line.HELLO)
        if not isinstance(hello, Hello):
            raise DeviceError(f"the device does not greet: {hello}", code="bad-protocol")
        port.update(self._properties(hello.celsius))
        port.ready()
        await first_to_end(self._keep_pulses(connection, hello.serial, port), self._measure(connection, port))

    async def _keep_pulses(self, connection: Connection, serial: str, port: Port) -> None:
        """Acknowledge pulses once they are on disk: what we lose before that, the device sends again."""
        while True:
            pulses = [await connection.pulses.get()]
            while not connection.pulses.empty():
                pulses.append(connection.pulses.get_nowait())
            await asyncio.gather(
                *(
                    port.emit(PULSE, {"number": each.number}, id=f"{serial}-{each.number}", time=each.time)
                    for each in pulses
                )
            )
            self._pulses = pulses[-1].number
            connection.tell(line.acknowledge(self._pulses))

    async def _measure(self, connection: Connection, port: Port) -> None:
        while True:
            answer = await connection.ask(line.TEMPERATURE)
            if isinstance(answer, Temperature):
                port.update(self._properties(answer.celsius))
                port.measure({"temperature": answer.celsius})
            await pause(port.clock, self.options.poll_s)

    def _properties(self, celsius: float) -> dict[str, float | int | None]:
        return {"temperature": celsius, "pulses": self._pulses}
