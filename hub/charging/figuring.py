"""What a charge has taken and comes to so far."""

from collections.abc import Sequence
from datetime import tzinfo
from typing import Final

from msgspec import Struct

from contract.clock import Clock
from hub.charging.orders.order import ChargeOrder
from hub.charging.seen import Known, Seen, seen
from hub.charging.tariff.bill import Bill, bill, fen_of
from hub.charging.tariff.curve import Point, curve, seconds_of, span

AHEAD_S: Final = 30.0
"""How far the hub looks ahead: a post takes a while to end a charge."""


class SoFar(Struct, frozen=True, kw_only=True):
    """How far a charge has come; `power_w` and `soc` None: not known."""

    energy_wh: int = 0
    seconds: int = 0
    power_w: float | None = None
    soc: float | None = None
    bill: Bill = Bill()


class Meter:
    """Reckons open orders from their readings in the ledger and from the shadows. On the event loop only."""

    def __init__(self, shadows: Known, clock: Clock, zone: tzinfo) -> None:
        self._shadows = shadows
        self._clock = clock
        self._zone = zone
        self._shown: dict[str, int] = {}

    def seen(self, order: ChargeOrder) -> Seen:
        """Return how its connector is."""
        return seen(self._shadows.get(order.address))

    def so_far(self, order: ChargeOrder, read: Sequence[Point]) -> SoFar:
        """Reckon an open order; its energy is never less than it was."""
        before_wh = self._shown.get(order.number, 0)
        made = so_far(order, read, self.seen(order), self._zone, self._clock.now_ms(), before_wh)
        self._shown[order.number] = made.energy_wh
        return made

    def due_fen(self, order: ChargeOrder, read: Sequence[Point]) -> int:
        """Return what it will come to a little later, at the highest price."""
        made = self.so_far(order, read)
        ahead_wh = round((made.power_w or 0) * AHEAD_S / 3600)
        return made.bill.amount_fen + fen_of(ahead_wh, max(each.price_fen for each in order.tariff.period))

    def keep(self, numbers: set[str]) -> None:
        """Forget what was shown of other orders."""
        self._shown = {number: wh for number, wh in self._shown.items() if number in numbers}


def so_far(
    order: ChargeOrder, read: Sequence[Point], now: Seen, zone: tzinfo, now_ms: int, least_wh: int = 0
) -> SoFar:
    """Reckon an open order at the moment of the last figure that is known of it. Pure."""
    if not order.begun:
        return SoFar()
    mine = now.shows(order.shown_as)
    known = [*read, Point(now.at_ms, now.energy_wh or 0)] if mine else list(read)
    energy_wh = max([least_wh, *(each.energy_wh for each in known)])
    last_ms = max([order.began_ms or now_ms, *(each.at_ms for each in known)])
    over = span(order.began_ms, min(last_ms, now_ms), 0, order.not_before_ms, now_ms)
    until_ms = now_ms if now.ready else over.end_ms
    return SoFar(
        energy_wh=energy_wh,
        seconds=max(seconds_of(over), (until_ms - over.begin_ms) // 1000),
        power_w=now.power if mine else None,
        soc=now.soc if mine else None,
        bill=bill(order.tariff, zone, curve(over, read, energy_wh)),
    )
