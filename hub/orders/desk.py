"""The order desk: what people do with work orders, each step in one transaction."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Protocol

from msgspec import Struct
from sqlalchemy import ColumnElement, Connection

from contract.errors import InvalidMessage, Refused
from hub.alarms.alarm import Actor, Alarm
from hub.ledger.transactions import Transactions
from hub.orders import moves
from hub.orders.book import Book, Draft, draft_of
from hub.orders.kinds import OrderKind
from hub.orders.lifecycle import State
from hub.orders.moves import ENTRIES, Moment, Press
from hub.orders.order import OrderEntry, OrderEntryKind, WorkOrder, Written
from hub.orders.pictures import Picture
from hub.orders.schema import orders
from hub.orders.standing import Standing
from hub.orders.store import OPEN

MAX_PICTURES: Final = 50
"""Of one order."""


class Alarms(Protocol):
    """The alarm desk, as far as orders need it."""

    async def get(self, ident: str) -> Alarm | None:
        """Return an alarm, open or not."""
        ...


class Stale(Refused):
    """Somebody pressed on what they saw, and it is no longer so; `order` is how it is now."""

    default_code = "stale-version"

    def __init__(self, order: WorkOrder) -> None:
        super().__init__("the order has changed since you saw it; look again")
        self.order = order


class Report(Struct, frozen=True, kw_only=True):
    """What somebody reports. `reporter` is a pseudonymous reference, never a name."""

    text: str
    place: str = ""
    area: str | None = None
    reporter: str | None = None


class OrderDesk:
    """All orders of one tenant. Lives on the hub's event loop; writes in the ledger's thread."""

    def __init__(
        self,
        ledger: Transactions,
        book: Book,
        site: str,
        kinds: Sequence[OrderKind],
        alarms: Alarms,
        standing: Standing,
    ) -> None:
        self.kinds: Final[Mapping[str, OrderKind]] = {kind.key: kind for kind in kinds}
        self.book = book
        self.standing = standing
        self.moved = asyncio.Event()
        """Set whenever there may be something for the watch to do."""
        self._ledger = ledger
        self._site = site
        self._alarms = alarms

    async def refresh(self) -> None:
        """Take in open orders that are unknown here: at the start, or made with an alarm."""
        # Asked for in the thread that writes, the answer comes in its turn among those to what was written.
        self.standing.fill((await self._ledger.write(lambda c: self.book.store.find(c, OPEN)))[::-1])

    async def report(self, kind: str, report: Report, by: Actor) -> WorkOrder:
        """Make the order of a report; InvalidMessage if there is no such kind."""
        known = self._kind(kind)
        draft = Draft(
            kind=known,
            site=self._site,
            title=known.title,
            start_ms=self.book.clock.now_ms(),
            area=report.area,
            place=report.place,
            text=report.text,
            reporter=report.reporter,
        )
        return await self._make(draft, by)

    async def alarm(self, ident: str) -> Alarm:
        """Return an alarm of which an order may be made; InvalidMessage if there is none."""
        alarm = await self._alarms.get(ident)
        if alarm is None:
            raise InvalidMessage("there is no such alarm", code="unknown-alarm")
        return alarm

    async def order(self, alarm: Alarm, kind: str, by: Actor, text: str = "") -> WorkOrder:
        """Make an order of an alarm by hand; Refused if one of that kind is open."""
        return await self._make(draft_of(alarm, self._kind(kind), alarm.raised_ms, text), by)

    async def press(self, ident: str, version: int, press: Press, by: Actor) -> WorkOrder:
        """Do a step of the chain; Stale, Refused, InvalidMessage."""
        data: dict[str, Any] = {} if press.to is None else {"to": press.to}
        if press.satisfied is not None:
            data["satisfied"] = press.satisfied
        written = Written(kind=ENTRIES[press.step], by=by, note=press.note, data=data)

        def move(order: WorkOrder) -> WorkOrder:
            at = Moment(by.who, self.book.clock.now_ms(), self.book.calendar)
            return moves.pressed(order, press, at)

        return await self._change(ident, version, move, written)

    async def comment(self, ident: str, version: int, by: Actor, text: str) -> WorkOrder:
        """Add what somebody has to say; Stale."""
        written = Written(kind=OrderEntryKind.COMMENTED, by=by, note=text)
        return await self._change(ident, version, lambda order: order, written)

    async def picture(self, ident: str, by: Actor, picture: Picture, note: str = "") -> WorkOrder:
        """Name a picture in the timeline, once however often it is sent; Refused."""
        data = {"sha256": picture.sha256, "type": picture.type, "bytes": picture.size}
        written = Written(kind=OrderEntryKind.PICTURE, by=by, note=note, data=data)

        def work(connection: Connection) -> WorkOrder:
            order = self._held(connection, ident)
            after = moves.pictured(order)
            timeline = self.book.store.timeline(connection, ident)
            known = [entry.data["sha256"] for entry in timeline if entry.kind is OrderEntryKind.PICTURE]
            if picture.sha256 in known:
                return order
            if len(known) >= MAX_PICTURES:
                raise Refused(f"an order may have {MAX_PICTURES} pictures", code="too-many-pictures")
            return self.book.change(connection, order, after, written)

        return self._publish(await self._ledger.write(work))

    async def check_picture_wanted(self, ident: str) -> None:
        """Refuse a picture before its bytes are taken in; InvalidMessage: there is no such order."""
        order = await self.get(ident)
        if order is None:
            raise InvalidMessage("there is no such order", code="unknown-order")
        moves.pictured(order)

    async def get(self, ident: str) -> WorkOrder | None:
        """Return an order, open or not."""
        return await self._ledger.read(lambda connection: self.book.store.get(connection, ident))

    async def timeline(self, ident: str) -> list[OrderEntry]:
        """Return an order's timeline, oldest first."""
        return await self._ledger.read(lambda connection: self.book.store.timeline(connection, ident))

    async def find(self, *where: ColumnElement[bool], limit: int | None = None) -> list[WorkOrder]:
        """Return orders, the newest first."""
        return await self._ledger.read(lambda c: self.book.store.find(c, *where, limit=limit))

    async def of_alarm(self, alarm: str) -> list[WorkOrder]:
        """Return the orders of an alarm, the newest first."""
        return await self.find(orders.c.alarm == alarm)

    async def _make(self, draft: Draft, by: Actor) -> WorkOrder:
        order = await self._ledger.write(lambda connection: self.book.make(connection, draft, by))
        if order is None:
            raise _ordered_already(draft.kind.key)
        return self._publish(order)

    async def _change(
        self, ident: str, version: int, move: Callable[[WorkOrder], WorkOrder], written: Written
    ) -> WorkOrder:
        def work(connection: Connection) -> WorkOrder:
            order = self._held(connection, ident)
            if version != order.version:
                raise Stale(order)
            after = move(order)
            if after.open and order.state in (State.CLOSED, State.REJECTED):
                self._check_reopening(connection, order)
            return self.book.change(connection, order, after, written)

        return self._publish(await self._ledger.write(work))

    def _check_reopening(self, connection: Connection, order: WorkOrder) -> None:
        if order.alarm is None:
            return
        same = (orders.c.alarm == order.alarm, orders.c.kind == order.kind, OPEN)
        if self.book.store.find(connection, *same, limit=1):
            raise _ordered_already(order.kind)

    def _held(self, connection: Connection, ident: str) -> WorkOrder:
        order = self.book.store.hold(connection, ident)
        if order is None:
            raise InvalidMessage("there is no such order", code="unknown-order")
        return order

    def _kind(self, key: str) -> OrderKind:
        if key not in self.kinds:
            allowed = ", ".join(sorted(self.kinds)) or "none"
            raise InvalidMessage(f"there is no kind {key!r}; allowed: {allowed}", code="unknown-kind")
        return self.kinds[key]

    def _publish(self, order: WorkOrder) -> WorkOrder:
        self.standing.put([order])
        self.moved.set()
        return order


def _ordered_already(kind: str) -> Refused:
    return Refused(f"an order of kind {kind} is open for this alarm already", code="already-ordered")
