"""Bills charges that have ended, inside the caller's transaction. Blocking."""

from typing import Any, Final

from msgspec.structs import replace
from sqlalchemy import Connection

from contract.charging import ChargeEnded
from hub.charging.orders.book import Book
from hub.charging.orders.lifecycle import State, Step
from hub.charging.orders.order import ChargeOrder
from hub.charging.tariff.bill import bill
from hub.charging.tariff.curve import curve, seconds_of, span
from hub.charging.trail import ITSELF

LONGEST_S: Final = 2**31


class Settlement:
    """Bills one tenant's charges."""

    def __init__(self, book: Book) -> None:
        self._book = book

    def settle(
        self, connection: Connection, order: ChargeOrder, ended: ChargeEnded, at_ms: int, now_ms: int
    ) -> ChargeOrder:
        """Bill a charge that ended `at_ms`, as we heard `now_ms`. The same end again changes nothing."""
        if order.state is State.SETTLED and not order.assumed:
            return order
        settled = self._billed(connection, order, ended, at_ms, now_ms)
        if order.state is State.SETTLED:
            return self._amend(connection, order, settled)
        return self._book.step(connection, order, Step.END, **settled)

    def assume_ended(self, connection: Connection, order: ChargeOrder, energy_wh: int) -> ChargeOrder:
        """Bill a charge that its post knows nothing of any more, by what was last heard of it."""
        if not order.open:
            return order
        now_ms = self._book.clock.now_ms()
        read = self._book.store.readings(connection, [order.number])[order.number]
        energy_wh = max([energy_wh, *(each.energy_wh for each in read)])
        end_ms = max([order.began_ms or now_ms, *(each.at_ms for each in read)])
        assumed = ChargeEnded(transaction="", energy=energy_wh, seconds=0, why="other", estimated=True)
        settled = self._billed(connection, order, assumed, end_ms, now_ms)
        problem = {"problem_code": "end-not-reported", "problem_detail": "the post did not say that it ended"}
        return self._book.step(connection, order, Step.END, **(settled | problem | {"assumed": True}))

    def _billed(
        self, connection: Connection, order: ChargeOrder, ended: ChargeEnded, at_ms: int, now_ms: int
    ) -> dict[str, Any]:
        seconds = min(ended.seconds, LONGEST_S)
        over = span(order.began_ms, at_ms, seconds, order.not_before_ms, now_ms)
        read = self._book.store.readings(connection, [order.number])[order.number]
        made = bill(order.tariff, self._book.zone, curve(over, read, ended.energy))
        return {
            "began_ms": over.begin_ms,
            "ended_ms": over.end_ms,
            "seconds": seconds or seconds_of(over),
            "energy_wh": ended.energy,
            "amount_fen": made.amount_fen,
            "lines": made.lines,
            "why": ended.why[:64],
            "estimated": ended.estimated,
            "transaction": ended.transaction or order.transaction,
            "problem_code": None if order.placed else order.problem_code,
            "problem_detail": None if order.placed else order.problem_detail,
        }

    def _amend(self, connection: Connection, order: ChargeOrder, settled: dict[str, Any]) -> ChargeOrder:
        """Put right what the hub had assumed, now that the post has said it after all."""
        after = replace(order, **(settled | {"assumed": False}))
        self._book.store.update(connection, after)
        provider = self._book.provider(after)
        if provider is not None:
            provider.amend(connection, after, order.amount_fen)
        details = {
            "energy_wh": after.energy_wh,
            "amount_fen": after.amount_fen,
            "before_fen": order.amount_fen,
        }
        self._book.trail.write(connection, ITSELF, "charge.amended", order.number, **details)
        return after
