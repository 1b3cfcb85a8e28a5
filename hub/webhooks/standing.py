"""How each webhook does, for whoever keeps the hub running: what waits, and what was said last. Pure."""

from typing import Final

from msgspec import Struct

FAILING_AFTER_S: Final = 300.0
"""A receiver that takes nothing for so long fails; one that only starts again does not."""


class Standing(Struct):
    """What became of a webhook's messages since the start of the hub; times in ms since 1970.

    `error`: why the last attempt that failed did so. `begun_ms`: since when attempts fail; none: the last one
    did not. `lost`: a message was given up, and none was taken since. `gone`: it answered that it wants no
    more. `oldest_ms`: when what it is told now happened; none: it knows all.
    """

    sent: int = 0
    failed: int = 0
    given_up: int = 0
    told_ms: int | None = None
    error: str = ""
    begun_ms: int | None = None
    lost: bool = False
    gone: bool = False
    oldest_ms: int | None = None

    def took(self, now_ms: int) -> None:
        """Take that a message was taken."""
        self.sent += 1
        self.told_ms, self.begun_ms, self.lost = now_ms, None, False

    def refused(self, reason: str, now_ms: int) -> None:
        """Take that an attempt failed."""
        self.failed += 1
        self.error = reason
        self.begun_ms = now_ms if self.begun_ms is None else self.begun_ms

    def gave_up(self) -> None:
        """Take that a message is left out."""
        self.given_up += 1
        self.lost = True

    def failing(self, now_ms: int) -> bool:
        """Whether somebody must look after it."""
        slow = self.begun_ms is not None and now_ms - self.begun_ms >= FAILING_AFTER_S * 1000
        return slow or self.lost or self.gone

    def behind_s(self, now_ms: int) -> float:
        """Return the age of the oldest message that it has not taken, in seconds."""
        return 0.0 if self.oldest_ms is None or self.gone else max(0.0, (now_ms - self.oldest_ms) / 1000)


class HookView(Struct, frozen=True, kw_only=True):
    """One webhook; `more`: more wait than were counted. Times in ms since 1970."""

    id: str
    failing: bool
    trying: bool
    gone: bool
    waiting: int
    more: bool
    behind_s: float
    told_ms: int | None
    error: str
    given_up: int
