"""Zones with their pretend gardens and a driver host, all four times as fast as the machine."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from contract.messages import Availability, Event, Result, State
from contract.topics import Address
from drivers.runtime.settings import DeviceSettings, HostSettings
from simulators.host import SimulatedDevice
from tests.broker import Mosquitto
from tests.drivers.stage import (
    HOST_ADDRESS,
    SITE,
    SPEED,
    Ear,
    Hurried,
    Pretend,
    host_settings,
    hosting,
    listening,
    pretending,
)
from tests.waiting import eventually

LAWN = Address(SITE, "sprinkler", "lawn")
ROSES = Address(SITE, "sprinkler", "roses")
TCP = "modbus-tcp://127.0.0.1:0?unit=1"
QUICK: Mapping[str, Any] = {
    "poll_s": 0.2,
    "poll_probes_s": 0.2,
    "leak_after_s": 6.0,
    "dry_after_s": 4.0,
    "move_timeout_s": 6.0,
}
"""Options that let nobody wait; in seconds of the hurried clock."""


@dataclass(kw_only=True)
class Zone:
    """One zone: what is true of it, and what is heard."""

    pretend: Pretend
    ear: Ear
    address: Address = LAWN

    @property
    def name(self) -> str:
        return f"sprinkler/{self.address.device}"

    def truth(self, name: str) -> Any:
        return self.pretend.inspect(self.name)[name]

    async def becomes(self, name: str, value: object, within_s: float = 45) -> None:
        """Wait until the garden itself is so."""
        await eventually(lambda: self.truth(name) == value, within_s)

    def breaks(self, fault: str) -> None:
        self.pretend.fault(self.name, fault)

    def happens(self, name: str) -> None:
        self.pretend.happen(self.name, name)

    async def do(self, action: str, given: Mapping[str, Any] | None = None) -> Result:
        return await self.ear.do(self.address, action, given)

    async def shows(self, **properties: Any) -> None:
        """Wait until the published properties are these."""
        for name, value in properties.items():
            await self.ear.property(self.address, name.replace("_", "-"), value)

    def shown(self, name: str) -> Any:
        state = self.ear.last(State, self.address)
        return state.properties[name] if state else None

    async def event(self, of_type: str, **data: Any) -> Event:
        """Wait for an event that says at least `data`."""
        return await self.ear.hear(
            Event,
            self.address,
            lambda event: event.type == of_type and data.items() <= event.data.items(),
            within_s=45,
        )

    def events(self, of_type: str) -> list[Event]:
        """Return the events of one type; one that is sent again is the same."""
        heard = {each.id: each for each in self.ear.all(Event, self.address)}
        return [each for each in heard.values() if each.type == of_type]


@dataclass(kw_only=True)
class Garden:
    """Zones on one board, and their driver host."""

    pretend: Pretend
    ear: Ear
    settings: HostSettings
    clock: Hurried
    running: AsyncExitStack = field(default_factory=AsyncExitStack)

    def zone(self, address: Address = LAWN) -> Zone:
        return Zone(pretend=self.pretend, ear=self.ear, address=address)

    async def start(self) -> None:
        before = {each: len(self.ear.all(Availability, each)) for each in self.addresses}
        await self.running.enter_async_context(hosting(self.settings, self.clock))
        for address, heard in before.items():
            await self.ear.status(address, "ready", after=heard)
        await self.ear.status(HOST_ADDRESS, "ready")

    async def stop(self) -> None:
        await self.running.aclose()
        await self.ear.status(HOST_ADDRESS, "lost")

    @property
    def addresses(self) -> list[Address]:
        return [self.settings.address_of(each) for each in self.settings.devices]


def simulated(address: Address = LAWN, wire: str = TCP, **options: Any) -> SimulatedDevice:
    """Describe a pretend zone."""
    return SimulatedDevice(
        kind="sprinkler", id=address.device, family="sprinkler", options={"wire": wire, **options}
    )


def device(wire: str, address: Address = LAWN, **options: Any) -> DeviceSettings:
    """Describe a zone to the driver host."""
    return DeviceSettings(
        kind="sprinkler",
        id=address.device,
        family="sprinkler",
        title={"en": "Zone"},
        options={"wire": wire, **QUICK, **options},
    )


def beside(wire: str, unit: int) -> str:
    """Return the wire of another unit on the same line."""
    return f"{wire.partition('?')[0]}?unit={unit}"


@asynccontextmanager
async def garden(
    mosquitto: Mosquitto, folder: Path, sim: Mapping[str, Any] | None = None, **options: Any
) -> AsyncIterator[Zone]:
    """Run one zone; probes named in `sim` are told to the driver too."""
    async with planted(mosquitto, folder, sim, **options) as garden:
        await garden.start()
        yield garden.zone()


@asynccontextmanager
async def planted(
    mosquitto: Mosquitto, folder: Path, sim: Mapping[str, Any] | None = None, **options: Any
) -> AsyncIterator[Garden]:
    """Make one zone whose driver host does not run yet."""
    clock = Hurried(SPEED)
    async with (
        pretending(simulated(**(sim or {}))) as pretend,
        listening(mosquitto.broker(), clock) as ear,
        AsyncExitStack() as running,
    ):
        wire = pretend.wires["sprinkler/lawn"]
        for probe in ("soil", "air", "rain"):
            if sim and probe in sim:
                options[probe] = beside(wire, int(sim[probe].rsplit("=", 1)[1]))
        settings = host_settings(mosquitto.broker(), folder, device(wire, **options))
        yield Garden(pretend=pretend, ear=ear, settings=settings, clock=clock, running=running)


def code(result: Result) -> tuple[str, str | None]:
    return result.status.value, result.error.code if result.error else None
