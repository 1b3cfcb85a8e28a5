"""Has a charge begin and returns when the post shows it; what comes too late is not wanted any more."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final

from msgspec.structs import replace

from contract.errors import DeviceError, DeviceUnreachable, Refused
from drivers.charger.charges.beginning import Terms, is_order
from drivers.charger.charges.charge import Kept, Pending
from drivers.charger.connector import Connector
from drivers.charger.link import Limits
from drivers.charger.safety.interlocks import require_free
from drivers.charger.words import CHARGES, ConnectorState, EndReason

BUSY: Final = CHARGES | {ConnectorState.RESERVED}

Admit = Callable[[Callable[[int], Awaitable[None]]], Awaitable[int]]
"""What the supply allows, in W, once it is written down; Refused if there is nothing left."""


def check(connector: Connector, order: str, *, room: bool) -> None:
    """Refused if no charge may begin under this order, or none at all."""
    if not is_order(order):
        raise Refused("an order has 16 digits", code="invalid-order")
    require_free(connector.situation(room=room))
    kept, now = connector.kept, connector.clock.now()
    if kept.used(order):
        raise Refused(f"a charge has begun under order {order} already", code="order-used")
    waits = any(each.admitted(now) for each in kept.pending)
    if waits or connector.under_way is not None or connector.seen.state in BUSY:
        raise Refused("the connector is in use", code="busy")


def require_own(connector: Connector, order: str) -> None:
    """Refused if another charge than that of this order runs, or is about to; an empty order is any."""
    now, charge = connector.clock.now(), connector.under_way
    running = {each.order for each in connector.kept.pending if each.admitted(now)}
    running |= {charge.order} if charge else set()
    if order and running and order not in running:
        raise Refused(f"another order than {order} charges here", code="other-order")


async def begin(connector: Connector, order: str, terms: Terms, admit: Admit) -> None:
    """Tell the post to begin a charge, and wait until it has.

    DeviceError `did-not-begin` if it has not in time; if it begins after all, it is ended at once.
    """
    timeout_s = connector.options.start_timeout_s
    until = connector.clock.now() + timedelta(seconds=timeout_s)
    deadline = connector.clock.monotonic() + timeout_s

    async def keep(power: int) -> None:
        pending = Pending(order=order, until=until, seconds=terms.seconds, energy=terms.energy, power=power)
        await connector.book.memory.change(lambda kept: kept.with_pending(pending))

    power = await admit(keep)
    lingers = done = False
    try:
        link = connector.seen.link
        if link is None:
            raise DeviceUnreachable(connector.seen.gone)
        require_free(connector.situation())  # to make room took a while
        lingers = True
        await link.start(order, Limits(seconds=terms.seconds, energy=terms.energy, power=power))
        await connector.news.until(lambda: connector.kept.used(order), deadline - connector.clock.monotonic())
        _require_begun(connector, order, timeout_s)
        done = True
    except DeviceError as failed:
        lingers = lingers and failed.code != "refused-by-post"
        raise
    finally:
        if not done:
            await _give_up(connector, order, lingers=lingers)


def _require_begun(connector: Connector, order: str, timeout_s: float) -> None:
    charge = connector.under_way
    if charge is not None and charge.order == order and charge.ending is None:
        return
    if connector.kept.used(order):
        raise DeviceError("the charge ended as soon as it had begun", code="ended-at-once")
    why = "nobody has plugged in" if connector.seen.plugged is False else "the post does not say why"
    raise DeviceError(f"no charge has begun within {timeout_s:g} s: {why}", code="did-not-begin")


async def _give_up(connector: Connector, order: str, *, lingers: bool) -> None:
    """Have nobody wait for it any more; what has begun a moment ago is ended."""

    def given_up(kept: Kept) -> Kept:
        pending = kept.waiting(order)
        if pending is None:
            return kept
        power = pending.power if lingers else 0
        return kept.with_pending(replace(pending, wanted=False, until=connector.clock.now(), power=power))

    await connector.book.memory.insist(given_up)
    charge = connector.kept.current
    if charge is not None and charge.order == order:
        await connector.end(charge, EndReason.STOPPED)
