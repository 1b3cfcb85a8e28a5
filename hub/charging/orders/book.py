"""The book of charging orders: a step is the row, the money it moves and the audit, all at once. Blocking."""

import logging
from collections.abc import Callable
from datetime import tzinfo
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection

from contract.clock import from_epoch_ms
from contract.errors import ConfigurationError
from hub.alarms.alarm import Actor
from hub.audit.writer import AuditWriter
from hub.charging.codes import Code, Codes
from hub.charging.keys import hashed, new_number
from hub.charging.orders.lifecycle import State, Step
from hub.charging.orders.order import ChargeOrder
from hub.charging.orders.store import ChargeStore
from hub.charging.payment.provider import Provider
from hub.charging.payment.providers import Providers
from hub.charging.refusals import ConnectorRefused
from hub.charging.schema import charging_orders
from hub.charging.trail import ITSELF

logger = logging.getLogger(__name__)

MAX_TRIES: Final = 20
"""Ten digits by chance that are taken again and again would be a fault of ours."""

_TOLD: Final = {
    State.CHARGING: "charge.began",
    State.STOPPING: "charge.stop-asked",
    State.SETTLED: "charge.settled",
    State.CANCELLED: "charge.cancelled",
}

Draft = Callable[[str], ChargeOrder]
"""Makes an order with a number."""


class Placing(Struct, frozen=True, kw_only=True):
    """What is needed to place an order; `most_wh` says how much a hold is good for."""

    code: str
    request: str
    account_key: str | None
    draft: Draft
    most_wh: Callable[[int], int]


class Book:
    """One tenant's orders, inside the caller's transaction."""

    def __init__(self, trail: AuditWriter, providers: Providers, zone: tzinfo) -> None:
        self.store = ChargeStore(trail.tenant)
        self.codes = Codes(trail)
        self.providers = providers
        self.zone = zone
        self.trail = trail
        self.clock = trail.clock

    def placed(self, connection: Connection, request: str) -> ChargeOrder | None:
        """Return the order that was placed with this secret."""
        return self.store.get(connection, charging_orders.c.request == hashed(request))

    def place(self, connection: Connection, placing: Placing, by: Actor) -> tuple[ChargeOrder, bool]:
        """Place an order, with its money and its code; or return the one of the same request, and False.

        ChargingRefused: nothing is kept.
        """
        known = self.placed(connection, placing.request)
        if known is not None:
            return known, False
        code = self.codes.get(connection, placing.code)
        code.check(self.clock.now_ms())
        order = self._insert(connection, placing.draft)
        if order is None:
            return self._same_request(connection, placing.request), False
        return self._funded(connection, order, code, placing, by), True

    def add(self, connection: Connection, draft: Draft) -> ChargeOrder:
        """Write an order that nobody placed."""
        order = self._insert(connection, draft)
        if order is None:
            raise RuntimeError("an order that nobody placed occupies nothing")
        self.trail.write(connection, ITSELF, "charge.found", order.number, device=str(order.address))
        return order

    def step(
        self,
        connection: Connection,
        order: ChargeOrder,
        step: Step,
        by: Actor = ITSELF,
        *,
        reason: str = "",
        **changes: Any,
    ) -> ChargeOrder:
        """Take an order, which the caller holds, a step further; `changes` are kept in any case.

        `reason` goes into the audit.
        """
        after = replace(order.after(step, self.clock.now_ms()), **changes)
        if after == order:
            return order
        self.store.update(connection, after)
        if after.state is not order.state:
            self._tell(connection, after, by, reason)
            provider = self.provider(after)
            if not after.open and provider is not None:
                provider.release(connection, after)
            if after.state is State.SETTLED and provider is not None:
                provider.charge(connection, after)
        return after

    def _insert(self, connection: Connection, draft: Draft) -> ChargeOrder | None:
        """Insert first, and look afterwards what was in the way: so there is no gap for anybody else."""
        for _ in range(MAX_TRIES):
            order = draft(new_number(from_epoch_ms(self.clock.now_ms()).astimezone(self.zone)))
            inserted = self.store.insert(connection, order)
            if inserted is not None:
                return inserted
            if order.request and self.store.get(connection, charging_orders.c.request == order.request):
                return None
            if order.slot and self.store.get(connection, charging_orders.c.slot == order.slot):
                raise ConnectorRefused("somebody charges here", code="connector-busy")
        raise RuntimeError("no number is free for a new order")

    def _same_request(self, connection: Connection, request: str) -> ChargeOrder:
        order = self.placed(connection, request)
        if order is None:
            raise RuntimeError("an order that was there is gone")
        return order

    def _funded(
        self, connection: Connection, order: ChargeOrder, code: Code, placing: Placing, by: Actor
    ) -> ChargeOrder:
        self.codes.use(connection, code, order.number)
        hold = self.providers.of(order.provider).hold(connection, order, placing.account_key)
        order = replace(
            order,
            account=hold.account,
            hold_fen=hold.fen,
            most_wh=min(order.most_wh, placing.most_wh(hold.fen)),
        )
        self.store.update(connection, order)
        details = {"device": str(order.address), "account": hold.account, "hold_fen": hold.fen}
        self.trail.write(connection, by, "charge.placed", order.number, **details)
        return order

    def _tell(self, connection: Connection, order: ChargeOrder, by: Actor, reason: str) -> None:
        what = _TOLD.get(order.state)
        if what is not None:
            details = {
                "device": str(order.address),
                "account": order.account,
                "energy_wh": order.energy_wh,
                "amount_fen": order.amount_fen,
                "why": order.why,
                "problem": order.problem_code,
            }
            known = {name: value for name, value in details.items() if value is not None}
            self.trail.write(connection, by, what, order.number, reason, **known)

    def provider(self, order: ChargeOrder) -> Provider | None:
        """Return who takes the money of an order that somebody placed.

        One whose package is gone takes none, but the bill is made: it must not hold up all that follow.
        """
        if not order.placed:
            return None
        try:
            return self.providers.of(order.provider)
        except ConfigurationError:
            logger.exception("order %s cannot be paid", order.number)
            return None
