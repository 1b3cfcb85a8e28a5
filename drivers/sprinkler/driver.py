"""Drives one sprinkler zone: looks at valve and probes, reports what happens, and waters when it may."""

import asyncio
import contextlib
import logging
from collections.abc import Iterable, Mapping
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any, ClassVar, Final

from contract.clock import epoch_ms
from contract.errors import DeviceError, DeviceUnreachable, Refused
from contract.first_to_end import first_to_end
from drivers.modbus.shared import SharedUnit, shared_unit
from drivers.runtime.database import StorageError
from drivers.runtime.interface import Driver, Happening, Port
from drivers.runtime.waiting import changed, pause, within
from drivers.sprinkler import outcomes, words
from drivers.sprinkler.feeling import SHARE, Probes, ProbeUnit
from drivers.sprinkler.interlocks import forbidden
from drivers.sprinkler.memory import Begun, Memory
from drivers.sprinkler.model import SPRINKLER
from drivers.sprinkler.options import SprinklerOptions
from drivers.sprinkler.outcomes import Judge
from drivers.sprinkler.planner import Wish
from drivers.sprinkler.readings import read_board
from drivers.sprinkler.run import FIRE_LONGEST_S, Run
from drivers.sprinkler.shown import measurements, properties
from drivers.sprinkler.valve import BoardValve
from drivers.sprinkler.words import Cause, Mode
from drivers.sprinkler.zone import Order, Zone

log = logging.getLogger(__name__)

POLL_MOVING_S: Final = 0.25
"""How often the board is looked at while a valve moves."""

GRACE_S: Final = 8 * POLL_MOVING_S
"""A busy line shows later that a valve is stuck; whoever shuts it is told that, not only of a timeout."""

LEAVE_S: Final = 3.0
"""What the last word to a valve may take when the driver ends."""


