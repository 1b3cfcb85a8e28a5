"""One barrier board: looks at it and writes to it, in the words of its profile."""

from contract.clock import Clock
from drivers.gate.board import read
from drivers.gate.faults import Fault
from drivers.gate.profile import Profile
from drivers.gate.watch import Look
from drivers.modbus.bus import Bus
from drivers.modbus.registers import Command, plan
from drivers.modbus.unit import Unit


class Station:
    """The board with number `unit` on `bus`."""

    def __init__(self, bus: Bus, unit: int, profile: Profile, clock: Clock) -> None:
        self._unit = Unit(bus, unit, clock)
        self._profile = profile
        self._blocks = plan(profile.points())
        self._clock = clock

    async def look(self) -> Look:
        """Read everything; DeviceUnreachable if nobody answers.

        A fault may end between the reads of its bit and its number: one without a number is looked at again.
        """
        look = await self._look_once()
        return await self._look_once() if look.readings.fault is Fault.UNSPECIFIED else look

    async def switch(self, command: Command, *, on: bool = True) -> bool:
        """Write once; False if the board did not confirm, DeviceUnreachable if nothing was sent."""
        return await self._unit.switch(command, on=on)

    async def _look_once(self) -> Look:
        at = self._clock.monotonic()
        return Look(at=at, readings=read(self._profile, await self._unit.read(self._blocks)))
