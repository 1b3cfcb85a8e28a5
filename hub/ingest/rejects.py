"""Messages that are not understood: each counted, one a source and minute logged and kept to look at."""

import logging
from typing import Final

from msgspec import Struct

from contract.clock import Clock
from contract.errors import InvalidMessage
from contract.mqtt import Incoming
from hub.counters import Counters

logger = logging.getLogger(__name__)

KEPT_BYTES: Final = 4096
MAX_SOURCES: Final = 10_000
QUIET_S: Final = 60.0


class Reject(Struct, frozen=True, kw_only=True):
    """A rejected message as the ledger keeps it; `payload` is cut at KEPT_BYTES and made printable."""

    topic: str
    reason: str
    payload: str
    received_ms: int


class Rejects:
    """Counts rejected messages, and says of which a sample should be kept."""

    def __init__(self, clock: Clock, counters: Counters) -> None:
        self._clock = clock
        self._counters = counters
        self._spoken: dict[str, float] = {}
        self._silent: dict[str, int] = {}

    def take(self, message: Incoming, wrong: InvalidMessage, received_ms: int) -> Reject | None:
        """Count a message; the first of its source in a minute is logged and returned."""
        self._counters.rejected[wrong.code] += 1
        source = _source(message.topic)
        now = self._clock.monotonic()
        last = self._spoken.get(source)
        if last is not None and now - last < QUIET_S:
            self._silent[source] = self._silent.get(source, 0) + 1
            return None
        if len(self._spoken) >= MAX_SOURCES:
            self._spoken.clear()
            self._silent.clear()
        self._spoken[source] = now
        logger.warning(
            "rejected a message of %d bytes on %r: %s (%d more from there since the last line)",
            len(message.payload),
            message.topic,
            wrong,
            self._silent.pop(source, 0),
        )
        shown = message.payload[:KEPT_BYTES].decode("utf-8", "backslashreplace")
        printable = shown.replace("\x00", "\\x00")
        return Reject(topic=message.topic, reason=str(wrong), payload=printable, received_ms=received_ms)


def _source(topic: str) -> str:
    """Return the device's part of the topic: `hemei/site/kind/device`."""
    return "/".join(topic.split("/", 4)[:4])
