"""Slows down whoever asks too often: so many at once, then so many a minute, for each key.

Kept in memory and bounded: the keys that were not used for longest are forgotten, and begin anew.
"""

from collections import OrderedDict
from typing import Final

from msgspec import Struct

from contract.clock import Clock
from hub.access.throttle import Throttled

MAX_KEYS: Final = 20_000


class _Bucket(Struct):
    left: float
    at: float


class Pace:
    """A token bucket for each key."""

    def __init__(self, clock: Clock, *, at_once: int, per_minute: float, what: str = "requests") -> None:
        self._clock = clock
        self._at_once = at_once
        self._per_s = per_minute / 60
        self._what = what
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def take(self, key: str) -> None:
        """Count one; Throttled if `key` must wait for its next."""
        now = self._clock.monotonic()
        bucket = self._buckets.setdefault(key, _Bucket(self._at_once, now))
        self._buckets.move_to_end(key)
        bucket.left = min(self._at_once, bucket.left + (now - bucket.at) * self._per_s)
        bucket.at = now
        while len(self._buckets) > MAX_KEYS:
            self._buckets.popitem(last=False)
        if bucket.left < 1:
            raise Throttled((1 - bucket.left) / self._per_s, self._what)
        bucket.left -= 1
