"""How often a reader of the ledger's events tries one that fails, before it goes on without it."""

from typing import Final

from sqlalchemy.exc import InterfaceError, OperationalError

MAX_TRIES: Final = 5


class Tries:
    """Counts how often the next event has failed: one by our fault does not hold all others back for ever."""

    def __init__(self) -> None:
        self._failed = 0

    def fail(self, wrong: Exception) -> None:
        """Take a failure: raised again if the event is worth another try; if it is not, leave it out."""
        if of_the_database(wrong):
            raise wrong
        self._failed += 1
        if self._failed < MAX_TRIES:
            raise wrong

    def go_on(self) -> None:
        """Begin with the next event."""
        self._failed = 0


def of_the_database(wrong: Exception) -> bool:
    """Whether the database is full or gone: no event's fault, however often it is tried."""
    return isinstance(wrong, OperationalError | InterfaceError)
