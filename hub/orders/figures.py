"""How well orders are kept in time: 响应率, 解决率, 满意率, as 12345 lines and 接诉即办 ask for. Pure."""

from collections import defaultdict
from collections.abc import Iterable

from msgspec import Struct

from hub.alarms.definition import Words
from hub.orders.calendar import Calendar
from hub.orders.lifecycle import State
from hub.orders.order import WorkOrder


class Figures(Struct, frozen=True, kw_only=True):
    """Orders of one kind whose time began in one month. Rates are shares from 0 to 1, null over nothing.

    Late is what was done after its limit, or was not done and the limit is over; what still has time is in
    neither. An order that had to be reopened was not resolved in time. A rejected one needs a response, but
    nothing in it is to be resolved.
    """

    month: str | None
    kind: str | None
    title: Words
    orders: int
    open: int
    rejected: int
    reopened: int
    responded_in_time: int
    responded_late: int
    response_rate: float | None
    resolved_in_time: int
    resolved_late: int
    resolution_rate: float | None
    satisfied: int
    dissatisfied: int
    satisfaction_rate: float | None


def figures(orders: Iterable[WorkOrder], now_ms: int, calendar: Calendar) -> list[Figures]:
    """Count orders by month, newest first, and kind."""
    groups: dict[tuple[str, str], list[WorkOrder]] = defaultdict(list)
    for order in orders:
        groups[calendar.month(order.start_ms), order.kind].append(order)
    by_kind = sorted(groups.items(), key=lambda each: each[0][1])
    by_month = sorted(by_kind, key=lambda each: each[0][0], reverse=True)
    return [
        summed_up(group, now_ms, month=month, kind=kind, title=group[0].terms.title)
        for (month, kind), group in by_month
    ]


def summed_up(
    orders: list[WorkOrder],
    now_ms: int,
    *,
    month: str | None = None,
    kind: str | None = None,
    title: Words | None = None,
) -> Figures:
    """Count orders."""
    responded = [in_time for order in orders if (in_time := responded_in_time(order, now_ms)) is not None]
    resolved = [in_time for order in orders if (in_time := resolved_in_time(order, now_ms)) is not None]
    heard = [order.satisfied for order in orders if order.satisfied is not None]
    return Figures(
        month=month,
        kind=kind,
        title=title or {},
        orders=len(orders),
        open=sum(order.open for order in orders),
        rejected=sum(order.state is State.REJECTED for order in orders),
        reopened=sum(order.reopened > 0 for order in orders),
        responded_in_time=sum(responded),
        responded_late=len(responded) - sum(responded),
        response_rate=_rate(responded),
        resolved_in_time=sum(resolved),
        resolved_late=len(resolved) - sum(resolved),
        resolution_rate=_rate(resolved),
        satisfied=sum(heard),
        dissatisfied=len(heard) - sum(heard),
        satisfaction_rate=_rate(heard),
    )


def responded_in_time(order: WorkOrder, now_ms: int) -> bool | None:
    """Whether somebody responded in time; None as long as there still is time."""
    return _in_time(order.responded_ms, order.respond.by_ms, now_ms)


def resolved_in_time(order: WorkOrder, now_ms: int) -> bool | None:
    """Whether it was done in time, for good; None as long as there still is time, or nothing to do."""
    if order.state is State.REJECTED:
        return None
    if order.reopened:
        return False
    return _in_time(order.done_ms, order.resolve.by_ms, now_ms)


def _in_time(met_ms: int | None, by_ms: int, now_ms: int) -> bool | None:
    if met_ms is not None:
        return met_ms <= by_ms
    return False if now_ms > by_ms else None


def _rate(outcomes: list[bool]) -> float | None:
    return sum(outcomes) / len(outcomes) if outcomes else None
