"""Escalation: who else is told, and how much graver an alarm becomes, while nobody acknowledges it.

The clock of an alarm starts when people can see it: at its raise, or when it is hidden no longer. A raise
while it runs does not start it anew: an alarm which comes and goes must not put off its own escalation.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from sqlalchemy import Connection

from contract.clock import Clock
from contract.errors import Refused
from hub.alarms.alarm import Alarm, Change, EntryKind
from hub.alarms.changes import Participant
from hub.alarms.definition import Definition, Escalation, Priority
from hub.ledger.transactions import Transactions
from hub.notify.deadlines import Deadline, Deadlines, Stand
from hub.notify.lane import LEDGER_PAUSE_S, sleep_s
from hub.notify.news import flutters, hidden, unacknowledged
from hub.notify.recipients import Recipients

logger = logging.getLogger(__name__)


class Overtaken(Refused):
    """Somebody acknowledged, or took the step, just before."""

    default_code = "overtaken"


class Graver(Protocol):
    """What escalation needs of the alarm desk."""

    async def get(self, ident: str) -> Alarm | None:
        """Return an alarm, open or not."""
        ...

    async def escalate(
        self,
        ident: str,
        priority: Priority | None,
        data: dict[str, Any],
        also: Callable[[Connection], None] | None = None,
    ) -> Alarm:
        """Say so in the timeline, make it graver if `priority` is, and do `also`, all in one transaction."""
        ...


class Escalator(Participant):
    """Takes the steps of definitions. `within` runs in the ledger's thread, all else on the event loop.

    A step's `tell` goes into the alarm's entry; the notifier tells it from there, in the same transaction.
    """

    def __init__(
        self,
        tenant: str,
        definitions: Mapping[str, Definition],
        recipients: Recipients,
        ledger: Transactions,
        clock: Clock,
        desk: Graver,
    ) -> None:
        self._definitions = definitions
        self._recipients = recipients
        self._ledger = ledger
        self._clock = clock
        self._desk = desk
        self._deadlines = Deadlines(tenant)
        self._woken = asyncio.Event()

    def within(self, connection: Connection, change: Change) -> None:
        """Start, pause or stop the clock of an alarm, in the change's own transaction."""
        before, after, entry = change.before, change.after, change.entry
        if not unacknowledged(after):
            if before is not None and unacknowledged(before):
                self._deadlines.stop(connection, after.id, entry.ts_ms)
        elif entry.kind is EntryKind.RAISED:
            self._start(connection, change)
        elif before is not None and hidden(before) != hidden(after):
            if hidden(after):
                self._deadlines.pause(connection, after.id)
            else:
                self._start_again(connection, after, entry.ts_ms)

    def committed(self, changes: Sequence[Change]) -> None:
        """Look again at what is due next."""
        if changes:
            self._woken.set()

    async def run(self) -> None:
        """Take each step when it is due, until cancelled; those due while the hub was down at once."""
        while True:
            self._woken.clear()
            try:
                pause_s = await self.turn()
            except Exception:
                logger.exception("escalation stumbled")
                pause_s = LEDGER_PAUSE_S
            try:
                async with asyncio.timeout(pause_s):
                    await self._woken.wait()
            except TimeoutError:
                continue

    async def turn(self) -> float | None:
        """Take every step that is due; return in how many seconds there is more, None if not known."""
        while (deadline := await self._ledger.read(self._deadlines.next)) is not None:
            now_ms = self._clock.now_ms()
            if deadline.due_ms > now_ms:
                return sleep_s([deadline.due_ms], now_ms)
            await self._take(deadline)
        return None

    async def _take(self, deadline: Deadline) -> None:
        alarm = await self._desk.get(deadline.alarm)
        step = self._step(alarm, deadline)
        now_ms = self._clock.now_ms()
        if alarm is None or step is None:
            await self._ledger.write(lambda held: self._deadlines.end(held, deadline, now_ms, Stand.STOPPED))
            return
        unmanned = self._recipients.unmanned(step.tell)
        data = {"step": deadline.step + 1, "after_s": step.after_s, "tell": list(step.tell)}
        data |= {"unmanned": unmanned} if unmanned else {}

        def also(connection: Connection) -> None:
            if not self._deadlines.end(connection, deadline, now_ms):
                raise Overtaken("somebody acknowledged meanwhile")
            if unmanned:
                self._hurry(connection, deadline, now_ms)

        try:
            await self._desk.escalate(alarm.id, step.raise_to, data, also)
        except Overtaken:
            logger.info("alarm %s was acknowledged as it was about to escalate", alarm.id)

    def _step(self, alarm: Alarm | None, deadline: Deadline) -> Escalation | None:
        """Return the step as it is defined now; None if the site file has no such step any more."""
        definition = self._definitions.get(alarm.key) if alarm else None
        if definition is None or deadline.step >= len(definition.escalate):
            return None
        return definition.escalate[deadline.step]

    def _start(self, connection: Connection, change: Change) -> None:
        alarm, entry = change.after, change.entry
        definition = self._definitions.get(alarm.key)
        if definition is None or flutters(change.before, alarm, definition):
            return
        if self._deadlines.pending(connection, alarm.id):
            return
        stand = Stand.PAUSED if hidden(alarm) else Stand.WAITING
        due_ms = self._due_ms(definition, entry.ts_ms)
        self._deadlines.plan(connection, alarm.id, entry.n, due_ms, stand)

    def _start_again(self, connection: Connection, alarm: Alarm, now_ms: int) -> None:
        definition = self._definitions.get(alarm.key)
        due_ms = self._due_ms(definition, now_ms) if definition else []
        for deadline in self._deadlines.pending(connection, alarm.id):
            due = due_ms[deadline.step] if deadline.step < len(due_ms) else now_ms
            self._deadlines.expect(connection, deadline, due)

    def _due_ms(self, definition: Definition, now_ms: int) -> list[int]:
        """When each step is due; the first at once where a post that should have been told is empty."""
        due_ms = [now_ms + round(step.after_s * 1000) for step in definition.escalate]
        if due_ms and self._recipients.unmanned(definition.tell):
            due_ms[0] = now_ms
        return due_ms

    def _hurry(self, connection: Connection, deadline: Deadline, now_ms: int) -> None:
        """Take the next step at once: nobody is where this one looked for somebody."""
        later = [
            each for each in self._deadlines.pending(connection, deadline.alarm) if each.step > deadline.step
        ]
        if later:
            self._deadlines.expect(connection, min(later, key=lambda each: each.step), now_ms)
