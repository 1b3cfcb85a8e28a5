"""What goes wrong is counted always, and logged once per source and minute."""

import logging
from dataclasses import dataclass
from typing import Final

from contract.clock import Clock

log = logging.getLogger(__name__)

QUIET_S: Final = 60.0
MAX_SOURCES: Final = 1000
"""Sources beyond this share one line a minute, so that garbage cannot fill the memory."""


@dataclass(slots=True, kw_only=True)
class Counters:
    """What the host shows about itself, since its start."""

    publishes_denied: int = 0
    messages_rejected: int = 0
    retained_actions_ignored: int = 0
    actions_repeated: int = 0
    events_refused: int = 0
    malformed: int = 0
    events_resent: int = 0


class Complaints:
    """Log lines about others' mistakes, without letting them fill the log."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._quiet_until: dict[str, float] = {}
        self._unsaid: dict[str, int] = {}

    def say(self, source: str, what: str) -> None:
        """Log `what` about `source`, unless something was logged about it within the minute."""
        if source not in self._quiet_until and len(self._quiet_until) >= MAX_SOURCES:
            source = "many others"
        now = self._clock.monotonic()
        if now < self._quiet_until.get(source, now):
            self._unsaid[source] = self._unsaid.get(source, 0) + 1
            return
        self._quiet_until[source] = now + QUIET_S
        log.warning("%s: %s (%d more since the last line)", source, what, self._unsaid.pop(source, 0))
