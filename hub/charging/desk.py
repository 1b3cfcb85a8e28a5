"""Orders to look at and to end: for whoever placed them, and for staff."""

from collections.abc import Callable, Sequence
from typing import Final, Literal, NamedTuple

from msgspec import Struct
from sqlalchemy import ColumnElement, Connection

from hub.alarms.alarm import Actor
from hub.audit.queries import AuditView
from hub.audit.queries import Wanted as AuditWanted
from hub.audit.queries import find as find_audit
from hub.charging.connectors import Connectors
from hub.charging.figures import by_day, settled_between
from hub.charging.keys import hashed
from hub.charging.orders.book import Book
from hub.charging.orders.ending import Ending
from hub.charging.orders.order import ChargeOrder
from hub.charging.orders.store import OPEN
from hub.charging.payment.accounts import Accounts, Funded
from hub.charging.payment.money import Balance
from hub.charging.refusals import OrderUnknown
from hub.charging.schema import charging_orders
from hub.charging.show import Shower
from hub.charging.tariff.curve import Point
from hub.charging.trail import RESIDENT
from hub.charging.view import (
    AccountView,
    ChargingFigures,
    ChargingOrder,
    ChargingOrderDetail,
    ChargingOrderPage,
    StaffChargingOrder,
)
from hub.ledger.transactions import Transactions

NEWEST: Final = 20
"""Orders of an account that are shown."""


class Wanted(Struct, frozen=True, kw_only=True):
    """Which orders. `device`: `charger/ID`; `number`: digits in it; `before`: what a page named as `next`.

    `from_ms` and `to_ms`: asked for from then until before then.
    """

    state: Literal["open", "settled", "cancelled", "all"] = "all"
    device: str | None = None
    account: str | None = None
    number: str | None = None
    from_ms: int | None = None
    to_ms: int | None = None
    before: int | None = None
    limit: int = 100

    def where(self) -> list[ColumnElement[bool]]:
        """Say it in SQL."""
        orders = charging_orders.c
        kind, _, device = (self.device or "").partition("/")
        asked = {"kind": kind or None, "device": device or None, "account": self.account}
        where = [orders[name] == value for name, value in asked.items() if value is not None]
        if self.state == "open":
            where.append(OPEN)
        elif self.state != "all":
            where.append(orders.state == self.state)
        if self.number is not None:
            where.append(orders.number.contains(self.number, autoescape=True))
        if self.from_ms is not None:
            where.append(orders.requested_ms >= self.from_ms)
        if self.to_ms is not None:
            where.append(orders.requested_ms < self.to_ms)
        return where if self.before is None else [*where, orders.seq < self.before]


class Found(NamedTuple):
    """An order, with what was read of its charge and what is in its account."""

    order: ChargeOrder
    read: Sequence[Point]
    balance: Balance | None


