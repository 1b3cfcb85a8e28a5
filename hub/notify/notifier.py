"""Tells contacts of alarms: planned with the alarm's own change, told by one lane per contact."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import Final

import msgspec
from msgspec import Struct
from sqlalchemy import Connection

from contract.clock import Clock
from contract.errors import ConfigurationError, InvalidMessage
from hub.alarms.alarm import Change
from hub.alarms.changes import Participant
from hub.alarms.definition import Definition, Priority, Words, by_key
from hub.ledger.transactions import Transactions
from hub.notify.address import AddressOf, fault_of, read_address
from hub.notify.contact import Contact
from hub.notify.courier import LIMIT_S, Courier, Outcome, Sender, Unloaded
from hub.notify.lane import Lane
from hub.notify.letter import SiteWords, Writer
from hub.notify.means import Counts, Means, Timeline
from hub.notify.news import NewsKind
from hub.notify.outbox import Notification, Outbox, Stage
from hub.notify.planner import Planner
from hub.notify.reach import FAILING_AFTER_S, Reach
from hub.notify.recipients import AlwaysManned, Duty, Recipients

logger = logging.getLogger(__name__)

LOOK_INTERVAL_S: Final = 30.0
"""How often addresses are looked at, and who has failed for long."""


class NotifySettings(Struct, frozen=True, kw_only=True):
    """What is told to whom, as the site file says. `asked`: news that is told only where asked for."""

    tenant: str
    definitions: tuple[Definition, ...]
    contacts: tuple[Contact, ...]
    words: SiteWords
    asked: frozenset[NewsKind] = frozenset()
    limit_s: float = LIMIT_S
    failing_after_s: float = FAILING_AFTER_S


class Notifier(Participant):
    """Everybody who is told. `within` runs in the ledger's thread, all else on the hub's event loop.

    `reach.on_change` is called with the names of all contacts that fail, whenever these are others.
    """

    def __init__(
        self,
        settings: NotifySettings,
        ledger: Transactions,
        clock: Clock,
        desk: Timeline,
        *,
        duty: Duty | None = None,
        sender: Sender | None = None,
        address_of: AddressOf = read_address,
    ) -> None:
        self.recipients = Recipients(settings.contacts, duty or AlwaysManned())
        self.reach = Reach(clock, after_s=settings.failing_after_s)
        definitions = by_key(settings.definitions)
        self._outbox = Outbox(settings.tenant)
        self._planner = Planner(self._outbox, self.recipients, definitions, settings.asked)
        self._clock = clock
        self._sender = sender or Unloaded()
        self._means = Means(
            ledger=ledger,
            outbox=self._outbox,
            desk=desk,
            clock=clock,
            writer=Writer(settings.words, definitions),
            courier=Courier(self._sender, settings.limit_s),
            reach=self.reach,
            address_of=address_of,
        )
        self.lanes = {each.id: Lane(each, self._means) for each in settings.contacts}

    @property
    def counts(self) -> Counts:
        """Messages sent and failed since the start of the hub."""
        return self._means.counts

    @property
    def waiting(self) -> int:
        """How many messages are still to be told."""
        return sum(lane.waiting for lane in self.lanes.values())

    @property
    def failing(self) -> bool:
        """Whether somebody cannot be reached."""
        return bool(self.reach.failing())

    @property
    def failing_contacts(self) -> tuple[str, ...]:
        """Who cannot be reached."""
        return self.reach.failing()

    def figures(self) -> dict[str, Callable[[], float]]:
        """Return what Prometheus may ask for, by name."""
        return {
            "notifications_waiting": lambda: self.waiting,
            "notifications_sent": lambda: self.counts.sent,
            "notifications_failed": lambda: self.counts.failed,
            "notification_attempts_failed": lambda: self.counts.attempts_failed,
            "contacts_failing": lambda: len(self.failing_contacts),
        }

    def within(self, connection: Connection, change: Change) -> None:
        """Plan who is told of a change, in its own transaction."""
        self._planner.within(connection, change)

    def plan(
        self, connection: Connection, *, subject: str, news: str, contacts: Sequence[str], text: Words
    ) -> None:
        """Plan a message about something that is no alarm; once for each `subject`, `news` and contact.

        `text` may hold, beside its languages, the address LINK.
        """
        known = [each.id for each in self.recipients.of(contacts, Priority.CRITICAL)]
        said = msgspec.json.encode(text).decode()
        self._outbox.plan(connection, subject, news, known, self._clock.now_ms(), text=said)

    def withdraw(self, connection: Connection, subject: str) -> None:
        """Do not send what is planned about a subject and not begun."""
        self._outbox.withdraw(connection, subject, self._clock.now_ms())

    def about(self, connection: Connection, subject: str) -> Notification | None:
        """Return how the message about a subject fares."""
        return self._outbox.about(connection, subject)

    def committed(self, changes: Sequence[Change]) -> None:
        """Tell what was planned."""
        if changes:
            self.wake()

    def wake(self) -> None:
        """Tell what was planned, now that it is committed."""
        for lane in self.lanes.values():
            lane.wake()

    async def open(self) -> None:
        """Take up what was planned, or begun and not ended, when the hub stopped."""
        ledger, now_ms = self._means.ledger, self._clock.now_ms()
        resumed = await ledger.write(lambda connection: self._outbox.resume(connection, now_ms))
        if resumed:
            logger.warning("%d notifications may have gone out before the hub stopped; sent again", resumed)
        for orphan in await ledger.read(lambda connection: self._outbox.orphans(connection, self.lanes)):
            await self._means.write_end(orphan, Stage.FAILED, "the site file has no such contact any more")
        ends = await ledger.read(self._outbox.last_ends)
        self.reach.lost(name for name, end in ends.items() if end is Stage.FAILED and name in self.lanes)
        await self.look()

    async def run(self) -> None:
        """Tell everybody until cancelled; call `open` first."""
        async with asyncio.TaskGroup() as group:
            for lane in self.lanes.values():
                group.create_task(lane.run())
            while True:
                await asyncio.sleep(LOOK_INTERVAL_S)
                await self.look()

    async def turn(self) -> None:
        """Tell everything that is due now."""
        async with asyncio.TaskGroup() as group:
            for lane in self.lanes.values():
                group.create_task(lane.turn())
        self.reach.look()

    async def look(self) -> None:
        """See whose address is wrong, and who has failed for long by now."""
        for name, lane in self.lanes.items():
            self.reach.address(name, await asyncio.to_thread(self._fault, lane.contact))
        self.reach.look()

    async def test(self, contact: str) -> Outcome:
        """Send a test message at once; InvalidMessage if there is no such contact."""
        lane = self.lanes.get(contact)
        if lane is None:
            allowed = ", ".join(self.lanes) or "none"
            raise InvalidMessage(f"there is no contact {contact!r}; allowed: {allowed}", code="bad-contact")
        try:
            address = self._means.address_of(lane.contact)
        except ConfigurationError as wrong:
            return Outcome(ok=False, reason=str(wrong))
        letter = self._means.writer.test(lane.contact, self._clock.now_ms())
        outcome = await self._means.courier.take(contact, address, letter)
        if outcome.ok:
            self.reach.got_through(contact)
        return outcome

    def _fault(self, contact: Contact) -> str | None:
        return fault_of(contact, self._sender, self._means.address_of)
