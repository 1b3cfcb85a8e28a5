"""One board on its line: looks at it and writes to it, in the words of its profile."""

import asyncio
import contextlib
import logging
from typing import Final

from contract.clock import Clock
from contract.errors import DeviceError
from drivers.gate.board import Readings, Registers, read
from drivers.gate.bus import Bus, Unconfirmed
from drivers.gate.faults import Fault
from drivers.gate.profile import Command, Profile, Table, plan
from drivers.gate.watch import Look
from drivers.runtime.waiting import pause

log = logging.getLogger(__name__)

END_PULSE_ATTEMPTS: Final = 5
END_PULSE_PAUSE_S: Final = 0.2


class Station:
    """The board with number `unit` on `bus`."""

    def __init__(self, bus: Bus, unit: int, profile: Profile, clock: Clock) -> None:
        self._bus = bus
        self._unit = unit
        self._profile = profile
        self._blocks = plan(profile)
        self._clock = clock

    async def look(self) -> Look:
        """Read everything; DeviceUnreachable if nobody answers.

        A fault may end between the reads of its bit and its number: one without a number is looked at again.
        """
        look = await self._look_once()
        return await self._look_once() if look.readings.fault is Fault.UNSPECIFIED else look

    async def _look_once(self) -> Look:
        at = self._clock.monotonic()
        registers: dict[tuple[Table, int], int] = {}
        for block in self._blocks:
            values = await self._bus.read(self._unit, block)
            for offset, value in enumerate(values):
                registers[block.table, block.address + offset] = int(value)
        return Look(at=at, readings=self._meaning(registers))

    async def switch(self, command: Command, *, on: bool = True) -> bool:
        """Write once, and the end of the pulse where the board wants it written.

        False if the board did not confirm. DeviceUnreachable if it cannot have got anything.
        """
        writing = asyncio.ensure_future(self._switch(command, on))
        writing.add_done_callback(lambda done: done.cancelled() or done.exception())
        return await asyncio.shield(writing)  # a pulse once begun must end

    async def _switch(self, command: Command, on: bool) -> bool:
        confirmed = True
        try:
            await self._bus.write(self._unit, command, command.on if on else command.off)
        except Unconfirmed:
            confirmed = False
        if on and command.pulse_s:
            await pause(self._clock, command.pulse_s)
            await self._end_pulse(command)
        return confirmed

    async def _end_pulse(self, command: Command) -> None:
        """Write the end of a pulse, until it is confirmed: it is no command, and may be repeated."""
        for _ in range(END_PULSE_ATTEMPTS):
            with contextlib.suppress(DeviceError):  # silent, or busy
                await self._bus.write(self._unit, command, command.off)
                return
            await pause(self._clock, END_PULSE_PAUSE_S)
        log.error("the pulse at %s %d may not have ended", command.table, command.address)

    def _meaning(self, registers: Registers) -> Readings:
        return read(self._profile, registers)
