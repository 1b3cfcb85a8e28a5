"""The way of a disclosure as a total table: what may be done to it, and what it is then.

申请 requested → 批准 approved → 制作 making → 就绪 ready → 移交 handed over.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class State(StrEnum):
    """How far a disclosure has come."""

    REQUESTED = "requested"
    APPROVED = "approved"
    MAKING = "making"
    READY = "ready"
    HANDED_OVER = "handed-over"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    FAILED = "failed"


class Step(StrEnum):
    """What is done to a disclosure."""

    APPROVE = "approve"
    REJECT = "reject"
    WITHDRAW = "withdraw"
    """Say that it is not wanted any more; what was made is deleted."""
    BEGIN = "begin"
    """Begin to make the bundle, or go on with it after the hub was gone."""
    FINISH = "finish"
    FAIL = "fail"
    CANCEL = "cancel"
    """Stop making; what is made so far stays, so that it can go on."""
    RESUME = "resume"
    HAND = "hand"
    """Say who got the bundle."""
    LAPSE = "lapse"
    """Its time is over: nobody decided, made or fetched it."""


PRESSES: Final = (Step.APPROVE, Step.REJECT, Step.WITHDRAW, Step.CANCEL, Step.RESUME, Step.HAND)
"""What people do; the rest does the hub itself."""

_IMPOSSIBLE: Final[Mapping[Step, State | None]] = dict.fromkeys(Step)
_STOPPED: Final[Mapping[Step, State | None]] = {
    **_IMPOSSIBLE,
    Step.RESUME: State.APPROVED,
    Step.WITHDRAW: State.WITHDRAWN,
    Step.LAPSE: State.EXPIRED,
}

WAYS: Final[Mapping[State, Mapping[Step, State | None]]] = MappingProxyType(
    {
        State.REQUESTED: {
            **_IMPOSSIBLE,
            Step.APPROVE: State.APPROVED,
            Step.REJECT: State.REJECTED,
            Step.WITHDRAW: State.WITHDRAWN,
            Step.LAPSE: State.EXPIRED,
        },
        State.APPROVED: {
            **_IMPOSSIBLE,
            Step.BEGIN: State.MAKING,
            Step.CANCEL: State.CANCELLED,
            Step.WITHDRAW: State.WITHDRAWN,
            Step.LAPSE: State.EXPIRED,
        },
        State.MAKING: {
            **_IMPOSSIBLE,
            Step.BEGIN: State.MAKING,
            Step.FINISH: State.READY,
            Step.FAIL: State.FAILED,
            Step.CANCEL: State.CANCELLED,
        },
        State.READY: {
            **_IMPOSSIBLE,
            Step.HAND: State.HANDED_OVER,
            Step.WITHDRAW: State.WITHDRAWN,
            Step.LAPSE: State.EXPIRED,
        },
        State.HANDED_OVER: _IMPOSSIBLE,
        State.REJECTED: _IMPOSSIBLE,
        State.WITHDRAWN: _IMPOSSIBLE,
        State.EXPIRED: _IMPOSSIBLE,
        State.CANCELLED: _STOPPED,
        State.FAILED: _STOPPED,
    }
)
"""None: that cannot be done now."""

OVER: Final = frozenset({State.HANDED_OVER, State.REJECTED, State.WITHDRAWN, State.EXPIRED})


def possible(state: State) -> list[Step]:
    """Return what people may do next."""
    return [step for step in PRESSES if WAYS[state][step] is not None]


def diagram() -> str:
    """Draw the table for Mermaid."""
    arrows = [
        f"    {_name(state)} --> {_name(after)}: {step.value}"
        for state, steps in WAYS.items()
        for step, after in steps.items()
        if after is not None
    ]
    ends = [f"    {_name(state)} --> [*]" for state in State if state in OVER]
    named = [f'    state "{state.value}" as {_name(state)}' for state in State if "-" in state.value]
    lines = ["stateDiagram-v2", *named, f"    [*] --> {_name(State.REQUESTED)}", *arrows, *ends]
    return "\n".join(lines) + "\n"


def _name(state: State) -> str:
    return state.value.replace("-", "_")
