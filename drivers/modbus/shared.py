"""One board or probe that several devices look at: it is read once for all of them."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from contract.clock import Clock
from contract.errors import DeviceError
from drivers.modbus.bus import Bus, shared_bus
from drivers.modbus.registers import Block, Command, Point, Registers, plan
from drivers.modbus.unit import Unit
from drivers.modbus.wire import Wire
from drivers.runtime.interface import Port

NEVER: Final = float("-inf")


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """What was read, and when the reading began, in seconds of a clock that never goes back."""

    at: float
    registers: Registers


class SharedUnit:
    """A Modbus unit with the points that all its users together want to know.

    Whoever looks gets what another one has just read, if it is fresh enough; the same holds for failures, so
    that a dead board costs one timeout and not one for each of its users.
    """

    def __init__(self, bus: Bus, unit: int, clock: Clock) -> None:
        self.bus = bus
        self.reads = 0
        self._unit = Unit(bus, unit, clock)
        self._clock = clock
        self._points: frozenset[Point] = frozenset()
        self._blocks: list[Block] = []
        self._turn = asyncio.Lock()
        self._last: Snapshot | None = None
        self._failed_at = NEVER
        self._failure: DeviceError | None = None

    def want(self, points: Iterable[Point]) -> None:
        """Read these points too, from the next look on."""
        wanted = self._points | frozenset(points)
        if wanted != self._points:
            self._points, self._blocks = wanted, plan(wanted)
            self._last = None

    async def look(self, *, since: float) -> Snapshot:
        """Return what was read at or after `since`, reading it if nobody has.

        DeviceUnreachable if nobody answers, DeviceError if the board refuses; so too if that is what another
        user has met since then.
        """
        async with self._turn:
            if self._last is not None and self._last.at >= since:
                return self._last
            if self._failure is not None and self._failed_at >= since:
                raise _again(self._failure)
            return await self._read()

    async def switch(self, command: Command, *, on: bool = True) -> bool:
        """Write once; False if the board did not confirm, DeviceUnreachable if nothing was sent."""
        return await self._unit.switch(command, on=on)

    async def _read(self) -> Snapshot:
        at = self._clock.monotonic()
        self.reads += 1
        try:
            registers = await self._unit.read(self._blocks)
        except DeviceError as failure:
            self._failed_at, self._failure = at, failure
            raise
        self._last, self._failure = Snapshot(at=at, registers=registers), None
        return self._last


def shared_unit(port: Port, wire: Wire) -> SharedUnit:
    """Return the unit at `wire` that all devices of this host share; its channel does not matter."""
    bus = shared_bus(port, wire.endpoint)
    key = f"{wire.endpoint.key}#{wire.unit}"
    return port.shared(key, lambda: SharedUnit(bus, wire.unit, port.clock))


def _again(failure: DeviceError) -> DeviceError:
    """Return an error of one's own: one that is raised twice drags the first traceback along."""
    return type(failure)(str(failure), code=failure.code)
