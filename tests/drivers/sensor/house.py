"""Some pretend sensors, their driver, and what is heard of them."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from contract.clock import Clock
from contract.messages import Availability, Event, Result, State
from contract.topics import Address
from drivers.runtime.settings import DeviceSettings
from simulators.host import SimulatedDevice
from tests.broker import Mosquitto
from tests.drivers.stage import (
    HOST_ADDRESS,
    SITE,
    Ear,
    Pretend,
    host_settings,
    hosting,
    listening,
    pretending,
)
from tests.waiting import eventually

TCP = "modbus-tcp://127.0.0.1:0"
QUICK = {"poll_s": 0.05, "on_delay_s": 0.1, "off_delay_s": 0.2}


@dataclass(frozen=True, kw_only=True)
class Spec:
    """One sensor: where it is on the wire, and what it is for both ends."""

    id: str
    at: str = "?unit=1"
    profile: str = "smoke"
    options: Mapping[str, Any] = field(default_factory=dict)
    simulated: Mapping[str, Any] = field(default_factory=dict)

    @property
    def address(self) -> Address:
        return Address(SITE, "sensor", self.id)

    def pretend(self, line: str) -> SimulatedDevice:
        options = {"wire": line + self.at, "profile": self.profile, **self.simulated}
        return SimulatedDevice(kind="sensor", id=self.id, family="sensor", options=options)

    def device(self, wire: str) -> DeviceSettings:
        options = {"wire": wire, "profile": self.profile, **QUICK, **self.options}
        return DeviceSettings(
            kind="sensor", id=self.id, family="sensor", title={"en": self.id}, options=options
        )


@dataclass(kw_only=True)
class House:
    """Some sensors, and what is heard of them."""

    specs: tuple[Spec, ...]
    pretend: Pretend
    ear: Ear
    broker: Mosquitto
    folder: Path
    wires: dict[str, str]
    running: AsyncExitStack | None = None

    @property
    def first(self) -> Address:
        return self.specs[0].address

    def truth(self, name: str, ident: str | None = None) -> Any:
        return self.pretend.inspect(ident or self.first.device)[name]

    def happen(self, happening: str, ident: str | None = None) -> None:
        self.pretend.happen(ident or self.first.device, happening)

    def breaks(self, fault: str, ident: str | None = None) -> None:
        self.pretend.fault(ident or self.first.device, fault)

    async def do(self, action: str) -> Result:
        return await self.ear.do(self.first, action)

    async def shows(self, address: Address | None = None, **properties: Any) -> None:
        for name, value in properties.items():
            await self.ear.property(address or self.first, name.replace("_", "-"), value)

    def events(self, address: Address | None = None) -> list[tuple[str, dict[str, Any]]]:
        """Return what was reported, each once and in order."""
        numbered = {each.outboxnumber: each for each in self.ear.all(Event, address or self.first)}
        ordered = (numbered[number] for number in sorted(numbered, key=lambda number: number or 0))
        return [(each.type.removeprefix("hemei.sensor."), dict(each.data)) for each in ordered]

    def types(self, address: Address | None = None) -> list[str]:
        return [each for each, _ in self.events(address)]

    async def reports(self, *types: str, address: Address | None = None) -> None:
        """Wait until these were reported, and nothing else."""
        await eventually(lambda: len(self.types(address)) >= len(types))
        assert self.types(address) == list(types)

    async def aired(self) -> None:
        """Wait until the smoke has gone."""
        await eventually(lambda: self.truth("smoke_density") < 0.05)

    async def looked(self, address: Address | None = None) -> None:
        """Wait until the sensor was certainly looked at again: a sign of life that began after now."""
        since = self.ear.clock.now()
        await self.ear.hear(State, address or self.first, lambda each: each.ts > since, 25)

    async def start(self, **fields: Any) -> None:
        before = {spec.id: len(self.ear.all(Availability, spec.address)) for spec in self.specs}
        devices = [spec.device(self.wires[spec.id]) for spec in self.specs]
        settings = host_settings(self.broker.broker(), self.folder, *devices, **fields)
        self.running = AsyncExitStack()
        await self.running.enter_async_context(hosting(settings, self.ear.clock))
        for spec in self.specs:
            await self.ear.status(spec.address, "ready", after=before[spec.id])
        await self.ear.status(HOST_ADDRESS, "ready")

    async def stop(self) -> None:
        if self.running is not None:
            await self.running.aclose()
            self.running = None
            await self.ear.status(HOST_ADDRESS, "lost")


NewHouse = Callable[..., Any]


@asynccontextmanager
async def living(
    mosquitto: Mosquitto,
    folder: Path,
    *specs: Spec,
    line: tuple[str, str] = (TCP, ""),
    started: bool = True,
    clock: Clock | None = None,
) -> AsyncIterator[House]:
    """Let sensors live, with a running driver host unless told otherwise.

    `line`: where they stand, and where the driver finds them, if not there.
    """
    ours, theirs = line
    async with (
        pretending(*(spec.pretend(ours) for spec in specs)) as pretend,
        listening(mosquitto.broker(), clock) as ear,
    ):
        wires = {
            spec.id: theirs + spec.at if theirs else pretend.wires[f"sensor/{spec.id}"] for spec in specs
        }
        house = House(specs=specs, pretend=pretend, ear=ear, broker=mosquitto, folder=folder, wires=wires)
        try:
            if started:
                await house.start()
            yield house
        finally:
            await house.stop()