class SprinklerDriver(Driver[SprinklerOptions]):
    """A zone: one valve of a board, and the probes beside it."""

    kind: ClassVar[str] = "sprinkler"
    model = SPRINKLER
    options_type: ClassVar[type[SprinklerOptions]] = SprinklerOptions
    urgent: ClassVar[Mapping[str, int]] = {"stop": 1, "fire-release": 2}

    def __init__(self, options: SprinklerOptions) -> None:
        super().__init__(options)
        self._board = options.loaded_board()
        self._wire = options.parsed_wire()
        self._points = list(self._board.points(options.channel))
        self._zone = Zone(options)
        self._recalled = False
        self._looked = asyncio.Event()
        self._hurry = asyncio.Event()
        self._fresh_since = self._measure_at = float("-inf")
        self._refusal: str | None = None

    async def run(self, port: Port) -> None:
        """Look after the zone for ever; DeviceError when the board no longer answers."""
        if not self._recalled:
            self._recalled, self._memory = True, Memory(port, self._zone)
        if self._memory.unsaid is not None:
            await self._say(port, self._memory.unsaid)
        board = shared_unit(port, self._wire)
        board.want(self._points)
        valve = BoardValve(board, self._board, self.options.channel)
        probes = Probes(
            (
                ProbeUnit(unit=shared_unit(port, at.wire), probe=at.probe)
                for at in self.options.loaded_probes()
            ),
            self.options.poll_probes_s,
            port.clock,
        )
        try:
            async with AsyncExitStack() as lines:
                for unit in (board, *probes.units):
                    await lines.enter_async_context(unit.bus.joined())
                try:
                    await first_to_end(self._serve(port, board, valve), self._feel(port, probes))
                except asyncio.CancelledError:
                    await self._leave(port, valve)
                    raise
        except DeviceError:
            self._zone.lost()
            self._show(port)
            raise
        finally:
            self._zone.lost()
            self._looked.set()

    def check(self, action: str, input: Mapping[str, Any]) -> None:
        """Refuse what an interlock forbids."""
        if action in ("run", "stop") and self._fights_fire():
            raise Refused("the zone waters because of a fire", code="fire")
        if action == "run" and input["minutes"] > self.options.longest_run_minutes:
            longest = self.options.longest_run_minutes
            raise Refused(f"this zone waters for {longest:g} minutes at most", code="too-long")

    async def perform(self, action: str, input: Mapping[str, Any], port: Port) -> None:
        """Do it; return when the valve is seen there, and water flows or has stopped."""
        self.check(action, input)
        if action == "run":
            await self._water(port, Wish(cause=Cause.MANUAL, seconds=input["minutes"] * 60))
        elif action == "stop":
            await self._shut(port)
        elif action == "set-mode":
            await port.remember("mode", input["mode"])
            self._zone.mode = Mode(input["mode"])
        elif action == "hold-off":
            until = port.clock.now() + timedelta(hours=input["hours"])
            await port.remember("held-off-until", epoch_ms(until))
            self._zone.held_off_until = until
        elif action == "reset":
            self._zone.watch.reset()
        elif input["active"]:
            await self._water(port, Wish(cause=Cause.FIRE, seconds=FIRE_LONGEST_S))
        elif self._fights_fire():
            self._zone.end(words.FINISHED, Cause.FIRE)
            await self._shut(port)
        self._hasten(port)

    async def _water(self, port: Port, wish: Wish) -> None:
        """Begin a watering; the loop opens the valve, once, and this waits for water."""
        now, wall = port.clock.monotonic(), port.clock.now()
        rule = forbidden(wish.cause, self._zone.situation(now, wall))
        if rule is not None:
            raise Refused(rule.message, code=rule.lock.value)
        happenings = self._zone.begin(wish, now)
        run = self._zone.run
        assert run is not None  # noqa: S101 - just begun
        await self._report(port, happenings)
        limit_s = self.options.move_timeout_s + (self.options.dry_after_s if self._board.meter else 0)
        metered = self._board.meter is not None
        await self._outcome(port, lambda: outcomes.waters(run, self._zone.watch, metered=metered), limit_s)

    async def _shut(self, port: Port) -> None:
        """Have the valve closed; this waits until it is."""
        self._zone.shut()
        limit_s = self.options.move_timeout_s + GRACE_S
        zone = self._zone
        await self._outcome(port, lambda: zone.shut_was_told and outcomes.is_shut(zone.watch), limit_s)

    async def _outcome(self, port: Port, judge: Judge, limit_s: float) -> None:
        """Return when `judge` sees success; DeviceError when it sees failure, or nothing for too long."""
        until = port.clock.monotonic() + limit_s
        self._hasten(port)
        while (remaining := until - port.clock.monotonic()) > 0:
            if judge():
                return
            self._looked.clear()
            await changed(port.clock, self._looked, remaining)
        if not judge():
            raise outcomes.no_outcome(self._zone.watch, limit_s)

    async def _serve(self, port: Port, board: SharedUnit, valve: BoardValve) -> None:
        await self._look(port, board)
        port.ready()
        while True:
            await self._obey(port, valve)
            await changed(port.clock, self._hurry, self._period())
            self._hurry.clear()
            await self._look(port, board)

    async def _look(self, port: Port, board: SharedUnit) -> None:
        since = max(self._fresh_since, port.clock.monotonic() - SHARE * self._period())
        snapshot = await board.look(since=since)
        readings = read_board(self._board, self.options.channel, snapshot.registers)
        happenings = self._zone.look(readings, snapshot.at, port.clock.now())
        self._looked.set()
        self._show(port)
        await self._report(port, happenings)

    async def _obey(self, port: Port, valve: BoardValve) -> None:
        """Tell the valve what it must be told. Opening is tried once; closing as long as it stays open."""
        await self._memory.keep()
        now = port.clock.monotonic()
        order, run = self._zone.order(now), self._zone.run
        if order is None:
            if self._zone.watch.obeys:
                self._refusal = None
            return
        self._zone.sent(order, now)
        try:
            await self._tell(order, run, valve, now)
        except DeviceUnreachable:
            raise
        except DeviceError as refused:
            refusal = f"to {order.value}: {refused}"
            if refusal != self._refusal:
                log.warning("%s: the valve is not told %s", port.name, refusal)
            self._refusal = refusal
            if run is not None and order is Order.OPEN:
                run.failure, run.ending = refused, words.REFUSED
        self._hasten(port)

    @staticmethod
    async def _tell(order: Order, run: Run | None, valve: BoardValve, now: float) -> None:
        if order is Order.CLOSE or run is None:
            await valve.close()
            return
        seconds = run.remaining_s(now)
        run.rearm_at = now + valve.rearm_after(seconds)
        if order is Order.OPEN:
            await valve.open(seconds)
        else:
            await valve.arm(seconds)

    async def _feel(self, port: Port, probes: Probes) -> None:
        while True:
            await self._report(port, self._zone.feel(await probes.feel()))
            if self._zone.watch.readings is not None:
                self._show(port)
            await pause(port.clock, self.options.poll_probes_s)

    async def _leave(self, port: Port, valve: BoardValve) -> None:
        """Close a valve that would stay open without us; a board with a timer closes it in time."""
        readings = self._zone.watch.readings
        if valve.closes_by_itself or readings is None or not readings.valve_open:
            return
        with contextlib.suppress(DeviceError, TimeoutError):
            await within(port.clock, LEAVE_S, valve.close())

    async def _report(self, port: Port, happenings: Iterable[Happening]) -> None:
        for happening in happenings:
            await self._say(port, await self._memory.begin(happening))
            self._measure_at = float("-inf")
        now = port.clock.monotonic()
        if now >= self._measure_at and self._zone.watch.readings is not None:
            self._measure_at = now + self.options.telemetry_s
            port.measure(measurements(self._zone))
            await self._memory.keep_litres()

    async def _say(self, port: Port, begun: Begun) -> None:
        ident, (kind, data) = begun
        with contextlib.suppress(StorageError):  # counted and logged; the zone must go on
            await port.emit(kind, data, id=ident)
        await self._memory.said()

    def _show(self, port: Port) -> None:
        port.update(properties(self._zone, port.clock.monotonic(), port.clock.now()))

    def _fights_fire(self) -> bool:
        run = self._zone.run
        return run is not None and run.cause is Cause.FIRE and run.ending is None

    def _hasten(self, port: Port) -> None:
        """Look again at once, and at nothing older."""
        self._fresh_since = port.clock.monotonic()
        self._hurry.set()

    def _period(self) -> float:
        run = self._zone.run
        moves = (run is not None and (not run.opened or run.ending)) or not self._zone.watch.obeys
        return min(POLL_MOVING_S, self.options.poll_s) if moves else self.options.poll_s
