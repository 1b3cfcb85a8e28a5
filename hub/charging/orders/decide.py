"""What is to be done about an open order, from what is known of it just now. Pure."""

from enum import StrEnum
from typing import Final

from msgspec import Struct

from hub.actions.records import ActionRecord
from hub.charging.orders.lifecycle import State, Step
from hub.charging.orders.order import ChargeOrder
from hub.charging.seen import Seen

NOT_SHOWN_S: Final = 300.0
"""A post that is there and for so long shows nothing of a start whose outcome is unknown did not begin."""
FORGOTTEN_S: Final = 1800.0
"""A post that is there and for so long shows nothing of a charge that it began will not tell its end."""
GIVEN_UP_S: Final = 48 * 3600.0
"""So long after a charge must have ended, a post that is still away is not waited for any more."""
NEVER_HEARD_MS: Final = 12 * 3_600_000
"""Money is not set aside for ever for a post that is away."""
OVERTIME_S: Final = 120
"""The post itself ends a charge at its limit; the hub does so a little later."""


class Deed(StrEnum):
    """What the hub does by itself, beside what merely turned out (`Step`)."""

    ASSUME_ENDED = "assume-ended"


class Verdict(Struct, frozen=True, kw_only=True):
    """What is to be done, and the problem with it, if there is one."""

    what: Step | Deed
    code: str | None = None
    detail: str | None = None


class Facts(Struct, frozen=True, kw_only=True):
    """What is known of an order now.

    `start`: the action that starts it, None: nobody ever asked. `gone_s`: for how long the post has been
    there without showing this order, `away_s`: for how long it has not been there, in this run of the hub.
    `due_fen`: what it will have come to by the next look.
    """

    now_ms: int
    seen: Seen
    start: ActionRecord | None
    gone_s: float
    away_s: float
    due_fen: int


def decide(order: ChargeOrder, facts: Facts) -> Verdict | None:
    """Say what is to be done about an open order; None: nothing now."""
    return _of_charge(order, facts) if order.begun else _of_start(order, facts)


def _of_start(order: ChargeOrder, facts: Facts) -> Verdict | None:
    start = facts.start
    if facts.seen.ready and facts.seen.charges and facts.seen.shows(order.shown_as):
        return Verdict(what=Step.BEGIN)
    if start is None:
        return _failed("not-asked", "the hub was interrupted before it asked the post")
    if start.status == "succeeded":
        return Verdict(what=Step.BEGIN)
    if start.final:
        return _of_failure(order, facts, start)
    return Verdict(what=Step.ASK) if order.state is State.REQUESTED else None


def _of_failure(order: ChargeOrder, facts: Facts, start: ActionRecord) -> Verdict | None:
    code = start.error.code if start.error else start.status
    detail = start.error.message if start.error else ""
    unknown = start.status == "failed" and code == "outcome-unknown"
    given_up = facts.gone_s >= NOT_SHOWN_S or facts.now_ms - order.requested_ms >= NEVER_HEARD_MS
    return None if unknown and not given_up else _failed(code, detail)


def _of_charge(order: ChargeOrder, facts: Facts) -> Verdict | None:
    lasted_s = (facts.now_ms - (order.began_ms or order.requested_ms)) / 1000
    given_up = facts.away_s >= FORGOTTEN_S and lasted_s >= order.longest_s + GIVEN_UP_S
    if given_up or facts.gone_s >= FORGOTTEN_S:
        return Verdict(what=Deed.ASSUME_ENDED)
    if order.state is not State.CHARGING or not order.placed:
        return None
    spent = order.hold_fen > 0 and facts.due_fen >= order.hold_fen
    late = order.longest_s > 0 and lasted_s > order.longest_s + OVERTIME_S
    return Verdict(what=Step.STOP) if spent or late else None


def _failed(code: str, detail: str) -> Verdict:
    return Verdict(what=Step.FAIL, code=code[:64], detail=detail)
