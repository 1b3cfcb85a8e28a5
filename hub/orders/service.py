"""Puts the parts of the work orders together, for the hub and for its API."""

from collections.abc import Callable, Mapping, Sequence
from datetime import tzinfo
from typing import Protocol

from msgspec import Struct, field
from sqlalchemy import Connection

from contract.clock import Clock
from hub.alarms.definition import Definition
from hub.ledger.transactions import Transactions
from hub.orders.book import Book, Follower
from hub.orders.calendar import Calendar
from hub.orders.deadlines import check_hours
from hub.orders.desk import Alarms, OrderDesk
from hub.orders.kinds import OrderKind, WorkingHours
from hub.orders.order import WorkOrder
from hub.orders.pictures import MediaStore, Pictures
from hub.orders.planner import OrderPlanner
from hub.orders.standing import Standing
from hub.orders.store import OrderStore
from hub.orders.view import LiveOrder, live_order
from hub.orders.watch import AlarmNotes, OrderWatch, Teller


class OrderSettings(Struct, frozen=True, kw_only=True):
    """What the site file says about work orders."""

    site: str
    zone: tzinfo
    kinds: tuple[OrderKind, ...] = ()
    hours: WorkingHours = field(default_factory=WorkingHours)


class AlarmDesk(Alarms, AlarmNotes, Protocol):
    """The alarm desk, as far as work orders need it."""


class Orders:
    """All about the work orders of one tenant. Lives on the hub's event loop.

    `on_change` hears of changed orders, `on_overdue` of how many are overdue. `planner` takes part in every
    alarm's change, `followers` in every order's.
    """

    def __init__(  # noqa: PLR0913 - one place where everything meets
        self,
        ledger: Transactions,
        clock: Clock,
        tenant: str,
        settings: OrderSettings,
        *,
        definitions: tuple[Definition, ...],
        alarms: AlarmDesk,
        teller: Teller,
        media: MediaStore,
        on_change: Callable[[Sequence[LiveOrder]], None] = lambda _: None,
        on_overdue: Callable[[int], None] = lambda _: None,
        followers: Sequence[Follower] = (),
    ) -> None:
        check_hours(settings.hours)
        self.clock = clock
        self.calendar = Calendar(settings.hours, settings.zone)
        self.pictures = Pictures(media)
        self._on_change = on_change
        self._standing = Standing(clock, self._changed, on_overdue)
        book = Book(OrderStore(tenant), clock, self.calendar, followers)
        self.desk = OrderDesk(ledger, book, settings.site, settings.kinds, alarms, self._standing)
        self.watch = OrderWatch(ledger, self.desk, alarms, teller)
        self.planner = OrderPlanner(book, definitions, self.desk.kinds, self.watch.made)

    async def run(self) -> None:
        """Tell what becomes due until cancelled."""
        await self.watch.run()

    def open_orders_view(self) -> list[LiveOrder]:
        """Show the open orders, oldest first."""
        now_ms = self.clock.now_ms()
        return [live_order(order, now_ms) for order in self._standing]

    def proofs(self, connection: Connection, _now_ms: int) -> set[str]:
        """Return the SHA-256 of every picture in a timeline: none of them is ever deleted."""
        return self.desk.book.store.pictures(connection)

    @property
    def kinds(self) -> Mapping[str, OrderKind]:
        """The kinds of order that the site knows."""
        return self.desk.kinds

    def _changed(self, changed: Sequence[WorkOrder]) -> None:
        now_ms = self.clock.now_ms()
        self._on_change([live_order(order, now_ms) for order in changed])
