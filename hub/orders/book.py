"""The book of work orders: a change is a row, an entry and news for its alarm, all at once."""

import secrets
from collections.abc import Callable, Sequence
from typing import Final

from msgspec import Struct
from sqlalchemy import Connection

from contract.clock import Clock
from hub.alarms.alarm import Actor, Alarm
from hub.orders.calendar import Calendar
from hub.orders.kinds import OrderKind
from hub.orders.moves import entered
from hub.orders.order import OrderChange, OrderEntry, OrderEntryKind, WorkOrder, Written
from hub.orders.schema import orders
from hub.orders.store import OPEN, OrderStore

MAX_TRIES: Final = 100
"""Somebody else taking every next number would be a fault of ours."""

QUIET: Final = frozenset({OrderEntryKind.COMMENTED, OrderEntryKind.PICTURE})
"""Entries of which the alarm's timeline need not tell."""

Follower = Callable[[Connection, OrderChange], None]
"""Takes part in each change, in its transaction; called in the ledger's thread."""


class Draft(Struct, frozen=True, kw_only=True):
    """An order that is to be made."""

    kind: OrderKind
    site: str
    title: dict[str, str]
    start_ms: int
    alarm: str | None = None
    device: str | None = None
    area: str | None = None
    place: str = ""
    text: str = ""
    reporter: str | None = None


def draft_of(alarm: Alarm, kind: OrderKind, start_ms: int, text: str = "") -> Draft:
    """Draft the order of an alarm."""
    return Draft(
        kind=kind,
        site=alarm.site,
        title=alarm.title,
        start_ms=start_ms,
        alarm=alarm.id,
        device=f"{alarm.device_kind}/{alarm.device}",
        area=alarm.area,
        text=text,
    )


class Book:
    """Writes one tenant's orders inside the caller's transaction. Blocking."""

    def __init__(
        self, store: OrderStore, clock: Clock, calendar: Calendar, followers: Sequence[Follower] = ()
    ) -> None:
        self.store = store
        self.clock = clock
        self.calendar = calendar
        self._followers = list(followers)

    def make(self, connection: Connection, draft: Draft, by: Actor) -> WorkOrder | None:
        """Make an order; None if one of its kind is open for its alarm already."""
        for _ in range(MAX_TRIES):
            order = self._number(connection, draft)
            if self.store.insert(connection, order):
                self._enter(connection, None, order, Written(kind=OrderEntryKind.REPORTED, by=by))
                return order
            if self._open_already(connection, draft):
                return None
        raise RuntimeError("no number is free for a new order")

    def change(
        self, connection: Connection, before: WorkOrder, after: WorkOrder, written: Written
    ) -> WorkOrder:
        """Write what became of an order that the caller holds."""
        after = entered(after, written.kind)
        if not self.store.update(connection, before, after):  # `hold` keeps others out
            raise RuntimeError(f"order {before.id} was changed by somebody else")
        self._enter(connection, before, after, written)
        return after

    def _number(self, connection: Connection, draft: Draft) -> WorkOrder:
        kind, start_ms = draft.kind, draft.start_ms
        order = WorkOrder(
            id=secrets.token_hex(16),
            tenant=self.store.tenant,
            number=self.store.next_number(connection),
            site=draft.site,
            kind=kind.key,
            terms=kind,
            title=draft.title,
            start_ms=start_ms,
            made_ms=self.clock.now_ms(),
            respond=self.calendar.respond(kind, start_ms),
            resolve=self.calendar.resolve(kind, start_ms),
            alarm=draft.alarm,
            device=draft.device,
            area=draft.area,
            place=draft.place,
            text=draft.text,
            reporter=draft.reporter,
        )
        return entered(order, OrderEntryKind.REPORTED)

    def _open_already(self, connection: Connection, draft: Draft) -> bool:
        if draft.alarm is None:
            return False
        same = (orders.c.alarm == draft.alarm, orders.c.kind == draft.kind.key, OPEN)
        return bool(self.store.find(connection, *same, limit=1))

    def _enter(
        self, connection: Connection, before: WorkOrder | None, after: WorkOrder, written: Written
    ) -> None:
        entry = OrderEntry(
            order=after.id,
            n=after.entries,
            ts_ms=self.clock.now_ms(),
            kind=written.kind,
            who=written.by.who,
            post=written.by.post,
            note=written.note,
            data=written.data,
        )
        self.store.add_entry(connection, entry)
        if after.alarm is not None and written.kind not in QUIET:
            said = {"order": after.id, "number": after.number, "kind": after.kind, "what": written.kind.value}
            self.store.plan_news(connection, after.alarm, written.by.who, said | written.data)
        change = OrderChange(before=before, after=after, entry=entry, by=written.by)
        for follower in self._followers:
            follower(connection, change)
