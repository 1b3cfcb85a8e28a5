"""A test of one device: for a few minutes its next alarm is awaited, and marked as a test. Pure."""

from enum import StrEnum
from typing import Final

from msgspec import Struct

from contract.topics import Address
from hub.alarms.signals import Raise
from hub.commissioning.proof import Proof

WINDOW_MS: Final = 5 * 60_000
SKEW_MS: Final = 60_000
"""A device's clock may be so far behind ours."""


class TrialState(StrEnum):
    """RUNNING: awaited. PROVEN: an alarm came all the way. NOTHING: none did in time. ENDED: by a person."""

    RUNNING = "running"
    PROVEN = "proven"
    NOTHING = "nothing"
    ENDED = "ended"


class Trial(Struct, frozen=True, kw_only=True):
    """One test; times in ms since 1970. Events of the ledger up to `after_seq` were there before it."""

    id: str
    device: str
    who: str
    state: TrialState
    started_ms: int
    until_ms: int
    after_seq: int
    ended_ms: int | None = None
    proof: Proof | None = None

    def awaits(self, at_ms: int) -> bool:
        """Whether an alarm that is raised now falls into its window."""
        return self.state is TrialState.RUNNING and self.started_ms <= at_ms <= self.until_ms


class Windows:
    """Which devices are being tested; asked in the ledger's thread, set on the event loop."""

    def __init__(self) -> None:
        self._running: dict[Address, Trial] = {}

    def set(self, running: dict[Address, Trial]) -> None:
        """Take which tests run."""
        self._running = running

    def all(self) -> list[Trial]:
        """Return the tests that run."""
        return list(self._running.values())

    def marks(self, signal: Raise) -> str | None:
        """Return the test within which an alarm is raised, None if it is none.

        What a driver host had kept from before, and sends only now, is no test.
        """
        trial = self._running.get(signal.address)
        if trial is None or not trial.awaits(signal.at_ms):
            return None
        said_ms = signal.trace.device_ms
        return None if said_ms is not None and said_ms < trial.started_ms - SKEW_MS else trial.id
