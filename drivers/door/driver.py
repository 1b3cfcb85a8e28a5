"""Drives one door: lets in who may, by itself, and reports what happens at it."""

from collections.abc import Mapping
from typing import Any, ClassVar

from contract.errors import DeviceUnreachable, Refused
from drivers.door.door import Door
from drivers.door.model import DOOR
from drivers.door.options import DoorOptions
from drivers.runtime.interface import Driver, Port


class DoorDriver(Driver[DoorOptions]):
    """A door with an OSDP reader."""

    kind: ClassVar[str] = "door"
    model = DOOR
    options_type: ClassVar[type[DoorOptions]] = DoorOptions
    urgent: ClassVar[Mapping[str, int]] = {"fire-release": 1}

    def __init__(self, options: DoorOptions) -> None:
        super().__init__(options)
        self._door: Door | None = None

    async def run(self, port: Port) -> None:
        """Serve the reader until its line or its secure channel is lost; DeviceError says why."""
        if self._door is None:
            self._door = Door(self.options, port)
        await self._door.serve()

    def check(self, action: str, input: Mapping[str, Any]) -> None:
        """Refuse what fire forbids, and fire release where the door is not configured for it."""
        if action == "fire-release" and not self.options.fire_release:
            raise Refused("this door is not configured for fire release", code="not-configured")
        locks = action == "lock" or (action == "hold-unlocked" and not input["hold"])
        if locks and self._door is not None and self._door.lock.burns:
            raise Refused("fire release keeps the door unlocked", code="fire")

    async def perform(self, action: str, input: Mapping[str, Any], port: Port) -> None:
        """Do it, and return when the strike's output shows it."""
        self.check(action, input)
        if self._door is None or not self._door.member.secure:
            raise DeviceUnreachable("the reader does not answer")
        lock = self._door.lock
        if action == "unlock":
            await lock.unlock()
        elif action == "fire-release":
            await lock.release_for_fire(active=input["active"])
        else:
            await lock.hold(hold=action == "hold-unlocked" and bool(input["hold"]))