class ChargingDesk:
    """Shows and ends one tenant's orders. Lives on the hub's event loop; `on_wish` hears of ends wanted."""

    def __init__(
        self,
        ledger: Transactions,
        book: Book,
        accounts: Accounts,
        ending: Ending,
        shower: Shower,
        connectors: Connectors,
        on_wish: Callable[[], None],
    ) -> None:
        self._ledger = ledger
        self._book = book
        self._accounts = accounts
        self._ending = ending
        self._shower = shower
        self._connectors = connectors
        self._on_wish = on_wish

    async def by_key(self, key: str) -> ChargingOrder:
        """Show an order to who placed it; OrderUnknown."""
        return self._resident(await self._ledger.read(lambda connection: self._keyed(connection, key)))

    async def stop_by_key(self, key: str, address: str | None) -> ChargingOrder:
        """End a charge for who placed it; again, or after its end, is no error. OrderUnknown."""
        order = (await self._ledger.read(lambda connection: self._keyed(connection, key))).order
        return self._resident(await self._stop(order.number, Actor(who=RESIDENT, address=address)))

    async def account_by_key(self, key: str) -> AccountView:
        """Show an account to who has its key; AccountMissing."""

        def read(connection: Connection) -> tuple[Funded, list[Found]]:
            funded = self._accounts.by_key(connection, key)
            own = charging_orders.c.account == funded.account.id
            return funded, self._found(connection, self._book.store.find(connection, own, limit=NEWEST))

        (account, balance), found = await self._ledger.read(read)
        return AccountView(
            balance_fen=balance.fen,
            held_fen=balance.held_fen,
            closed=account.closed_ms is not None,
            orders=[self._resident(each) for each in found],
        )

    async def orders(self, wanted: Wanted) -> ChargingOrderPage:
        """Show orders to staff."""

        def read(connection: Connection) -> list[Found]:
            orders = self._book.store.find(connection, *wanted.where(), limit=wanted.limit + 1)
            return self._found(connection, orders)

        found = await self._ledger.read(read)
        page = found[: wanted.limit]
        more = len(found) > wanted.limit
        return ChargingOrderPage(
            orders=[self._staff(each) for each in page], next=page[-1].order.seq if more else None
        )

    async def order(self, number: str) -> ChargingOrderDetail:
        """Show an order to staff, with all that was read of it and done about it; OrderUnknown."""

        def read(connection: Connection) -> tuple[Found, Sequence[Point], Sequence[AuditView]]:
            found = self._numbered(connection, number)
            points = self._book.store.readings(connection, [number])[number]
            done = find_audit(connection, self._book.store.tenant, AuditWanted(about=number))
            return found, points, done

        found, points, done = await self._ledger.read(read)
        return self._shower.detail(*found, self._book.clock.now_ms(), points=points, done=done)

    async def stop(self, number: str, who: Actor, reason: str = "") -> StaffChargingOrder:
        """End a charge for staff; again, or after its end, is no error. OrderUnknown."""
        return self._staff(await self._stop(number, who, reason))

    async def figures(self, from_ms: int, to_ms: int) -> ChargingFigures:
        """Show figures: now, and of the charges that ended from `from_ms` until before `to_ms`."""
        tenant = self._book.store.tenant
        settled = await self._ledger.read(lambda c: settled_between(c, tenant, from_ms, to_ms))
        opened = await self._ledger.read(lambda c: self._book.store.find(c, OPEN))
        statuses, power_w = self._connectors.sum_up(frozenset(each.address for each in opened))
        return ChargingFigures(
            connectors=statuses,
            power_w=power_w,
            open_orders=len(opened),
            days=by_day(settled, self._book.zone),
            energy_wh=sum(wh for _, wh, _ in settled),
            income_fen=sum(fen for _, _, fen in settled),
        )

    async def shown(self, number: str) -> ChargingOrder:
        """Show an order to who has just placed it."""
        return self._resident(await self._ledger.read(lambda c: self._numbered(c, number)))

    async def _stop(self, number: str, by: Actor, reason: str = "") -> Found:
        def work(connection: Connection) -> Found:
            order = self._book.store.hold(connection, number)
            if order is None:
                raise OrderUnknown("there is no such order")
            return self._found(connection, [self._ending.want(connection, order, by, reason)])[0]

        found = await self._ledger.write(work)
        self._on_wish()
        return found

    def _keyed(self, connection: Connection, key: str) -> Found:
        return self._one(connection, charging_orders.c.key == hashed(key))

    def _numbered(self, connection: Connection, number: str) -> Found:
        return self._one(connection, charging_orders.c.number == number)

    def _one(self, connection: Connection, which: ColumnElement[bool]) -> Found:
        order = self._book.store.get(connection, which)
        if order is None:
            raise OrderUnknown("there is no such order")
        return self._found(connection, [order])[0]

    def _found(self, connection: Connection, orders: Sequence[ChargeOrder]) -> list[Found]:
        read = self._book.store.readings(connection, [each.number for each in orders if each.open])
        balances = self._balances(connection, orders)
        found = [(each, read.get(each.number, ()), (each.provider, each.account)) for each in orders]
        return [Found(order, points, balances.get(whose)) for order, points, whose in found]

    def _balances(
        self, connection: Connection, orders: Sequence[ChargeOrder]
    ) -> dict[tuple[str, str | None], Balance | None]:
        """Read each account once, however many orders are its own."""
        found: dict[tuple[str, str | None], Balance | None] = {}
        for order in orders:
            whose, provider = (order.provider, order.account), self._book.provider(order)
            if whose not in found and provider is not None and order.account is not None:
                found[whose] = provider.balance(connection, order.account)
        return found

    def _resident(self, found: Found) -> ChargingOrder:
        return self._shower.order(*found, self._book.clock.now_ms())

    def _staff(self, found: Found) -> StaffChargingOrder:
        return self._shower.staff(*found, self._book.clock.now_ms())
