"""The last seconds of a stream as the camera encoded them, bounded in time and bytes.

Packets are kept by whole groups, from one key picture to before the next: nothing else can be played.
"""

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, NamedTuple

from drivers.camera.stream import TICKS, Packet

LONGEST_STEP_S: Final = 5.0
"""A picture this much later than the one before is taken for a jump of the camera's clock."""

LONGEST_BACK_S: Final = 1.0
"""Reordered pictures (B frames) come after later ones; farther back, the clock jumped or began anew."""

_USUAL_STEP_S: Final = 0.04


class Timeline:
    """Stream time in seconds: goes on where the camera's clock jumps, stops or begins anew."""

    def __init__(self) -> None:
        self._offset: float | None = None
        self._last = -_USUAL_STEP_S

    def place(self, ticks: int | None) -> float:
        """Return when the next picture is shown."""
        step = 0.0 if ticks is None or self._offset is None else ticks / TICKS + self._offset - self._last
        if ticks is None:
            at = self._last + _USUAL_STEP_S
        elif self._offset is None or not -LONGEST_BACK_S <= step <= LONGEST_STEP_S:
            at = self._last + _USUAL_STEP_S
            self._offset = at - ticks / TICKS
        else:
            at = self._last + step
        self._last = max(self._last, at)
        return at


class Kept(NamedTuple):
    """A packet and when it is shown, in stream time."""

    packet: Packet
    at: float


class Ring:
    """The last `seconds`, of at most `limit` bytes; used by the reader's thread and by others."""

    def __init__(self, seconds: float, limit: int) -> None:
        self._seconds, self._limit = seconds, limit
        self._groups: deque[list[Kept]] = deque()
        self._bytes = 0
        self._timeline = Timeline()
        self._held: list[float] = []
        self._lock = threading.Lock()
        self.end = 0.0
        """Stream time of the latest packet."""

    @property
    def size(self) -> int:
        """Bytes kept."""
        return self._bytes

    def clear(self) -> None:
        """Forget everything; stream time goes on."""
        with self._lock:
            self._groups.clear()
            self._bytes = 0

    def add(self, packet: Packet) -> None:
        """Take the next packet."""
        with self._lock:
            at = self._timeline.place(packet.ticks)
            self.end = max(self.end, at)
            if packet.key:
                self._groups.append([])
            if not self._groups:
                return  # nothing before the first key picture can be played
            self._groups[-1].append(Kept(packet, at))
            self._bytes += len(packet.data)
            self._drop()

    def _drop(self) -> None:
        oldest = min([self.end - self._seconds, *self._held])
        while len(self._groups) > 1 and self._groups[1][0].at <= oldest:
            self._drop_first()
        while self._groups and self._bytes > self._limit:
            self._drop_first()

    def _drop_first(self) -> None:
        self._bytes -= sum(len(kept.packet.data) for kept in self._groups.popleft())

    @contextmanager
    def holding(self, since: float) -> Iterator[None]:
        """Keep what was shown since a stream time, as far as the bytes allow."""
        self._held.append(since)
        try:
            yield
        finally:
            self._held.remove(since)

    def cut(self, since: float, until: float) -> list[Kept]:
        """Return the packets from the key picture at or before `since` up to `until`, if there are any.

        Where the ring does not reach back to `since`, it begins with the first key picture that it has.
        """
        with self._lock:
            groups = list(self._groups)
        while len(groups) > 1 and groups[1][0].at <= since:
            groups.pop(0)
        return [kept for group in groups for kept in list(group) if kept.at <= until]
