"""Where somebody with a phone stands: what a code is for, and the order that is placed with it."""

import asyncio
import secrets
from collections import Counter

from sqlalchemy import Connection

from hub.alarms.alarm import Actor
from hub.alarms.definition import Words
from hub.charging.codes import Code
from hub.charging.connectors import Connectors
from hub.charging.keys import hashed, key_of
from hub.charging.orders.book import Book, Placing
from hub.charging.orders.minder import Minder
from hub.charging.orders.order import ChargeOrder, slot_of
from hub.charging.orders.terms import Terms
from hub.charging.refusals import ConnectorRefused
from hub.charging.schema import charging_orders
from hub.charging.show import connector_view, tariff_view
from hub.charging.tariff.bill import FREE
from hub.charging.trail import RESIDENT
from hub.charging.view import PaymentView, Scan
from hub.ledger.transactions import Transactions


class CounterDesk:
    """Takes orders of one site. Lives on the hub's event loop."""

    def __init__(
        self,
        ledger: Transactions,
        book: Book,
        minder: Minder,
        terms: Terms,
        connectors: Connectors,
        site: Words,
    ) -> None:
        self._ledger = ledger
        self._book = book
        self._minder = minder
        self._terms = terms
        self._connectors = connectors
        self._clock = book.clock
        self._site = site
        self._tasks: set[asyncio.Task[tuple[ChargeOrder, bool]]] = set()

    async def scan(self, given: str) -> Scan:
        """Show what a code is for. CodeUnknown, CodeExpired, CodeUsed."""
        code, taken = await self._ledger.read(lambda connection: self._looked_up(connection, given))
        now_ms, address = self._clock.now_ms(), code.address
        named = self._terms.named(address)
        provider = self._book.providers.current
        tariff = self._terms.tariff(address, named.vehicle, bills=provider.bills)
        how = self._connectors.status(address, taken=taken)
        return Scan(
            site=self._site,
            connector=connector_view(named),
            status="out-of-service" if tariff is None else how,
            tariff=tariff_view(tariff or FREE, self._book.zone, now_ms),
            payment=PaymentView(provider=provider.name, hold_fen=provider.hold_fen(named.vehicle)),
        )

    async def place(
        self, code: str, request: str, account_key: str | None, caller: str | None
    ) -> tuple[ChargeOrder, bool]:
        """Place an order and ask the post to begin; or return the one of this request, and False."""
        key_of(request)  # is it a secret at all?
        known = await self._ledger.read(lambda connection: self._book.placed(connection, request))
        if known is not None:
            return known, False
        found = await self._ledger.read(lambda connection: self._book.codes.get(connection, code))
        found.check(self._clock.now_ms())
        address = found.address
        self._connectors.check(address)
        placing = self._placing(found, request, account_key)
        # Whoever asked may hang up: what was begun is finished all the same.
        task = asyncio.create_task(self._place(placing, Actor(who=RESIDENT, address=caller)))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return await asyncio.shield(task)

    async def _place(self, placing: Placing, by: Actor) -> tuple[ChargeOrder, bool]:
        """Write the order, then ask; meanwhile nobody else shall wonder why it is not asked for."""
        mark = hashed(placing.request)
        self._minder.asking[mark] += 1
        try:
            order, new = await self._ledger.write(
                lambda connection: self._book.place(connection, placing, by)
            )
            return (await self._minder.begin(order) if new else order), new
        finally:
            self._minder.asking[mark] -= 1
            self._minder.asking += Counter()  # leaves those out that are at 0

    def _placing(self, code: Code, request: str, account_key: str | None) -> Placing:
        address, provider = code.address, self._book.providers.current
        named = self._terms.named(address)
        tariff = self._terms.tariff(address, named.vehicle, bills=provider.bills)
        if tariff is None:
            raise ConnectorRefused("there is no tariff for this connector", code="out-of-service")

        def draft(number: str) -> ChargeOrder:
            return ChargeOrder(
                tenant=self._book.store.tenant,
                number=number,
                **address._asdict(),
                request=hashed(request),
                key=hashed(key_of(request)),
                slot=slot_of(address),
                connector=named,
                tariff=tariff,
                provider=provider.name,
                most_wh=self._terms.settings.most_wh(named.vehicle),
                longest_s=self._terms.settings.longest_s(named.vehicle),
                shown_as=number,
                action=secrets.token_hex(16),
                requested_ms=self._clock.now_ms(),
            )

        return Placing(
            code=code.code,
            request=request,
            account_key=account_key,
            draft=draft,
            most_wh=lambda hold_fen: self._terms.most_wh(tariff, named.vehicle, hold_fen),
        )

    def _looked_up(self, connection: Connection, given: str) -> tuple[Code, bool]:
        code = self._book.codes.get(connection, given)
        code.check(self._clock.now_ms())
        occupied = charging_orders.c.slot == slot_of(code.address)
        return code, self._book.store.get(connection, occupied) is not None
