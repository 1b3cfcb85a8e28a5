"""Tables of states and transitions, printed for the documentation."""

from collections.abc import Mapping
from enum import Enum
from typing import TypeVar

StateT = TypeVar("StateT", bound=Enum)
SightT = TypeVar("SightT", bound=Enum)


def transitions(following: Mapping[StateT, Mapping[SightT, StateT]], sights: type[SightT]) -> str:
    """Return a total table as Markdown: a row for each state, a column for each sight."""
    lines = [
        "| was | " + " | ".join(sight.value for sight in sights) + " |",
        "|---" * (len(sights) + 1) + "|",
    ]
    lines += [
        f"| {state.value} | " + " | ".join(row[sight].value for sight in sights) + " |"
        for state, row in following.items()
    ]
    return "\n".join(lines)
