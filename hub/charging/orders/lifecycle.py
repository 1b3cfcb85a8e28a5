"""How far a charging order has come, as a total table: what may happen to it, and what it is then."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class State(StrEnum):
    """How far an order has come."""

    REQUESTED = "requested"
    """Money is set aside; nobody has asked the post yet, as far as is known."""
    STARTING = "starting"
    """The post is asked, or what became of that is not known."""
    CHARGING = "charging"
    STOPPING = "stopping"
    """It shall end; the post has not said yet that it has."""
    SETTLED = "settled"
    """It has ended and is billed."""
    CANCELLED = "cancelled"
    """It never began, as far as is known; nothing is billed."""


class Step(StrEnum):
    """What may happen to an order."""

    ASK = "ask"
    """The action `start` is on its way."""
    BEGIN = "begin"
    """The post shows that it charges for this order."""
    FAIL = "fail"
    """It will not begin."""
    STOP = "stop"
    """Somebody, or the hub, wants it to end."""
    END = "end"
    """It is known what was delivered."""


_R, _S, _C = State.REQUESTED, State.STARTING, State.CHARGING
_P, _E, _X = State.STOPPING, State.SETTLED, State.CANCELLED

CHAIN: Final[Mapping[State, Mapping[Step, State]]] = MappingProxyType(
    {
        _R: {Step.ASK: _S, Step.BEGIN: _C, Step.FAIL: _X, Step.STOP: _P, Step.END: _E},
        _S: {Step.ASK: _S, Step.BEGIN: _C, Step.FAIL: _X, Step.STOP: _P, Step.END: _E},
        _C: {Step.ASK: _C, Step.BEGIN: _C, Step.FAIL: _C, Step.STOP: _P, Step.END: _E},
        _P: {Step.ASK: _P, Step.BEGIN: _P, Step.FAIL: _X, Step.STOP: _P, Step.END: _E},
        _E: {Step.ASK: _E, Step.BEGIN: _E, Step.FAIL: _E, Step.STOP: _E, Step.END: _E},
        _X: {Step.ASK: _X, Step.BEGIN: _C, Step.FAIL: _X, Step.STOP: _X, Step.END: _E},
    }
)
"""The state itself: nothing happens. What was cancelled comes to life again if the post delivers all the
same: the energy is taken. What was to stop and did begin fails no more (`ChargeOrder.after`)."""

OVER: Final = frozenset({State.SETTLED, State.CANCELLED})


def diagram() -> str:
    """Draw the chain for Mermaid."""
    arrows = [
        f"    {state.value} --> {after.value}: {step.value}"
        for state, steps in CHAIN.items()
        for step, after in steps.items()
        if after is not state
    ]
    ends = [f"    {state.value} --> [*]" for state in State if state in OVER]
    return "\n".join(["stateDiagram-v2", f"    [*] --> {_R.value}", *arrows, *ends]) + "\n"
