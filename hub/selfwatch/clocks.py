"""How far the hub's clock is from true time, as well as can be known without asking the internet.

If the operating system says that its clock follows a time server, that is taken: the offset is what the
kernel still has to correct. Else the clock is compared with those of the driver hosts: the median over them
of the time in the last heartbeat against the moment at which it came. That includes the way of the message
(some ms), and is wrong as far as most driver hosts are; with one host, nobody knows whose clock is wrong.
"""

import ctypes
import statistics
from collections.abc import Callable, Iterable
from typing import Final

from msgspec import Struct

from contract.clock import Clock
from contract.topics import DRIVER_KIND
from hub.shadows.shadow import Connectivity, Shadow

STA_UNSYNC: Final = 0x0040
STA_NANO: Final = 0x2000
TIME_ERROR: Final = 5
"""From `<sys/timex.h>`; adjtimex(2)."""


class _Timex(ctypes.Structure):
    """`struct timex` of Linux, up to the field that is used; `modes` 0 only reads, which anybody may."""

    _fields_ = (
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror", ctypes.c_long),
        ("esterror", ctypes.c_long),
        ("status", ctypes.c_int),
        ("rest", ctypes.c_byte * 256),
    )


class Offset(Struct, frozen=True):
    """Seconds by which the hub's clock is ahead of `source` (`ntp` or `drivers`)."""

    seconds: float
    source: str


def of_kernel() -> float | None:
    """Return the offset that the kernel knows, in seconds; None: no time server is followed, or not Linux."""
    asked = getattr(ctypes.CDLL(None), "adjtimex", None)
    if asked is None:
        return None
    read = _Timex()
    state = asked(ctypes.byref(read))
    if state in (-1, TIME_ERROR) or read.status & STA_UNSYNC:
        return None
    return float(-read.offset / (1e9 if read.status & STA_NANO else 1e6))


def of_drivers(shadows: Iterable[Shadow], clock: Clock) -> float | None:
    """Return by how many seconds the hub is ahead of the driver hosts that it hears; None: it hears none."""
    there = tuple(shadows)  # at one go: this may be asked in a thread
    found = (of_driver(shadow, clock) for shadow in there)
    ahead = [seconds for seconds in found if seconds is not None]
    return statistics.median(ahead) if ahead else None


def of_driver(shadow: Shadow, clock: Clock) -> float | None:
    """Return by how many seconds the hub is ahead of a driver host; None: it is none, or is not heard.

    By its newest message.
    """
    if shadow.address.kind != DRIVER_KIND or shadow.connectivity is not Connectivity.ONLINE:
        return None
    newest = max(tuple(shadow.readings.values()), key=lambda reading: reading.fresh_at, default=None)
    if newest is None:
        return None
    came_ms = clock.now_ms() - (clock.monotonic() - newest.fresh_at) * 1000
    return (came_ms - newest.ts_ms) / 1000


class ClockWatch:
    """Answers the two properties about the clock."""

    def __init__(
        self,
        shadows: Iterable[Shadow],
        clock: Clock,
        kernel: Callable[[], float | None] = of_kernel,
    ) -> None:
        self._shadows = shadows
        self._clock = clock
        self._kernel = kernel

    def offset(self) -> Offset | None:
        """Return how wrong the clock is, as well as is known; None: nothing to compare with."""
        kernel = self._kernel()
        if kernel is not None:
            return Offset(kernel, "ntp")
        drivers = of_drivers(self._shadows, self._clock)
        return None if drivers is None else Offset(drivers, "drivers")

    def seconds(self) -> float | None:
        """Answer `clock-offset-s`."""
        offset = self.offset()
        return None if offset is None else offset.seconds

    def source(self) -> str | None:
        """Answer `clock-source`."""
        offset = self.offset()
        return None if offset is None else offset.source
