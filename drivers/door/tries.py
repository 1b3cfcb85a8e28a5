"""Wrong tries: when they are so many that somebody must be told, and which card must wait. Pure.

GB 50396 asks for an alarm after at most five wrong tries in a row. The entrance itself is
not shut by them, or any child with three bus cards could lock a house; only the card whose PIN was wrong is.
"""

from dataclasses import dataclass, field


@dataclass(slots=True)
class CodeLock:
    """Codes that are typed without a card: after `limit` wrong ones within `window_s` none opens for a while.

    A code alone can be guessed, so that here the keypad itself has to wait; cards go on opening.
    """

    limit: int
    window_s: float
    lockout_s: float
    _wrong_at: list[float] = field(default_factory=list)
    _shut_until: float = float("-inf")

    def locked(self, now: float) -> bool:
        """Whether no code opens now."""
        return now < self._shut_until

    def wrong(self, now: float) -> bool:
        """Count a wrong code; whether no code opens from now on.

        A right one does not begin the count anew: else a code of one's own would buy as many more tries.
        """
        self._wrong_at = [at for at in self._wrong_at if now - at < self.window_s]
        self._wrong_at.append(now)
        if len(self._wrong_at) < self.limit:
            return False
        self._wrong_at.clear()
        self._shut_until = now + self.lockout_s
        return True


@dataclass(slots=True)
class Tries:
    """The tries at one reader: `limit` in a row within `window_s` are too many."""

    limit: int
    window_s: float
    lockout_s: float
    _wrong_at: list[float] = field(default_factory=list)
    _pins: dict[str, list[float]] = field(default_factory=dict)

    @property
    def wrong(self) -> int:
        """How many wrong tries in a row there were."""
        return len(self._wrong_at)

    def granted(self, credential: str) -> None:
        """Begin to count anew."""
        self._wrong_at.clear()
        self._pins.pop(credential, None)

    def failed(self, now: float) -> int | None:
        """Count a wrong try; how many there were if they are too many now, and the count begins anew."""
        self._wrong_at = [at for at in self._wrong_at if now - at < self.window_s]
        self._wrong_at.append(now)
        if len(self._wrong_at) < self.limit:
            return None
        count = len(self._wrong_at)
        self._wrong_at.clear()
        return count

    def wrong_pin(self, credential: str, now: float) -> None:
        """Count a wrong PIN for one card."""
        self._pins = {
            card: kept
            for card, times in self._pins.items()
            if (kept := [at for at in times if now - at < self.lockout_s])
        }
        self._pins.setdefault(credential, []).append(now)

    def locked_out(self, credential: str, now: float) -> bool:
        """Whether the card's PIN was wrong too often lately."""
        times = self._pins.get(credential, [])
        return sum(now - at < self.lockout_s for at in times) >= self.limit
