"""Watches the limits of orders: tells once that one is near due or overdue, and passes news on to the alarms.

What was told is part of the order's row, written with its entry and the message that is planned: after a
restart, or a jump of the clock, what is due is told and nothing is told twice.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Final, Protocol

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from contract.clock import rfc3339_ms
from contract.errors import HemeiError, InvalidMessage
from hub.alarms.alarm import HUB, EntryKind
from hub.alarms.definition import Words
from hub.ledger.transactions import Transactions
from hub.orders.desk import OrderDesk
from hub.orders.limits import Reminder, after_telling, next_ms, times_of, to_tell
from hub.orders.order import OrderEntryKind, Told, WorkOrder, Written
from hub.orders.store import News
from hub.orders.words import reminder_text

logger = logging.getLogger(__name__)

LOOK_EVERY_S: Final = 15.0
"""How soon a jump of the wall clock is noticed."""


class Teller(Protocol):
    """Who tells people that look at no screen."""

    def plan(
        self, connection: Connection, *, subject: str, news: str, contacts: Sequence[str], text: Words
    ) -> None:
        """Plan a message to each contact in the caller's transaction, once for each `subject` and `news`.

        A contact that the site no longer knows is no reason to raise.
        """
        ...


class AlarmNotes(Protocol):
    """The alarm desk, as far as the watch needs it."""

    async def note(
        self,
        ident: str,
        kind: EntryKind,
        *,
        who: str = "hub",
        data: dict[str, Any] | None = None,
        also: Callable[[Connection], None] | None = None,
    ) -> object:
        """Add an entry to an alarm's timeline and do `also` with it, or neither."""
        ...


class _SaidBefore(Exception):
    """Another run of the hub has passed this on."""


class OrderWatch:
    """Does what becomes due, on the hub's event loop."""

    def __init__(self, ledger: Transactions, desk: OrderDesk, notes: AlarmNotes, teller: Teller) -> None:
        self._ledger = ledger
        self._desk = desk
        self._book = desk.book
        self._notes = notes
        self._teller = teller
        self._strangers = True

    def made(self) -> None:
        """Take that orders may have been made with alarms."""
        self._strangers = True
        self._desk.moved.set()

    async def run(self) -> None:
        """Watch until cancelled."""
        while True:
            self._desk.moved.clear()
            try:
                await self.look()
            except (HemeiError, SQLAlchemyError):
                logger.exception("work orders: something is left undone; it is tried again")
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self.pause_s()):
                    await self._desk.moved.wait()

    def pause_s(self) -> float:
        """How long there is nothing to do if nothing happens."""
        coming = [at_ms for order in self._desk.standing if (at_ms := next_ms(order)) is not None]
        now_ms = self._book.clock.now_ms()
        until_ms = min(coming, default=now_ms + 1000 * LOOK_EVERY_S) - now_ms
        # What is due already could not be told just now.
        return LOOK_EVERY_S if until_ms <= 0 else min(LOOK_EVERY_S, until_ms / 1000)

    async def look(self) -> None:
        """Do everything that is due now."""
        if self._strangers:
            self._strangers = False
            try:
                await self._desk.refresh()
            except BaseException:
                self._strangers = True
                raise
        await self._remind()
        await self._pass_on()
        self._desk.standing.count()

    async def _remind(self) -> None:
        now_ms = self._book.clock.now_ms()
        for order in self._desk.standing:
            while (known := self._desk.standing.by_id().get(order.id)) and to_tell(known, now_ms):
                after = await self._ledger.write(partial(self._tell, ident=order.id, now_ms=now_ms))
                self._desk.standing.put([after])

    def _tell(self, connection: Connection, ident: str, now_ms: int) -> WorkOrder:
        order = self._book.store.hold(connection, ident)
        if order is None:
            raise RuntimeError(f"order {ident} is gone")
        reminder = to_tell(order, now_ms)
        if reminder is None:
            return order
        after = self._book.change(connection, order, after_telling(order, reminder), _entry(order, reminder))
        contacts = self._contacts(order, reminder)
        if contacts:
            self._teller.plan(
                connection,
                subject=order.id,
                news=_key(order, reminder),
                contacts=contacts,
                text=reminder_text(order, reminder, self._book.calendar),
            )
        return after

    def _contacts(self, order: WorkOrder, reminder: Reminder) -> tuple[str, ...]:
        """Whoever the site file names today; the order's own terms if it knows the kind no longer."""
        kind = self._desk.kinds.get(order.kind, order.terms)
        more = kind.tell_overdue if reminder.told is Told.OVERDUE else ()
        return tuple(dict.fromkeys((*kind.tell, *more)))

    async def _pass_on(self) -> None:
        while planned := await self._ledger.read(self._book.store.news):
            for news in planned:
                await self._note(news)

    async def _note(self, news: News) -> None:
        def said(connection: Connection) -> None:
            if not self._book.store.end_news(connection, news.seq, "said"):
                raise _SaidBefore

        try:
            await self._notes.note(news.alarm, EntryKind.ORDERED, who=news.who, data=news.data, also=said)
        except _SaidBefore:
            logger.warning("alarm %s was told of order %s by another hub", news.alarm, news.data["order"])
        except InvalidMessage as wrong:
            logger.error("alarm %s cannot be told of its order: %s", news.alarm, wrong)  # noqa: TRY400 - the reason is all there is
            await self._ledger.write(lambda c: self._book.store.end_news(c, news.seq, "lost"))


def _entry(order: WorkOrder, reminder: Reminder) -> Written:
    kind = OrderEntryKind.OVERDUE if reminder.told is Told.OVERDUE else OrderEntryKind.NEAR_DUE
    data = {"limit": reminder.limit.value, "by": rfc3339_ms(times_of(order, reminder.limit).by_ms)}
    return Written(kind=kind, by=HUB, data=data)


def _key(order: WorkOrder, reminder: Reminder) -> str:
    """Name what is told, so that it is told once; a reopened order has its time to resolve anew."""
    return f"{reminder.limit.value}:{reminder.told.value}:{order.reopened}"
