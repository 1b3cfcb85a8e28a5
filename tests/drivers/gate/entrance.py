"""A gate with a plate camera: a pretend board on real Modbus, `curl` as the camera, a real driver host."""

import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from contract import codec, passes
from contract.lists import Level, ListName, Portion, Vehicle
from contract.messages import Availability, Event, State
from contract.topics import Address, Channel
from drivers.runtime.settings import DeviceSettings, OutboxLimits
from simulators.host import SimulatedDevice
from tests.broker import Mosquitto, lasting_port
from tests.drivers.plates import pushes
from tests.drivers.plates.curl import Answered, Curl
from tests.drivers.plates.desk import secret_file
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
from tests.waiting import eventually, eventually_told

GATE = Address(SITE, "gate", "east")
ALWAYS = Level(key="always", places=("gate/*",))
LISTED, BLOCKED, UNKNOWN = "粤A12345", "粤B66666", "京C88888"
VEHICLES = (
    Vehicle(key="v1", plate=LISTED, levels=("always",), person="p1"),
    Vehicle(key="v2", plate="粤A54321", levels=("always",)),
    Vehicle(key="b1", plate=BLOCKED, blocked=True),
)
EDITION: Any = {"edition": "e1", "after": 0, "upto": 3, "head": 3}


def camera_options(folder: Path, **plates: Any) -> dict[str, Any]:
    """Return the options of a Zhenshi camera that pushes to a port of its own."""
    return {
        "wire": "zhenshi-http",
        "listen": f"127.0.0.1:{lasting_port()}",
        "secret_file": secret_file(folder),
        "direction": "in",
        **plates,
    }


def port_of(options: Mapping[str, Any]) -> int:
    """Return the port that a camera pushes to."""
    return int(options["listen"].rpartition(":")[2])


def gate_device(family: str, options: dict[str, Any]) -> DeviceSettings:
    """Return the gate as the site file has it."""
    return DeviceSettings(kind="gate", id="east", family=family, title={"en": "Gate"}, options=options)


@dataclass(kw_only=True)
class Entrance:
    """One gate with everything around it."""

    pretend: Pretend
    ear: Ear
    folder: Path
    broker: Mosquitto
    camera: Curl
    device: DeviceSettings
    outbox: OutboxLimits = field(default_factory=OutboxLimits)
    running: AsyncExitStack | None = None
    _plate_ids: int = field(default=0)

    @classmethod
    @asynccontextmanager
    async def opened(
        cls,
        broker: Mosquitto,
        folder: Path,
        *,
        lists: bool = True,
        outbox: OutboxLimits = OutboxLimits(),  # noqa: B008 - immutable
        **plates: Any,
    ) -> AsyncIterator[Self]:
        """Run a gate with a board and a camera; it is ready and has its lists."""
        board = SimulatedDevice(
            kind="gate", id="east", family="gate", options={"wire": "modbus-tcp://127.0.0.1:0?unit=1"}
        )
        async with pretending(board) as pretend, listening(broker.broker()) as ear:
            said = camera_options(folder, **plates)
            wire = {"wire": pretend.wires["gate/east"], "poll_s": 0.05, "poll_moving_s": 0.02}
            made = cls(
                pretend=pretend,
                ear=ear,
                folder=folder,
                broker=broker,
                camera=Curl(folder, port_of(said)),
                device=gate_device("gate", {**wire, "plates": said}),
                outbox=outbox,
            )
            async with made.running_host(lists=lists):
                yield made

    @asynccontextmanager
    async def running_host(self, *, lists: bool = True) -> AsyncIterator[None]:
        """Run the driver host, and give it its lists."""
        await self.start()
        try:
            if lists:
                await self.give_lists()
            yield
        finally:
            await self.stop()

    async def start(self) -> None:
        """Start the driver host."""
        self.running = AsyncExitStack()
        before = len(self.ear.all(Availability, GATE))
        settings = host_settings(self.broker.broker(), self.folder, self.device, outbox=self.outbox)
        await self.running.enter_async_context(hosting(settings))
        await self.wake()
        await self.ear.status(GATE, "ready", after=before)
        await self.ear.status(HOST_ADDRESS, "ready")

    async def wake(self) -> None:
        """Do what it takes for the gate to be ready."""

    async def stop(self) -> None:
        """Stop it, if it runs."""
        if self.running is not None:
            await self.running.aclose()
            self.running = None

    async def give_lists(self) -> None:
        """Give the host its lists, as the hub does."""
        await self._give(Portion(list=ListName.LEVELS, levels=(ALWAYS,), **EDITION))
        await self.give_vehicles()
        await self.shows(vehicles_listed=len(VEHICLES), list="good")

    async def give_vehicles(self) -> None:
        """Give it the vehicles alone."""
        await self._give(Portion(list=ListName.VEHICLES, vehicles=VEHICLES, **EDITION))

    async def _give(self, portion: Portion) -> None:
        await self.ear.publish(HOST_ADDRESS.topic(Channel.LIST), codec.encode(portion))

    async def sees(
        self, plate: str, *, plateid: int | None = None, age_s: float = 0, **said: Any
    ) -> Answered:
        """Let the camera read a plate; what it is answered."""
        self._plate_ids += 1
        taken = time.time() - age_s
        stamp = {"Timeval": {"sec": int(taken), "usec": int(taken % 1 * 1e6)}}
        fields = {"license": plate, "plateid": plateid or self._plate_ids, "timeStamp": stamp}
        return await self.camera.push(pushes.push(**(fields | said)))

    async def records(self, plate: str, **said: Any) -> Answered:
        """Let the camera say it until it is heard, as cameras do: a busy disk has it come again."""
        return await eventually_told(
            lambda: self.sees(plate, **said), lambda answered: answered.status == 200, every_s=0.1
        )

    async def lets_in(self, plate: str) -> bool:
        """Whether the camera is told to open for a plate that it reads now."""
        answered = await self.sees(plate)
        assert answered.status == 200
        return bool(answered.said["info"] == "ok")

    async def opened_times(self, times: int) -> None:
        """Wait until the board was told to open so often; it must not have been more often."""
        await eventually(lambda: self.truth("open_pulses") >= times)
        assert self.truth("open_pulses") == times

    def drives(self) -> None:
        """Let a car come and, when it can, drive through."""
        self.pretend.happen("gate/east", "car-arrives")

    def truth(self, name: str) -> Any:
        """Return what the pretend board knows about itself."""
        return self.pretend.inspect("gate/east")[name]

    async def shows(self, **properties: Any) -> None:
        """Wait until the gate's published properties are these."""
        for name, value in properties.items():
            await self.ear.property(GATE, name.replace("_", "-"), value)

    def shown(self, name: str) -> Any:
        """Return what the gate last published."""
        state = self.ear.last(State, GATE)
        assert state is not None
        return state.properties[name]

    async def events(self, of_type: str, how_many: int = 1) -> list[Event]:
        """Wait for so many different events of a type."""

        def found() -> list[Event]:
            events = {each.id: each for each in self.ear.all(Event, GATE) if each.type == of_type}
            return list(events.values()) if len(events) >= how_many else []

        return await eventually(found)

    async def passes(self, how_many: int = 1) -> list[dict[str, Any]]:
        """Wait for so many passes; there must not be more."""
        found = await self.events(passes.GATE_PASSED, how_many)
        assert len(found) == how_many
        return [each.data for each in found]
