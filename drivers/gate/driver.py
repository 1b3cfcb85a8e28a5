"""Drives one barrier gate: looks at the board, reports what happens, and moves the boom when it may."""

import asyncio
import contextlib
import logging
from collections.abc import Mapping, Sequence
from contextlib import aclosing
from typing import Any, ClassVar, Final

from contract.errors import DeviceError, DeviceUnreachable, Refused
from contract.messages import Scalar
from contract.things import ThingModel
from drivers.gate import outcomes
from drivers.gate.board import Readings
from drivers.gate.boom import Boom
from drivers.gate.interlocks import Command, Situation, forbidden
from drivers.gate.model import GATE, GATE_WITH_PLATES
from drivers.gate.options import GateOptions
from drivers.gate.outcomes import Course, Judge
from drivers.gate.profile import Command as Output
from drivers.gate.shown import properties
from drivers.gate.state import MOVING, GateState, Told
from drivers.gate.station import Station
from drivers.gate.vehicles import Vehicles
from drivers.gate.watch import Look, Watch
from drivers.modbus.bus import shared_bus
from drivers.plates.telling import Report
from drivers.plates.writing import Writing
from drivers.runtime.interface import Driver, Port
from drivers.runtime.waiting import changed

log = logging.getLogger(__name__)

STOP_S: Final = 3.0
"""A boom that is told to stop is at rest by then."""

INSIST_S: Final = 2.0
"""How often a boom that fire holds up, or that closes on somebody, is told so again."""

SETTLE_S: Final = 0.5
"""A command shows in the position by then."""


