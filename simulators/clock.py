"""Time as the pretend hardware sees it: the machine's, faster than that, or moved by a test."""

import time
from typing import Protocol


class Clock(Protocol):
    """One time in Unix seconds that never goes back."""

    def now_s(self) -> float:
        """Seconds since 1970-01-01T00:00:00Z."""
        ...


class RealClock:
    """The machine's time, `speed` times as fast from the moment of creation."""

    def __init__(self, speed: float = 1.0) -> None:
        self._speed = speed
        self._epoch_s = time.time()
        self._start_s = time.monotonic()

    def now_s(self) -> float:
        """Seconds since 1970-01-01T00:00:00Z, following the monotonic clock since creation."""
        return self._epoch_s + (time.monotonic() - self._start_s) * self._speed


class VirtualClock:
    """A clock that stands still until somebody moves it."""

    def __init__(self, now_s: float = 1_767_225_600.0) -> None:
        self._now_s = now_s

    def now_s(self) -> float:
        """Seconds since 1970-01-01T00:00:00Z; starts at 2026-01-01."""
        return self._now_s

    def advance(self, seconds: float) -> None:
        """Move the time forward."""
        self._now_s += seconds
