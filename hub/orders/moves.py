"""What becomes of an order: from the order before, and what somebody does, to the order after. Pure.

Each function returns the order after or raises Refused.
"""

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from contract.errors import InvalidMessage, Refused
from hub.orders.calendar import Calendar
from hub.orders.lifecycle import CHAIN, State, Step, possible
from hub.orders.order import OrderEntryKind, Told, WorkOrder

UNCOUNTED: Final = frozenset({OrderEntryKind.PICTURE, OrderEntryKind.NEAR_DUE, OrderEntryKind.OVERDUE})
"""Entries that do not move the version: nobody's press becomes stale because time passes."""

ENTRIES: Final[Mapping[Step, OrderEntryKind]] = {
    Step.ACCEPT: OrderEntryKind.ACCEPTED,
    Step.ASSIGN: OrderEntryKind.ASSIGNED,
    Step.TAKE: OrderEntryKind.TAKEN,
    Step.ARRIVE: OrderEntryKind.ARRIVED,
    Step.DONE: OrderEntryKind.DONE,
    Step.CLOSE: OrderEntryKind.CLOSED,
    Step.REJECT: OrderEntryKind.REJECTED,
    Step.REOPEN: OrderEntryKind.REOPENED,
}


class Press(Struct, frozen=True, kw_only=True):
    """What somebody does. `to`: who an order is assigned to; `satisfied`: what the call-back (回访) heard."""

    step: Step
    note: str = ""
    to: str | None = None
    satisfied: bool | None = None


class Moment(NamedTuple):
    """By whom, when, and at which site it is done."""

    who: str
    now_ms: int
    calendar: Calendar


Move = Callable[[WorkOrder, Press, Moment], WorkOrder]


def pressed(order: WorkOrder, press: Press, at: Moment) -> WorkOrder:
    """Return the order after a step; Refused says why it cannot be, InvalidMessage what is missing."""
    state = CHAIN[order.state][press.step]
    if state is None:
        allowed = ", ".join(step.value for step in possible(order.state)) or "nothing"
        raise Refused(f"the order is {order.state.value}; what can be done: {allowed}", code="not-now")
    after = replace(_MOVES[press.step](order, press, at), state=state)
    return _responded(after, at.now_ms)


def pictured(order: WorkOrder) -> WorkOrder:
    """Count a picture as proof if it was taken while somebody was at it."""
    if not order.open:
        raise Refused(f"the order is {order.state.value}; reopen it first", code="not-now")
    if order.state in (State.TAKEN, State.ON_SITE):
        return replace(order, proofs=order.proofs + 1)
    return order


def entered(order: WorkOrder, kind: OrderEntryKind) -> WorkOrder:
    """Count the entry that is about to be written."""
    return replace(order, entries=order.entries + 1, version=order.version + (kind not in UNCOUNTED))


def _accept(order: WorkOrder, _press: Press, _at: Moment) -> WorkOrder:
    return order


def _assign(order: WorkOrder, press: Press, _at: Moment) -> WorkOrder:
    if press.to is None:
        raise InvalidMessage("say to whom it is assigned", code="assignee-missing")
    return replace(order, assigned_to=press.to, taken_by=None)


def _take(order: WorkOrder, _press: Press, at: Moment) -> WorkOrder:
    if order.state is State.ASSIGNED and order.assigned_to != at.who:
        raise Refused(f"it is assigned to {order.assigned_to}; assign it to yourself first", code="not-yours")
    return replace(order, assigned_to=at.who, taken_by=at.who, proofs=0)


def _arrive(order: WorkOrder, _press: Press, at: Moment) -> WorkOrder:
    return _own(order, at)


def _done(order: WorkOrder, press: Press, at: Moment) -> WorkOrder:
    _own(order, at)
    given = {"note": bool(press.note.strip()), "picture": order.proofs > 0}
    missing = [proof for proof in order.terms.proof if not given[proof]]
    if missing:
        raise Refused(f"proof is missing: {', '.join(missing)}", code="proof-missing")
    return replace(order, done_ms=at.now_ms, done_by=at.who)


def _close(order: WorkOrder, press: Press, at: Moment) -> WorkOrder:
    if order.terms.review and at.who == order.done_by:
        raise Refused("another person must close it, not who did it", code="same-person")
    return replace(order, closed_ms=at.now_ms, closed_by=at.who, satisfied=press.satisfied)


def _reject(order: WorkOrder, press: Press, at: Moment) -> WorkOrder:
    _reason(press)
    return replace(order, closed_ms=at.now_ms, closed_by=at.who)


def _reopen(order: WorkOrder, press: Press, at: Moment) -> WorkOrder:
    """Begin again. Who took up what was done badly has the time to do it anew; a wrong refusal buys none."""
    _reason(press)
    again = replace(order, closed_ms=None, closed_by=None, satisfied=None, assigned_to=None, taken_by=None)
    if order.state is State.REJECTED:
        return again
    return replace(
        again,
        resolve=at.calendar.resolve(order.terms, at.now_ms),
        resolve_told=Told.NOTHING,
        done_ms=None,
        done_by=None,
        reopened=order.reopened + 1,
    )


_MOVES: Final[Mapping[Step, Move]] = {
    Step.ACCEPT: _accept,
    Step.ASSIGN: _assign,
    Step.TAKE: _take,
    Step.ARRIVE: _arrive,
    Step.DONE: _done,
    Step.CLOSE: _close,
    Step.REJECT: _reject,
    Step.REOPEN: _reopen,
}


def _own(order: WorkOrder, at: Moment) -> WorkOrder:
    if order.taken_by != at.who:
        raise Refused(f"{order.taken_by} has taken it; assign it to yourself first", code="not-yours")
    return order


def _reason(press: Press) -> None:
    if not press.note.strip():
        raise InvalidMessage("say why", code="reason-missing")


def _responded(order: WorkOrder, now_ms: int) -> WorkOrder:
    """Note when somebody first did what counts as the response; a refusal is one as well."""
    states = list(State)
    reached = states.index(order.state) >= states.index(State(order.terms.respond_at))
    return replace(order, responded_ms=now_ms) if order.responded_ms is None and reached else order
