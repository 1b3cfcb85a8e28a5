"""A work order as the API and the live stream show it."""

from collections.abc import Sequence
from typing import Any, Literal

from msgspec import Struct

from contract.clock import rfc3339_ms
from hub.alarms.definition import Words
from hub.orders.calendar import Calendar
from hub.orders.figures import Figures, figures, summed_up
from hub.orders.lifecycle import State, Step, possible
from hub.orders.limits import Due, due
from hub.orders.order import OrderEntry, OrderEntryKind, WorkOrder


class LiveOrder(Struct, frozen=True, kw_only=True):
    """An order as everybody at a screen may see it: without what a resident said, and where.

    Times are RFC 3339. `closed` is null as long as there is something to do.
    """

    id: str
    number: int
    site: str
    kind: str
    title: Words
    alarm: str | None
    device: str | None
    area: str | None
    state: State
    due: Due
    version: int
    start: str
    respond_by: str
    resolve_by: str
    responded: str | None
    done: str | None
    closed: str | None
    assigned_to: str | None


class OrderView(LiveOrder, frozen=True, kw_only=True):
    """An order. `version`: quote it with whatever you do to the order; `can`: what may be done next.

    `device` is `kind/id`; `reporter` a pseudonymous reference. `review`: another person than `done_by` closes
    it. `proof` is needed to say that it is done; `proofs` counts the pictures of the work so far.
    """

    kind_title: Words
    made: str
    place: str
    text: str
    reporter: str | None
    taken_by: str | None
    done_by: str | None
    closed_by: str | None
    review: bool
    proof: Sequence[Literal["note", "picture"]]
    proofs: int
    reopened: int
    satisfied: bool | None
    can: Sequence[Step]


class OrderEntryView(Struct, frozen=True, kw_only=True):
    """One entry of an order's timeline. A picture is named in `data`: `sha256`, `type`, `bytes`."""

    n: int
    ts: str
    kind: OrderEntryKind
    who: str
    post: str | None
    note: str
    data: dict[str, Any]


class OrderDetail(OrderView, frozen=True, kw_only=True):
    """An order with its timeline, oldest first."""

    timeline: Sequence[OrderEntryView]


class OrderPage(Struct, frozen=True):
    """Orders, the newest first. `next`: what to give as `before` for those that follow."""

    orders: Sequence[OrderView]
    next: int | None


class FiguresPage(Struct, frozen=True, kw_only=True):
    """Figures by month of the site, newest first, and kind; `total` is over all of them."""

    figures: Sequence[Figures]
    total: Figures


def figures_page(orders: Sequence[WorkOrder], now_ms: int, calendar: Calendar) -> FiguresPage:
    """Count orders, by month and kind and over all."""
    return FiguresPage(figures=figures(orders, now_ms, calendar), total=summed_up(list(orders), now_ms))


def live_order(order: WorkOrder, now_ms: int) -> LiveOrder:
    """Show an order to everybody."""
    return LiveOrder(**_common(order, now_ms))


def order_view(order: WorkOrder, now_ms: int) -> OrderView:
    """Show an order to who works on it."""
    return OrderView(**_common(order, now_ms), **_own(order))


def order_detail(order: WorkOrder, timeline: Sequence[OrderEntry], now_ms: int) -> OrderDetail:
    """Show an order with its timeline."""
    entries = [entry_view(entry) for entry in timeline]
    return OrderDetail(**_common(order, now_ms), **_own(order), timeline=entries)


def entry_view(entry: OrderEntry) -> OrderEntryView:
    """Show an entry."""
    return OrderEntryView(
        n=entry.n,
        ts=rfc3339_ms(entry.ts_ms),
        kind=entry.kind,
        who=entry.who,
        post=entry.post,
        note=entry.note,
        data=entry.data,
    )


def _common(order: WorkOrder, now_ms: int) -> dict[str, Any]:
    return {
        "id": order.id,
        "number": order.number,
        "site": order.site,
        "kind": order.kind,
        "title": order.title,
        "alarm": order.alarm,
        "device": order.device,
        "area": order.area,
        "state": order.state,
        "due": due(order, now_ms),
        "version": order.version,
        "start": rfc3339_ms(order.start_ms),
        "respond_by": rfc3339_ms(order.respond.by_ms),
        "resolve_by": rfc3339_ms(order.resolve.by_ms),
        "responded": _text(order.responded_ms),
        "done": _text(order.done_ms),
        "closed": _text(order.closed_ms),
        "assigned_to": order.assigned_to,
    }


def _own(order: WorkOrder) -> dict[str, Any]:
    return {
        "kind_title": order.terms.title,
        "made": rfc3339_ms(order.made_ms),
        "place": order.place,
        "text": order.text,
        "reporter": order.reporter,
        "taken_by": order.taken_by,
        "done_by": order.done_by,
        "closed_by": order.closed_by,
        "review": order.terms.review,
        "proof": order.terms.proof,
        "proofs": order.proofs,
        "reopened": order.reopened,
        "satisfied": order.satisfied,
        "can": possible(order.state),
    }


def _text(at_ms: int | None) -> str | None:
    return None if at_ms is None else rfc3339_ms(at_ms)
