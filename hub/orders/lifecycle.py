"""The chain of a work order as a total table: what may be done to it, and what it is then.

报修 reported → 受理 accepted → 派单 assigned → 接单 taken → 到场 on site → 完工 done → 回访/复核 closed.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class State(StrEnum):
    """How far an order has come."""

    REPORTED = "reported"
    ACCEPTED = "accepted"
    ASSIGNED = "assigned"
    TAKEN = "taken"
    ON_SITE = "on-site"
    DONE = "done"
    CLOSED = "closed"
    REJECTED = "rejected"


class Step(StrEnum):
    """What a person may do to an order."""

    ACCEPT = "accept"
    ASSIGN = "assign"
    """Say who shall do it; also somebody else than before (改派)."""
    TAKE = "take"
    """Say that one does it: who it is assigned to, or, before that, whoever is first (抢单)."""
    ARRIVE = "arrive"
    DONE = "done"
    CLOSE = "close"
    REJECT = "reject"
    """Say that there is nothing to be done, and why."""
    REOPEN = "reopen"
    """Say that it is not in order after all, and why."""


_IMPOSSIBLE: Final[Mapping[Step, State | None]] = dict.fromkeys(Step)

CHAIN: Final[Mapping[State, Mapping[Step, State | None]]] = MappingProxyType(
    {
        State.REPORTED: {**_IMPOSSIBLE, Step.ACCEPT: State.ACCEPTED, Step.REJECT: State.REJECTED},
        State.ACCEPTED: {
            **_IMPOSSIBLE,
            Step.ASSIGN: State.ASSIGNED,
            Step.TAKE: State.TAKEN,
            Step.REJECT: State.REJECTED,
        },
        State.ASSIGNED: {
            **_IMPOSSIBLE,
            Step.ASSIGN: State.ASSIGNED,
            Step.TAKE: State.TAKEN,
            Step.REJECT: State.REJECTED,
        },
        State.TAKEN: {
            **_IMPOSSIBLE,
            Step.ASSIGN: State.ASSIGNED,
            Step.ARRIVE: State.ON_SITE,
            Step.REJECT: State.REJECTED,
        },
        State.ON_SITE: {
            **_IMPOSSIBLE,
            Step.ASSIGN: State.ASSIGNED,
            Step.DONE: State.DONE,
            Step.REJECT: State.REJECTED,
        },
        State.DONE: {**_IMPOSSIBLE, Step.CLOSE: State.CLOSED, Step.REOPEN: State.ACCEPTED},
        State.CLOSED: {**_IMPOSSIBLE, Step.REOPEN: State.ACCEPTED},
        State.REJECTED: {**_IMPOSSIBLE, Step.REOPEN: State.REPORTED},
    }
)
"""None: that cannot be done now."""

OVER: Final = frozenset({State.CLOSED, State.REJECTED})


def possible(state: State) -> list[Step]:
    """Return what may be done next."""
    return [step for step, after in CHAIN[state].items() if after is not None]


def diagram() -> str:
    """Draw the chain for Mermaid."""
    arrows = [
        f"    {_name(state)} --> {_name(after)}: {step.value}"
        for state, steps in CHAIN.items()
        for step, after in steps.items()
        if after is not None
    ]
    ends = [f"    {_name(state)} --> [*]" for state in State if state in OVER]
    named = [f'    state "{state.value}" as {_name(state)}' for state in State if "-" in state.value]
    lines = ["stateDiagram-v2", *named, f"    [*] --> {_name(State.REPORTED)}", *arrows, *ends]
    return "\n".join(lines) + "\n"


def _name(state: State) -> str:
    return state.value.replace("-", "_")
