"""Time is a parameter: who needs the time is given a clock."""

import time
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Protocol


class Clock(Protocol):
    """Two times: the wall clock for what is recorded, a monotonic one for what is measured."""

    def now(self) -> datetime:
        """Aware UTC time, whole milliseconds."""
        ...

    def now_ms(self) -> int:
        """Return the same as milliseconds since 1970: cheaper, for what happens with every message."""
        ...

    def monotonic(self) -> float:
        """Seconds since an arbitrary start; never goes back."""
        ...


class SystemClock:
    """The machine's own time."""

    def now(self) -> datetime:
        """Aware UTC time, whole milliseconds."""
        return whole_milliseconds(datetime.now(UTC))

    def now_ms(self) -> int:
        """Milliseconds since 1970."""
        return time.time_ns() // 1_000_000

    def monotonic(self) -> float:
        """Seconds since an arbitrary start; never goes back."""
        return time.monotonic()


class ManualClock:
    """A clock that a test moves; both times advance together."""

    def __init__(self, start: datetime = datetime(2026, 1, 1, tzinfo=UTC)) -> None:
        self._now = start
        self._monotonic = 0.0

    def now(self) -> datetime:
        """Aware UTC time, whole milliseconds."""
        return self._now

    def now_ms(self) -> int:
        """Milliseconds since 1970."""
        return epoch_ms(self._now)

    def monotonic(self) -> float:
        """Seconds moved so far."""
        return self._monotonic

    def advance(self, seconds: float) -> None:
        """Move both times forward."""
        self._now = whole_milliseconds(self._now + timedelta(seconds=seconds))
        self._monotonic += seconds

    def set_wall(self, now: datetime) -> None:
        """Make the wall clock jump, as a wrong NTP server would; the monotonic one stays."""
        self._now = whole_milliseconds(now)


def whole_milliseconds(moment: datetime) -> datetime:
    """Cut `moment` to whole milliseconds, the resolution of every time on the wire."""
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def rfc3339(moment: datetime) -> str:
    """Write an aware time as RFC 3339 UTC with milliseconds: `2026-11-24T01:02:03.004Z`."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


def epoch_ms(moment: datetime) -> int:
    """Milliseconds since 1970-01-01T00:00:00Z."""
    return round(moment.timestamp() * 1000)


def from_epoch_ms(milliseconds: int) -> datetime:
    """Aware UTC time of a count of milliseconds since 1970."""
    return datetime.fromtimestamp(milliseconds // 1000, UTC) + timedelta(milliseconds=milliseconds % 1000)


def rfc3339_ms(milliseconds: int) -> str:
    """Write a count of milliseconds since 1970 as `rfc3339` does, ten times as fast."""
    seconds, rest = divmod(milliseconds, 1000)
    return f"{_whole_second(seconds)}.{rest:03}Z"


@lru_cache(256)
def _whole_second(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat().removesuffix("+00:00")
