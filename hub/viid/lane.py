"""One stream's way: reads what is due, sends it, writes what became of each object."""

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import Final

from sqlalchemy import Connection

from contract.clock import Clock
from hub.ledger.transactions import Transactions
from hub.passes.record import Pass
from hub.viid.items import Item
from hub.viid.sending import NOTHING, Counts, Outcomes, Sending, Turn, finished, turn_of
from hub.viid.session import Session
from hub.viid.settings import ViidSettings
from hub.viid.store import Aside, Due, End, FeedStore
from hub.viid.ways import Way

MOST_BYTES: Final = 4_000_000
"""Of the pictures of one request; base64 makes a third more of them."""

GONE: Final = "its pass is not kept any more"
OFF: Final = "this kind, or its device, is not in the feed any more"


class Lane:
    """One stream."""

    def __init__(
        self,
        way: Way,
        settings: ViidSettings,
        store: FeedStore,
        ledger: Transactions,
        clock: Clock,
    ) -> None:
        self.stream = way.stream
        self._way = way
        self._settings = settings
        self._store = store
        self._ledger = ledger
        self._clock = clock
        self._sending = Sending(way.stream)

    @property
    def counts(self) -> Counts:
        """What was sent, failed and left out."""
        return self._sending.counts

    async def turn(self, session: Session) -> Turn:
        """Send what is due, one request; Unreachable if there is no session."""
        due = await self._ledger.read(self._due)
        if not due.passes:
            await self._pass_over(due)
            return NOTHING
        items = await asyncio.to_thread(self._items, due.passes)
        judged = await self._send(session, items)
        done = finished(judged)
        await self._ledger.write(partial(self._write, due=due, done=done))
        self._sending.count(done)
        return turn_of(judged)

    async def again(self, session: Session, aside: Aside) -> None:
        """Send once more what was set aside; Unreachable if there is no session."""
        told = await self._ledger.read(lambda connection: self._store.passes(connection, [aside.seq]))
        found = told.get(aside.seq)
        if found is None or not self._way.knows(found):
            reason = GONE if found is None else OFF
            await self._ledger.write(lambda connection: self._store.gone(connection, aside, reason))
            return
        item = await asyncio.to_thread(self._way.item, found)
        done = await self._sending.again(session, self._way.path, self._way.body([item]), item)
        await self._ledger.write(partial(self._write, due=None, done=done))
        self._sending.count(done)

    def _due(self, connection: Connection) -> Due:
        most = 1 if self._sending.alone else self._settings.batch
        before_ms = self._clock.now_ms() - round(self._settings.settle_s * 1000)
        return self._store.due(connection, self.stream, before_ms, most)

    def _items(self, told: Sequence[Pass]) -> list[Item]:
        """Make objects until a request is full."""
        items: list[Item] = []
        size = 0
        for each in told:
            items.append(self._way.item(each))
            size += items[-1].size
            if size > MOST_BYTES:
                break
        return items

    async def _send(self, session: Session, items: Sequence[Item]) -> Outcomes:
        body = await asyncio.to_thread(self._way.body, items)
        return await self._sending.send(session, self._way.path, body, items)

    def _write(self, connection: Connection, due: Due | None, done: Outcomes) -> None:
        """Write what became of objects; the cursor stops before the first that is still to be sent."""
        end = End(now_ms=self._clock.now_ms(), document=self._way.document, receiver=self._way.receiver)
        self._sending.write(connection, self._store, done, end)
        if due is None:
            return
        over = {item.seq for item, _ in done}
        left = next((each.seq for each in due.passes if each.seq not in over), None)
        upto = due.upto if left is None else left - 1
        if upto > due.after:
            self._count_nameless(connection, due.after, upto)
            self._store.move(connection, self.stream, upto)

    def _count_nameless(self, connection: Connection, after: int, upto: int) -> None:
        """Count what stays for want of an id; a subscription is for devices that have one."""
        if not self.stream.subscription:
            found = self._store.nameless(connection, self._way.kind, after, upto)
            self.counts.nameless.update(found)

    async def _pass_over(self, due: Due) -> None:
        """Leave behind what does not leave."""
        if due.upto > due.after:
            await self._ledger.write(partial(self._write, due=due, done=()))
