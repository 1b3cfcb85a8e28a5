"""One DNY post: what it says, put into the words of its connectors, and answered.

A charge begins when the post says yes to our order: from then on it gives current, and there is no other
report of it. After a restart of ours, or a lost answer, the first power report (every 5 minutes) tells it.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final

from contract.clock import Clock
from drivers.charger.dny import words
from drivers.charger.dny.commands import CHARGE, Commands
from drivers.charger.dny.connector import DONE, DnyLink
from drivers.charger.dny.dangers import Dangers
from drivers.charger.dny.frames import Frame
from drivers.charger.dny.messages import (
    ACKNOWLEDGED,
    Alarm,
    Card,
    Heartbeat,
    Registration,
    time_told,
)
from drivers.charger.dny.orders import Answer
from drivers.charger.dny.reports import Power, Settlement
from drivers.charger.dny.transactions import settled_transaction, transaction
from drivers.charger.dny.units import order_number
from drivers.charger.link import Began, Ear, Ended, Reading, Status
from drivers.charger.tcp.attached import Attached
from drivers.charger.tcp.line import Line
from drivers.charger.tcp.listener import Job
from drivers.charger.words import ConnectorState

REGISTER: Final = 0x20

POLLED_S: Final = 60.0
"""A registration that comes so soon after we polled was asked for: the post has not started anew (§4.1)."""


class DnyPost(Attached):
    """A post by its id. `orphaned` says whether what was charged at unnamed ports is nobody's."""

    def __init__(self, name: str, clock: Clock, orphaned: Callable[[], bool]) -> None:
        super().__init__(name, clock)
        self.commands = Commands(self, clock)
        self.restarting = False
        """Whether the next registration is one after a restart that we asked for."""
        self._orphaned = orphaned
        self._dangers = Dangers(clock, self.ears)
        self._running: dict[int, tuple[str, datetime]] = {}
        self._meanings: dict[int, Callable[[Frame], Awaitable[None]]] = {
            0x02: self._card,
            0x03: self._settled,
            0x06: self._power,
            0x12: self._time,
            REGISTER: self._registered,
            0x21: self._beat,
            0x22: self._time,
            0x42: self._alarm,
            CHARGE: self._ordered,
        }

    def link(self, connector: int, line: Line) -> DnyLink:
        """Make what a connector asks through."""
        return DnyLink(self, line, connector - 1)

    def left(self, why: str) -> None:
        """Give up what was asked."""
        self.commands.lose(why)

    def due(self) -> list[Job]:
        """Return what is to be done because time has passed."""
        return self._dangers.due()

    async def take(self, frame: Frame, line: Line) -> None:
        """Take what the post says on a line of its own."""
        new = self.line is not line
        if frame.command == REGISTER:
            self._introduced(Registration.decode(frame.data), frame, line)
        elif new:
            self.attach(line, words.product(frame.kind))
        self.heard()
        meaning = self._meanings.get(frame.command)
        if meaning is not None:
            await meaning(frame)
        if new and frame.command != REGISTER:
            await self.commands.poll()

    def _introduced(self, registration: Registration, frame: Frame, line: Line) -> None:
        asked = self.clock.monotonic() - self.commands.polled_at < POLLED_S
        restarted = self.restarting or not asked
        product = words.product(frame.kind, registration.firmware)
        if restarted or self.line is not line or self.product != product:
            self.attach(line, product)
        if restarted:
            self.restarting = False
            self._dangers.restarted()

    async def _registered(self, frame: Frame) -> None:
        await self.commands.reply(frame, ACKNOWLEDGED)

    async def _time(self, frame: Frame) -> None:
        await self.commands.reply(frame, time_told(self.clock.now()))

    async def _card(self, frame: Frame) -> None:
        await self.commands.reply(frame, Card.decode(frame.data).refusal())

    async def _beat(self, frame: Frame) -> None:
        beat = Heartbeat.decode(frame.data)
        await self.commands.reply(frame, ACKNOWLEDGED)
        await self._dangers.powered(beat.voltage)
        for connector, ear in self.ears.items():
            if connector > len(beat.states):
                ear.malformed(f"there is no connector {connector}, the post has {len(beat.states)}")
                continue
            ear.status(words.status(beat.states[connector - 1]))
            await ear.metered(Reading(voltage=beat.voltage, temperature=beat.temperature))

    async def _ordered(self, frame: Frame) -> None:
        order, answer = self.commands.order_of(frame), Answer.decode(frame.data)
        if order is not None and order.start and answer.code == DONE:
            await self._begin(order.port, order.order, self.clock.now())

    async def _power(self, frame: Frame) -> None:
        report = Power.decode(frame.data)
        ear = self._ear(report.port)
        if ear is None or report.state not in words.CHARGING:
            return
        await self._begin(report.port, report.order, self.clock.now() - timedelta(seconds=report.seconds))
        full = report.state == words.FULL
        ear.status(
            Status(state=ConnectorState.SUSPENDED_EV if full else ConnectorState.CHARGING, plugged=True)
        )
        temperature = report.port_temperature
        await ear.metered(
            Reading(
                transaction=transaction(self.name, report.port, report.order),
                power=report.power,
                current=report.current,
                voltage=report.voltage,
                temperature=report.temperature if temperature is None else temperature,
                energy=report.energy,
            )
        )

    async def _begin(self, port: int, order: bytes, at: datetime) -> None:
        """Tell a charge that has a name; the one without a name is told when it is over."""
        ear, name = self._ear(port), transaction(self.name, port, order)
        if ear is None or name is None:
            return
        if port not in self._running or self._running[port][0] != name:
            self._running[port] = name, at
        if not ear.knows(name):
            await ear.began(Began(transaction=name, order=order_number(order) or "", at=at))

    async def _settled(self, frame: Frame) -> None:
        """Report the end of a charge, and say so to the post only when that is kept."""
        settlement = Settlement.decode(frame.data)
        ear = self._ear(settlement.port)
        if ear is not None:
            await ear.ended(self._end(settlement))
        elif not self._orphaned():
            return
        await self.commands.reply(frame, ACKNOWLEDGED)

    def _end(self, settlement: Settlement) -> Ended:
        """Say when, as the post does not: so many seconds after the charge began, or else now."""
        name, now = settled_transaction(self.name, settlement), self.clock.now()
        running, began_at = self._running.get(settlement.port, ("", now))
        at = min(now, began_at + timedelta(seconds=settlement.seconds)) if running == name else now
        return Ended(
            transaction=name,
            order=order_number(settlement.order),
            at=at,
            why=words.reason(settlement.why),
            energy=settlement.energy,
            seconds=settlement.seconds,
        )

    async def _alarm(self, frame: Frame) -> None:
        await self._dangers.alarmed(Alarm.decode(frame.data))

    def _ear(self, port: int) -> Ear | None:
        ear = self.ears.get(port + 1)
        if ear is None:
            self.malformed(f"no device is connector {port + 1}")
        return ear
