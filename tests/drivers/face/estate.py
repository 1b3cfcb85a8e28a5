"""Terminals of our own simulator, a real broker, a driver host, and lists pushed as the hub does it."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from contract import codec
from contract.clock import Clock, SystemClock
from contract.lists import Level, ListName, Person, Portion
from contract.messages import Availability, Event, State
from contract.topics import Address, Channel
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

ACCOUNT = str(Path(__file__).parent / "files" / "account")
EDITION = "first"
HURRY = 10.0
"""How many times as fast terminals live, and a host whose patience is waited for."""

EVERYWHERE = Level(key="all", places=("door/*",))


def door(name: str) -> Address:
    return Address(SITE, "door", name)


@dataclass(kw_only=True)
class Estate:
    """`start` begins the driver host, `stop` ends it."""

    pretend: Pretend
    broker: Mosquitto
    ear: Ear
    folder: Path
    names: tuple[str, ...]
    options: dict[str, Any] = field(default_factory=dict)
    running: AsyncExitStack | None = None
    revisions: dict[ListName, int] = field(default_factory=dict)

    async def start(self, *ready: str, clock: Clock | None = None, **options: Any) -> None:
        """Run the host; wait until those doors are ready, all unless some are named."""
        before = {name: len(self.ear.all(Availability, door(name))) for name in self.names}
        self.running = AsyncExitStack()
        self.ear.clock = clock or SystemClock()  # by which its actions expire
        settings = host_settings(self.broker.broker(), self.folder, *map(self.device(options), self.names))
        await self.running.enter_async_context(hosting(settings, clock))
        await self.ear.status(HOST_ADDRESS, "ready")
        for name in ready or self.names:
            await self.ear.status(door(name), "ready", after=before[name])

    def device(self, options: dict[str, Any]) -> Any:
        def settings(name: str) -> DeviceSettings:
            wire = self.pretend.wires[f"door/{name}"]
            account = {"credentials_file": ACCOUNT} if wire.startswith("http") else {}
            return DeviceSettings(
                kind="door",
                id=name,
                family="face",
                title={"en": name},
                options={"wire": wire, "pace_s": 0.0, **account, **self.options, **options},
            )

        return settings

    async def stop(self) -> None:
        if self.running is not None:
            await self.running.aclose()
            self.running = None
            await self.ear.status(HOST_ADDRESS, "lost")

    async def push(self, *people: Person, drop: tuple[str, ...] = (), levels: tuple[Level, ...] = ()) -> None:
        """Push what changed of the lists."""
        if levels:
            await self._portion(ListName.LEVELS, levels=levels)
        if people or drop:
            await self._portion(ListName.PEOPLE, people=people, drop=drop)

    async def _portion(self, which: ListName, **changes: Any) -> None:
        after = self.revisions.get(which, 0)
        upto = self.revisions[which] = after + 1
        portion = Portion(list=which, edition=EDITION, after=after, upto=upto, head=upto, **changes)
        await self.ear.publish(HOST_ADDRESS.topic(Channel.LIST), codec.encode(portion))

    def truth(self, name: str) -> Any:
        """Return what the terminal really holds, and what its door does."""
        return self.pretend.inspect(f"door/{name}")

    async def holds(self, name: str, *keys: str) -> None:
        await eventually(lambda: sorted(self.truth(name)["people"]) == sorted(keys))

    async def shows(self, name: str, **properties: Any) -> None:
        for each, value in properties.items():
            await self.ear.property(door(name), each.replace("_", "-"), value)

    def events(self, name: str, of_type: str) -> list[Event]:
        """Return the different events of a type, in the order of their numbers."""
        each = {event.id: event for event in self.ear.all(Event, door(name)) if event.type == of_type}
        return sorted(each.values(), key=lambda event: event.outboxnumber or 0)

    async def event(self, name: str, of_type: str, nth: int = 1) -> Event:
        await eventually(lambda: len(self.events(name, of_type)) >= nth)
        return self.events(name, of_type)[nth - 1]

    def properties(self, name: str) -> Any:
        last = self.ear.last(State, door(name))
        return last.properties if last else {}


@asynccontextmanager
async def estate(
    mosquitto: Mosquitto, folder: Path, wires: dict[str, str], **simulated: Any
) -> AsyncIterator[Estate]:
    """Stand terminals at `wires`, by name; MQTT in a wire is where the broker is."""
    devices = [
        SimulatedDevice(
            kind="door",
            id=name,
            family="face",
            options={
                "wire": f"mqtt://{mosquitto.host}:{mosquitto.port}/{name}" if wire == "mqtt" else wire,
                **({"credentials_file": ACCOUNT} if wire.startswith("http") else {}),
                **simulated,
            },
        )
        for name, wire in wires.items()
    ]
    async with pretending(*devices, speed=HURRY) as pretend, listening(mosquitto.broker()) as ear:
        made = Estate(pretend=pretend, broker=mosquitto, ear=ear, folder=folder, names=tuple(wires))
        try:
            yield made
        finally:
            await made.stop()
