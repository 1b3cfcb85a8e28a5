"""Has posts end charges: asked again and again, which does no harm. On the event loop, but for `want`."""

import logging
import math
from typing import Final, NamedTuple

from sqlalchemy import Connection

from contract.charging import STOP
from contract.clock import Clock
from contract.errors import InvalidMessage, Refused
from hub.actions.asks import EXPIRES_S, Asks
from hub.alarms.alarm import Actor
from hub.charging.figuring import Meter
from hub.charging.orders.book import Book
from hub.charging.orders.lifecycle import Step
from hub.charging.orders.order import ChargeOrder
from hub.charging.trail import ITSELF

logger = logging.getLogger(__name__)

AGAIN_S: Final = 20.0
LONGEST_PAUSE_S: Final = 300.0


class _Again(NamedTuple):
    """When to ask once more, in monotonic seconds, and how long to wait after that."""

    at: float = -math.inf
    pause_s: float = AGAIN_S


class Ending:
    """Orders that shall end."""

    def __init__(self, book: Book, actions: Asks, meter: Meter, clock: Clock) -> None:
        self._book = book
        self._actions = actions
        self._meter = meter
        self._clock = clock
        self._again: dict[str, _Again] = {}

    def want(self, connection: Connection, order: ChargeOrder, by: Actor, reason: str = "") -> ChargeOrder:
        """Write that an order, which the caller holds, shall end, and why; again is nothing new. Blocking."""
        now_ms = self._clock.now_ms()
        if order.after(Step.STOP, now_ms) is order:
            return order
        wanted = {"stop_by": by.who, "stop_ms": now_ms}
        return self._book.step(connection, order, Step.STOP, by, reason=reason, **wanted)

    async def ask(self, order: ChargeOrder) -> None:
        """Ask the post to end it, if it is time to and the post is there."""
        known = self._meter.seen(order)
        if not known.ready:
            self._again.pop(order.number, None)  # as soon as it is back
            return
        if order.begun and not known.shows(order.shown_as):
            return
        now, again = self._clock.monotonic(), self._again.get(order.number, _Again())
        if now < again.at:
            return
        self._again[order.number] = _Again(now + again.pause_s, min(2 * again.pause_s, LONGEST_PAUSE_S))
        try:
            await self._actions.request(
                order.address,
                STOP,
                {"order": order.shown_as},
                issuer=order.stop_by or ITSELF.who,
                reason=f"order {order.number}",
                expires_in_s=EXPIRES_S,
            )
        except (InvalidMessage, Refused) as wrong:
            logger.warning("order %s cannot be ended just now: %s", order.number, wrong)

    def keep(self, numbers: set[str]) -> None:
        """Forget all other orders."""
        for number in self._again.keys() - numbers:
            del self._again[number]
