"""Sees to open orders: has posts begin and end, and takes what becomes of that. On the hub's event loop.

Nothing is asked for that is not in the ledger first; after a crash the ledger, the actions and the shadows
say how things stand.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from contract.charging import START
from contract.clock import Clock
from contract.errors import HemeiError, InvalidMessage, Refused
from contract.topics import Address
from hub.actions.asks import EXPIRES_S, Asks
from hub.actions.records import ActionRecord
from hub.charging.figuring import Meter
from hub.charging.orders.book import Book
from hub.charging.orders.decide import Deed, Facts, Verdict, decide
from hub.charging.orders.ending import Ending
from hub.charging.orders.lifecycle import State, Step
from hub.charging.orders.order import ChargeOrder
from hub.charging.orders.store import OPEN
from hub.charging.settlement.settlement import Settlement
from hub.charging.tariff.curve import Point
from hub.charging.trail import ITSELF
from hub.ledger.transactions import Transactions

logger = logging.getLogger(__name__)


class Minder:
    """Open orders of one tenant. `watched`: their connectors, `open`: how many orders, at the last look."""

    def __init__(
        self,
        ledger: Transactions,
        book: Book,
        settlement: Settlement,
        ending: Ending,
        actions: Asks,
        meter: Meter,
        clock: Clock,
    ) -> None:
        self.watched: frozenset[Address] = frozenset()
        self.open = 0
        self.asking: Counter[str] = Counter()
        """Orders, by their request's hash, that are being placed and asked for just now."""
        self._ledger = ledger
        self._book = book
        self._settlement = settlement
        self._actions = actions
        self._meter = meter
        self._clock = clock
        self._gone: dict[str, float] = {}
        self._away: dict[str, float] = {}
        self._ending = ending

    async def begin(self, order: ChargeOrder) -> ChargeOrder:
        """Ask the post to begin: once, with the id that was written down with the order."""
        given = {"order": order.number, "seconds": order.longest_s, "energy": order.most_wh}
        try:
            await self._actions.request(
                order.address,
                START,
                given,
                issuer=ITSELF.who,
                reason=f"order {order.number}",
                expires_in_s=EXPIRES_S,
                ident=order.action,
            )
        except (InvalidMessage, Refused) as wrong:
            failed = Verdict(what=Step.FAIL, code=wrong.code, detail=str(wrong))
            return await self._write(order.number, failed)
        return await self._write(order.number, Verdict(what=Step.ASK))

    async def look(self) -> None:
        """Do everything that is to be done now."""
        orders, read = await self._ledger.read(self._open)
        self.watched, self.open = frozenset(each.address for each in orders), len(orders)
        self._forget({each.number for each in orders})
        for order in orders:
            await asyncio.sleep(0)  # a thousand charges must not hold up everybody else
            try:
                await self._mind(order, read[order.number])
            except (HemeiError, SQLAlchemyError):
                logger.exception("order %s: something is left undone; it is tried again", order.number)

    def _open(self, connection: Connection) -> tuple[Sequence[ChargeOrder], Mapping[str, Sequence[Point]]]:
        orders = self._book.store.find(connection, OPEN)
        return orders, self._book.store.readings(connection, [each.number for each in orders])

    async def _mind(self, order: ChargeOrder, read: Sequence[Point]) -> None:
        if self.asking[order.request or ""]:
            return
        start = None
        if order.action is not None and not order.begun:
            start = await self._actions.outcome(order.action)
        verdict = decide(order, self._facts(order, read, start))
        if verdict is not None:
            order = await self._write(order.number, verdict, self._meter.so_far(order, read).energy_wh)
        if order.state is State.STOPPING:
            await self._ending.ask(order)

    def _facts(self, order: ChargeOrder, read: Sequence[Point], start: ActionRecord | None) -> Facts:
        known = self._meter.seen(order)
        gone_s = self._lasting(self._gone, order, so=known.ready and not known.shows(order.shown_as))
        away_s = self._lasting(self._away, order, so=not known.ready)
        return Facts(
            now_ms=self._clock.now_ms(),
            seen=known,
            start=start,
            gone_s=gone_s,
            away_s=away_s,
            due_fen=self._meter.due_fen(order, read),
        )

    def _lasting(self, since: dict[str, float], order: ChargeOrder, *, so: bool) -> float:
        """Say for how long it has been so without a pause, in seconds."""
        now = self._clock.monotonic()
        if not so:
            since.pop(order.number, None)
            return 0.0
        return now - since.setdefault(order.number, now)

    async def _write(self, number: str, verdict: Verdict, energy_wh: int = 0) -> ChargeOrder:
        def work(connection: Connection) -> ChargeOrder:
            order = self._book.store.hold(connection, number)
            if order is None:
                raise RuntimeError(f"order {number} is gone")
            return self._carry_out(connection, order, verdict, energy_wh)

        return await self._ledger.write(work)

    def _carry_out(
        self, connection: Connection, order: ChargeOrder, verdict: Verdict, energy_wh: int
    ) -> ChargeOrder:
        if verdict.what is Deed.ASSUME_ENDED:
            return self._settlement.assume_ended(connection, order, energy_wh)
        if verdict.what is Step.STOP:
            return self._ending.want(connection, order, ITSELF)
        now_ms = self._clock.now_ms()
        if verdict.what is Step.BEGIN and not order.begun:
            return self._book.step(connection, order, Step.BEGIN, began_ms=now_ms)
        if order.after(Step(verdict.what), now_ms) is order:
            return order
        problem: dict[str, Any] = {"problem_code": verdict.code, "problem_detail": verdict.detail}
        return self._book.step(connection, order, Step(verdict.what), **problem)

    def _forget(self, numbers: set[str]) -> None:
        self._meter.keep(numbers)
        self._ending.keep(numbers)
        for since in (self._gone, self._away):
            for number in since.keys() - numbers:
                del since[number]
