"""When devices must be looked at again although nothing was heard: a heap on the monotonic clock."""

from collections.abc import Iterator
from heapq import heappop, heappush
from itertools import count
from typing import Protocol

from hub.alarms.rules.device import Device


class Timed(Protocol):
    """What waits; `timer` is for when it is in the heap."""

    timer: float | None


class Timers:
    """A heap with one live entry for each that waits, however often it is put off."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, Timed, Device]] = []
        self._number = count()

    @property
    def next(self) -> float | None:
        """When the first comes, in monotonic seconds."""
        return self._heap[0][0] if self._heap else None

    def arm(self, what: Timed, device: Device, due: float) -> None:
        """Let the device be looked at when it is `due`; if that comes too soon, it asks again."""
        if what.timer is None or due < what.timer:
            what.timer = due
            heappush(self._heap, (due, next(self._number), what, device))

    def expired(self, now: float, most: int) -> Iterator[Device]:
        """Yield at most so many devices whose time has come."""
        while self._heap and self._heap[0][0] <= now and most > 0:
            due, _, what, device = heappop(self._heap)
            if what.timer == due:
                what.timer = None
                most -= 1
                yield device