class GateDriver(Driver[GateOptions]):
    """A barrier gate on a relay board."""

    kind: ClassVar[str] = "gate"
    model = GATE
    options_type: ClassVar[type[GateOptions]] = GateOptions
    urgent: ClassVar[Mapping[str, int]] = {"stop": 1, "fire-release": 2}

    def __init__(self, options: GateOptions) -> None:
        super().__init__(options)
        if options.plates is not None:
            self.model = GATE_WITH_PLATES
        self._vehicles = Vehicles(options.plates)
        self._wire = options.parsed_wire()
        self._profile = options.loaded_profile()
        self._watch = Watch()
        self._fire = False
        self._looking = asyncio.Lock()
        self._looked = asyncio.Event()
        self._hurry = asyncio.Event()
        self._fast_until = self._insist_at = self._measure_at = float("-inf")
        self._cycles: int | None = None
        self._refusal: str | None = None

    @classmethod
    def data_sheets(cls) -> Sequence[ThingModel]:
        """Return that of a bare gate, and that of one with a plate camera."""
        return [GATE, GATE_WITH_PLATES]

    async def run(self, port: Port) -> None:
        """Look at the board for ever; DeviceError when it no longer answers, or not what is asked."""
        self._vehicles.begin(
            port,
            require=lambda: self._require(Command.OPEN),
            open=lambda: self._let_in(port),
            show=lambda: port.update(self._properties(port)),
        )
        bus = shared_bus(port, self._wire.endpoint)
        self._station = Station(bus, self._wire.unit, self._profile, port.clock)
        self._boom = Boom(self._station, self._watch, self._profile.commands, port.clock)
        self._fire = port.recall("fire") is True
        self._writing = Writing(port)
        try:
            async with bus.joined(), aclosing(self._writing.start()):
                await self._look(port)
                port.ready()
                while True:
                    await self._keep_safe(port)
                    await changed(port.clock, self._hurry, self._period(port))
                    self._hurry.clear()
                    await self._look(port)
        except DeviceError:
            self._watch.lost()
            self._vehicles.lost()
            port.update(self._properties(port))
            raise
        finally:
            self._watch.lost()
            self._vehicles.lost()
            self._looked.set()

    def check(self, action: str, input: Mapping[str, Any]) -> None:
        """Refuse what an interlock forbids."""
        command = _COMMANDS.get((action, input.get("hold")))
        if command is not None:
            self._require(command)

    async def perform(self, action: str, input: Mapping[str, Any], port: Port) -> None:
        """Do it, and return when the limit switches show it."""
        self.check(action, input)
        commands = self._profile.commands
        if action == "open":
            await self._move(port, Told.OPEN, commands.open, outcomes.opened)
        elif action == "close":
            await self._look(port)  # as fresh as can be
            self._require(Command.CLOSE)
            await self._move(port, Told.CLOSE, commands.close, outcomes.closed)
        elif action == "stop":
            await self._move(port, Told.STOP, commands.stop, outcomes.stopped, STOP_S)
        elif action == "hold-open":
            await self._hold(port, input["hold"])
        else:
            await self._release_for_fire(port, input["active"])

    async def _hold(self, port: Port, hold: bool) -> None:
        if self._profile.commands.hold_open is None:
            raise Refused("this board cannot hold the boom open", code="not-supported")
        before, was_held = self._seen(), port.recall("hold")
        await port.remember("hold", hold)
        try:
            confirmed = await self._boom.hold(hold)
        except DeviceError:
            await port.remember("hold", was_held)
            raise
        judge = outcomes.held if hold else outcomes.released
        await self._outcome(port, before, judge, self.options.move_timeout_s, confirmed)

    async def _release_for_fire(self, port: Port, active: bool) -> None:
        """Raise the boom and keep it up, or let it go again; the flag outlives this process."""
        before = self._seen()
        self._fire = active
        if active:
            self._insist_at = port.clock.monotonic() + INSIST_S
            try:
                confirmed = await self._boom.raise_and_hold()
            finally:  # after the boom moves: a full disk must not keep it down
                await port.remember("fire", True)
            await self._outcome(port, before, outcomes.opened, self.options.move_timeout_s, confirmed)
            return
        await port.remember("fire", False)
        if self._profile.commands.hold_open is not None:
            hold = port.recall("hold") is True
            confirmed = await self._boom.hold(hold)
            judge = outcomes.held if hold else outcomes.released
            await self._outcome(port, before, judge, self.options.move_timeout_s, confirmed)

    async def _move(
        self, port: Port, told: Told, output: Output, judge: Judge, timeout_s: float | None = None
    ) -> None:
        before = self._seen()
        confirmed = await self._boom.tell(told, output)
        if told is Told.OPEN:
            self._vehicles.commanded()
        await self._outcome(port, before, judge, timeout_s or self.options.move_timeout_s, confirmed)

    async def _let_in(self, port: Port) -> None:
        """Open for a vehicle that may pass, once; what comes of it is seen, and nobody waits for it."""
        self._require(Command.OPEN)
        self._fast_until = port.clock.monotonic() + self.options.move_timeout_s
        try:
            await self._boom.tell(Told.OPEN, self._profile.commands.open)
        finally:
            self._hurry.set()

    async def _outcome(
        self, port: Port, before: Look, judge: Judge, timeout_s: float, confirmed: bool
    ) -> None:
        """Return when `judge` sees success; DeviceError when it sees failure, or nothing for too long."""
        sent = port.clock.monotonic()
        was_closing = False
        self._fast_until = sent + timeout_s
        self._hurry.set()
        course = Course(before=before.readings, now=before.readings, state=self._watch.state, at_rest=False)
        while (remaining := sent + timeout_s - port.clock.monotonic()) > 0:
            self._looked.clear()
            if not await changed(port.clock, self._looked, remaining):
                break
            look = self._watch.last
            if look is None:
                raise DeviceError("the board was lost after the command was sent", code="outcome-unknown")
            if look.at < sent:
                continue
            state = self._watch.state
            was_closing = was_closing or state is GateState.CLOSING
            course = Course(
                before=before.readings,
                now=look.readings,
                state=state,
                at_rest=look.at - sent > SETTLE_S and self._watch.at_rest(look.at),
                was_closing=was_closing,
            )
            if judge(course):
                self._fast_until = look.at
                return
        raise outcomes.no_outcome(course, timeout_s, confirmed=confirmed)

    async def _keep_safe(self, port: Port) -> None:
        """Do what must be done without being asked; a board that refuses it is watched all the same."""
        readings, now = self._watch.readings, port.clock.monotonic()
        if readings is None or now < self._insist_at:
            return
        refusal = None
        try:
            await self._react(port, readings, now)
        except DeviceUnreachable:
            raise
        except DeviceError as refused:
            refusal = str(refused)
        if refusal not in (None, self._refusal):
            log.warning("%s: the boom is not kept safe: %s", port.name, refusal)
        self._refusal = refusal

    async def _react(self, port: Port, readings: Readings, now: float) -> None:
        """Have fire keep the boom up, and nobody closed upon."""
        if self._fire:
            up = readings.up_limit or self._watch.state is GateState.OPENING
            if up and readings.hold_open is not False:
                return
            self._insist_at = now + INSIST_S
            await self._boom.raise_and_hold()
        elif self._watch.closes_on_something():
            self._insist_at = now + INSIST_S
            with contextlib.suppress(DeviceError):  # a board that cannot stop may turn round all the same
                await self._boom.stop_unasked()
            await self._boom.open_unasked()

    async def _look(self, port: Port) -> None:
        async with self._looking:
            look = await self._station.look()
            happenings = self._watch.look(look.readings, look.at)
            self._looked.set()
            self._vehicles.look(self._watch, happenings, fire=self._fire, held=self._held(port))
            port.update(self._properties(port))
            for happening in happenings:  # the boom must not wait for the disk
                self._writing.report(Report(happening.type, happening.data, port.clock.now()))
            self._measure(port, look)

    def _measure(self, port: Port, look: Look) -> None:
        if look.at < self._measure_at and look.readings.cycles == self._cycles:
            return
        self._measure_at = look.at + self.options.telemetry_s
        self._cycles = look.readings.cycles
        values = {"cycles": look.readings.cycles, "position": look.readings.position}
        port.measure({name: value for name, value in values.items() if value is not None})

    def _properties(self, port: Port) -> dict[str, Scalar]:
        held = self._held(port)
        board = properties(self._watch.readings, self._watch.state, held=held, fire=self._fire)
        return {**board, **self._vehicles.properties()}

    def _held(self, port: Port) -> bool:
        readings = self._watch.readings
        shown = readings.hold_open if readings else None
        return (port.recall("hold") if shown is None else shown) is True

    def _require(self, command: Command) -> None:
        rule = forbidden(command, Situation(readings=self._watch.readings, fire=self._fire))
        if rule is not None:
            raise Refused(rule.message, code=rule.code)

    def _seen(self) -> Look:
        if self._watch.last is None:
            raise DeviceUnreachable("the board does not answer")
        return self._watch.last

    def _period(self, port: Port) -> float:
        moving = self._watch.state in MOVING or port.clock.monotonic() < self._fast_until
        return self.options.poll_moving_s if moving else self.options.poll_s


_COMMANDS: Final[Mapping[tuple[str, bool | None], Command]] = {
    ("open", None): Command.OPEN,
    ("close", None): Command.CLOSE,
    ("stop", None): Command.STOP,
    ("hold-open", True): Command.HOLD,
    ("hold-open", False): Command.RELEASE,
}
