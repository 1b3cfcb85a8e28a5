"""Which action is being performed: an event that a driver reports within it says so."""

from contextvars import ContextVar
from typing import Final


class Performed:
    """An action that runs; `over` once it has ended, for what it started and left running."""

    def __init__(self, action: str) -> None:
        self.action = action
        self.over = False


_performed: Final[ContextVar[Performed | None]] = ContextVar("performed", default=None)


def begin(action: str) -> Performed:
    """Say that tasks started from here perform the action with this id."""
    performed = Performed(action)
    _performed.set(performed)
    return performed


def performed_action() -> str | None:
    """Return the id of the action that the current task performs, None if it performs none."""
    performed = _performed.get()
    return None if performed is None or performed.over else performed.action
