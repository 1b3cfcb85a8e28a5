"""The last frames, for viewers that come back or fall behind: bounded by number and by size."""

from typing import Final

MAX_FRAMES: Final = 8192
MAX_SIZE: Final = 8_000_000
"""Bytes of all frames together."""


class Ring:
    """Consecutive frames; the oldest go when there are too many."""

    def __init__(self, max_frames: int = MAX_FRAMES, max_size: int = MAX_SIZE) -> None:
        self._max_frames = max_frames
        self._max_size = max_size
        self._frames: dict[int, bytes] = {}
        self._total = 0
        self._totals: dict[int, int] = {}

    def append(self, cursor: int, frame: bytes) -> None:
        """Add the frame that follows the last one."""
        self._frames[cursor] = frame
        self._total += len(frame)
        self._totals[cursor] = self._total
        while len(self._frames) > self._max_frames or self._kept() > self._max_size:
            oldest = next(iter(self._frames))
            del self._frames[oldest], self._totals[oldest]

    def clear(self) -> None:
        """Forget all frames: nobody can go on from here."""
        self._frames.clear()
        self._totals.clear()

    def get(self, cursor: int) -> bytes | None:
        """Return the frame with this number, if it is still here."""
        return self._frames.get(cursor)

    def size_after(self, cursor: int) -> int:
        """Bytes of all frames after `cursor`, whose next one must be here."""
        return self._total - self._totals[cursor + 1] + len(self._frames[cursor + 1])

    def _kept(self) -> int:
        if not self._frames:
            return 0
        return self.size_after(next(iter(self._frames)) - 1)
