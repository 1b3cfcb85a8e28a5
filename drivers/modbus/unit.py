"""One board on its line: reads blocks of it, and writes each command once."""

import asyncio
import contextlib
import logging
from collections.abc import Iterable
from typing import Final

from contract.clock import Clock
from contract.errors import DeviceError
from drivers.modbus.bus import Bus, Unconfirmed
from drivers.modbus.registers import Block, Command, Point, Registers
from drivers.runtime.waiting import pause

log = logging.getLogger(__name__)

END_PULSE_ATTEMPTS: Final = 5
END_PULSE_PAUSE_S: Final = 0.2


class Unit:
    """The board with number `unit` on `bus`."""

    def __init__(self, bus: Bus, unit: int, clock: Clock) -> None:
        self._bus = bus
        self._unit = unit
        self._clock = clock

    async def read(self, blocks: Iterable[Block]) -> Registers:
        """Read all `blocks`; DeviceUnreachable if nobody answers, DeviceError if the board refuses."""
        registers: dict[Point, int] = {}
        for block in blocks:
            values = await self._bus.read(self._unit, block)
            for offset, value in enumerate(values):
                registers[block.table, block.address + offset] = int(value)
        return registers

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
