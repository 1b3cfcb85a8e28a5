"""Drives one face terminal: gives it its people, reports who came, opens by command."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from contract.errors import DeviceUnreachable, Refused
from contract.things import ThingModel
from drivers.face.model import FACESLUICE, HIKVISION
from drivers.face.options import FaceOptions
from drivers.face.unit import Unit
from drivers.runtime.interface import Driver, Port


class FaceDriver(Driver[FaceOptions]):
    """A door with a face terminal, which takes cards or codes, too."""

    kind: ClassVar[str] = "door"
    options_type: ClassVar[type[FaceOptions]] = FaceOptions
    urgent: ClassVar[Mapping[str, int]] = {"fire-release": 1}

    def __init__(self, options: FaceOptions) -> None:
        super().__init__(options)
        self.model = FACESLUICE if options.parsed_wire().is_mqtt else HIKVISION
        self._unit: Unit | None = None

    @classmethod
    def data_sheets(cls) -> Sequence[ThingModel]:
        """Return those of both wires."""
        return [FACESLUICE, HIKVISION]

    async def run(self, port: Port) -> None:
        """Serve the terminal until its wire dies."""
        if self._unit is None:
            self._unit = Unit(self.options, port)
        await self._unit.serve()

    def check(self, action: str, input: Mapping[str, Any]) -> None:
        """Refuse fire release where the door is not configured for it."""
        if action == "fire-release" and not self.options.fire_release:
            raise Refused("this door is not configured for fire release", code="not-configured")

    async def perform(self, action: str, input: Mapping[str, Any], port: Port) -> None:
        """Do it, and return when the terminal shows it."""
        self.check(action, input)
        if self._unit is None:
            raise DeviceUnreachable("the terminal was not asked yet")
        if action == "unlock":
            await self._unit.unlock()
        else:
            await self._unit.release_for_fire(active=input["active"])
