"""Plans linked actions with the raise of their alarm, and has them carried out at once, all in parallel.

What a person hid is decided here: maintenance (out of service) and folding under a cause hold linked actions
back. A shelf does too, except for critical alarms: it silences people's ears, not the sprinkler. What is
held back stands on the alarm's timeline like any other outcome.
"""

import asyncio
import logging
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, Protocol

from sqlalchemy import Connection

from contract.clock import Clock
from contract.messages import Problem
from contract.topics import Address
from hub.actions.asks import Asks
from hub.alarms.alarm import Alarm, Change, EntryKind
from hub.alarms.changes import Participant
from hub.alarms.definition import Definition, Link, Priority, by_key
from hub.alarms.lifecycle import Suppression
from hub.alarms.links.failed import KEY as FAILED_KEY
from hub.alarms.links.rows import LinkedAction, LinkedActions, Outcome, new_id
from hub.alarms.links.targets import Directory, Known, targets
from hub.alarms.links.worker import Timeline, Worker
from hub.alarms.signals import Raise, Signal
from hub.ledger.transactions import Transactions

logger = logging.getLogger(__name__)

RETRY_S: Final = 1.0
NO_TARGET: Final = "no-target"


class Desk(Timeline, Protocol):
    """What is needed of the alarm desk."""

    def standing(self) -> Mapping[str, Alarm]:
        """Return the open alarms by id."""
        ...

    async def take(self, signals: Sequence[Signal], upto: int | None) -> None:
        """Commit what is raised."""
        ...


class Linker(Participant):
    """Linked actions of one tenant's alarms; wants to hear of devices (`directory`) and of the link."""

    def __init__(
        self,
        ledger: Transactions,
        clock: Clock,
        tenant: str,
        definitions: tuple[Definition, ...],
        desk: Desk,
        actions: Asks,
        shadows: Known,
    ) -> None:
        self.directory = Directory(shadows, self._take_newcomers)
        self.worker = Worker(ledger, LinkedActions(tenant), desk, actions, shadows, clock, self._raise_failed)
        self._rows = LinkedActions(tenant)
        self._ledger = ledger
        self._clock = clock
        self._desk = desk
        self._definitions = by_key(definitions)
        self._running: dict[str, asyncio.Task[None]] = {}
        self._wake = asyncio.Event()
        self._newcomers = False

    def within(self, connection: Connection, change: Change) -> None:
        """Plan what a raise asks for; a repeat asks for nothing new."""
        if change.entry.kind is EntryKind.RAISED:
            for number, link in enumerate(self._links(change.after)):
                self._plan(connection, change.after, number, link)

    def committed(self, changes: Sequence[Change]) -> None:
        """Begin with what was planned."""
        if any(each.entry.kind is EntryKind.RAISED and self._links(each.after) for each in changes):
            self._wake.set()

    def set_link(self, *, online: bool) -> None:
        """Say that the link to the broker came or went."""
        self.worker.set_link(online=online)

    async def run(self) -> None:
        """Carry out what is planned, now and from before the start, until cancelled."""
        async with asyncio.TaskGroup() as group:
            while True:
                self._wake.clear()
                try:
                    await self._begin(group)
                except Exception:  # the ledger may be full or gone: nothing planned may be lost for that
                    logger.exception("linked actions cannot be read; trying again")
                    asyncio.get_running_loop().call_later(RETRY_S, self._wake.set)
                await self._wake.wait()

    async def _begin(self, group: asyncio.TaskGroup) -> None:
        if self._newcomers:
            self._newcomers = False
            await self._plan_for_newcomers()
        for row in await self._ledger.read(self._rows.unfinished):
            if row.id not in self._running:
                self._running[row.id] = group.create_task(self._carry_out(row.id))

    async def _carry_out(self, ident: str) -> None:
        try:
            await self.worker.carry_out(ident)
        except Exception:  # as above: it is still there, and is taken up again
            logger.exception("a linked action cannot be carried out just now")
            asyncio.get_running_loop().call_later(RETRY_S, self._wake.set)
        finally:
            del self._running[ident]

    def _links(self, alarm: Alarm) -> tuple[Link, ...]:
        """Return an alarm's links; the alarm of a failed link has none, or it could go round for ever."""
        definition = self._definitions.get(alarm.key)
        return definition.link if definition is not None and alarm.key != FAILED_KEY else ()

    def _plan(self, connection: Connection, alarm: Alarm, number: int, link: Link) -> None:
        withheld = withheld_by(alarm)
        addresses = targets(link, alarm, self.directory.current)
        for address in addresses:
            self._rows.plan(connection, self._planned(alarm, number, link, address, withheld))
        if not addresses:
            nobody = self._planned(alarm, number, link, alarm.address, withheld or NO_TARGET)
            self._rows.plan(connection, nobody)

    def _planned(
        self, alarm: Alarm, number: int, link: Link, address: Address, withheld: str | None
    ) -> LinkedAction:
        now_ms = self._clock.now_ms()
        return LinkedAction(
            id=new_id(),
            alarm=alarm.id,
            link=number,
            target=address,
            spec=link,
            planned_ms=now_ms,
            until_ms=now_ms + round(link.within_s * 1000),
            withheld=withheld,
        )

    def _take_newcomers(self) -> None:
        """Look whether a device that has just described itself is meant by a link of a young alarm.

        After a start, devices describe themselves while alarms are raised already.
        """
        if any(self._is_young(alarm) for alarm in self._desk.standing().values()):
            self._newcomers = True
            self._wake.set()

    def _is_young(self, alarm: Alarm) -> bool:
        longest_s = max((link.within_s for link in self._links(alarm)), default=0.0)
        return (
            alarm.active
            and withheld_by(alarm) is None
            and self._clock.now_ms() < alarm.last_ms + longest_s * 1000
        )

    async def _plan_for_newcomers(self) -> None:
        young = [alarm for alarm in self._desk.standing().values() if self._is_young(alarm)]

        def plan(connection: Connection) -> None:
            for alarm in young:
                for planned in self._missing(connection, alarm):
                    self._rows.plan(connection, planned)

        await self._ledger.write(plan)

    def _missing(self, connection: Connection, alarm: Alarm) -> Iterator[LinkedAction]:
        known = self._rows.targets_of(connection, alarm.id)
        for number, link in enumerate(self._links(alarm)):
            for address in targets(link, alarm, self.directory.current):
                if (number, address) not in known:
                    yield self._planned(alarm, number, link, address, None)

    async def _raise_failed(self, row: LinkedAction, outcome: Outcome, why: Problem | None) -> None:
        """Raise the alarm of a failed link: a case of its own, and the same one if this is done again."""
        definition = self._definitions.get(FAILED_KEY)
        if definition is None or not definition.enabled:
            logger.error("%s did not %s (%s)", row.target, row.spec.action, outcome)
            return
        data = {"alarm": row.alarm, "action": row.spec.action, "outcome": outcome}
        if why is not None:
            data |= {"code": why.code, "message": why.message}
        failed = Raise(
            definition=definition,
            address=row.target,
            area=self.directory.area(row.target),
            at_ms=self._clock.now_ms(),
            occurrence=row.id,
            data=data,
        )
        await self._desk.take([failed], None)


def withheld_by(alarm: Alarm) -> str | None:
    """Say what holds the linked actions of an alarm back, if anything does."""
    hidden = alarm.suppression
    if hidden is Suppression.NONE:
        return None
    if hidden is Suppression.SHELVED and alarm.priority is Priority.CRITICAL:
        return None
    return hidden.value
