"""Tells of which keys a moment has come, however many there are. Pure; given the time."""

import heapq
from datetime import datetime


class AlarmClock:
    """At most one moment for each key; moments are aware."""

    def __init__(self) -> None:
        self._at: dict[str, datetime] = {}
        self._heap: list[tuple[datetime, str]] = []

    def __len__(self) -> int:
        return len(self._at)

    def clear(self) -> None:
        """Forget all moments."""
        self._at.clear()
        self._heap.clear()

    def set(self, key: str, at: datetime | None) -> None:
        """Set the moment of a key; None: it has none."""
        if self._at.get(key) == at:
            return
        if at is None:
            del self._at[key]
            return
        self._at[key] = at
        heapq.heappush(self._heap, (at, key))
        if len(self._heap) > 2 * len(self._at) + 16:  # moments that were set anew leave theirs behind
            self._heap = [(at, key) for key, at in self._at.items()]
            heapq.heapify(self._heap)

    def due(self, now: datetime) -> list[str]:
        """Return the keys whose moment has come; each is told once."""
        due = []
        while self._heap and self._heap[0][0] <= now:
            at, key = heapq.heappop(self._heap)
            if self._at.get(key) == at:
                del self._at[key]
                due.append(key)
        return due
