"""Slows down guessing: each failure beyond a few doubles the wait, per user and per address.

Kept in memory: a restart forgives, which costs an attacker more than it gives. An attempt counts as failed
from its start, so that a hundred at once gain nothing; success takes it back.
"""

import math
from collections import OrderedDict
from ipaddress import IPv6Address, ip_address
from typing import Final

from msgspec import Struct

from contract.clock import Clock
from contract.errors import HemeiError

FIRST_WAIT_S: Final = 1.0
LONGEST_WAIT_S: Final = 300.0
FORGET_AFTER_S: Final = 3600.0
MAX_KEYS: Final = 20_000

USER: Final = "user "
FREE_PER_USER: Final = 5
FREE_PER_ADDRESS: Final = 20
"""A command centre's desks may share one address."""


class Throttled(HemeiError):
    """Too many attempts, by default failed ones; try again after `retry_after_s` seconds."""

    retryable = True
    default_code = "throttled"

    def __init__(self, retry_after_s: float, what: str = "failed attempts") -> None:
        super().__init__(f"too many {what}; try again in {math.ceil(retry_after_s)} s")
        self.retry_after_s = retry_after_s


class _Failures(Struct):
    count: int
    last: float
    open_at: float


class Throttle:
    """Counts failures by key; the oldest keys are forgotten when there are too many."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._failures: OrderedDict[str, _Failures] = OrderedDict()

    def attempt(self, free: dict[str, int]) -> None:
        """Count an attempt under each key of `free` (its free failures); Throttled if one must wait."""
        now = self._clock.monotonic()
        wait_s = max((self._wait_s(key, now) for key in free), default=0.0)
        if wait_s > 0:
            raise Throttled(wait_s)
        for key, allowed in free.items():
            self._count(key, allowed, now)

    def succeeded(self, free: dict[str, int]) -> None:
        """Take the attempt back: a user's failures are forgotten, an address loses this one."""
        for key, allowed in free.items():
            failures = self._failures.get(key)
            if failures is None:
                continue
            failures.count -= 1
            if key.startswith(USER):
                del self._failures[key]
            elif failures.count < allowed:
                failures.open_at = failures.last

    def _wait_s(self, key: str, now: float) -> float:
        failures = self._failures.get(key)
        return 0.0 if failures is None else failures.open_at - now

    def _count(self, key: str, allowed: int, now: float) -> None:
        failures = self._failures.get(key)
        if failures is None or now - failures.last > FORGET_AFTER_S:
            failures = self._failures[key] = _Failures(0, now, now)
        self._failures.move_to_end(key)
        failures.count += 1
        failures.last = now
        beyond = failures.count - allowed
        if beyond >= 0:
            failures.open_at = now + min(FIRST_WAIT_S * 2.0 ** min(beyond, 30), LONGEST_WAIT_S)
        while len(self._failures) > MAX_KEYS:
            self._failures.popitem(last=False)


def keys(user: str | None, address: str) -> dict[str, int]:
    """Under which keys an attempt counts: its user and its address (IPv6: the /64 a subscriber has)."""
    by_address = {f"address {network_of(address)}": FREE_PER_ADDRESS}
    return by_address if user is None else {USER + user: FREE_PER_USER} | by_address


def network_of(address: str) -> str:
    """Return what a subscriber's addresses have in common."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return parsed.exploded[:19]
    return str(parsed)
