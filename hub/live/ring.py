"""The last frames, for viewers that come back or fall behind: bounded by number and by size."""

from typing import Final, NamedTuple

MAX_FRAMES: Final = 8192
MAX_SIZE: Final = 8_000_000
"""Bytes of all frames together."""


class _Kept(NamedTuple):
    frame: bytes
    total: int
    """Bytes of all frames ever, up to the end of this one."""
    made_at: float


class Ring:
    """Consecutive frames; the oldest go when there are too many."""

    def __init__(self, max_frames: int = MAX_FRAMES, max_size: int = MAX_SIZE) -> None:
        self._max_frames = max_frames
        self._max_size = max_size
        self._kept: dict[int, _Kept] = {}
        self._total = 0

    def append(self, cursor: int, frame: bytes, made_at: float) -> None:
        """Add the frame that follows the last one; `made_at` in seconds of a monotonic clock."""
        self._total += len(frame)
        self._kept[cursor] = _Kept(frame, self._total, made_at)
        while self._kept and (len(self._kept) > self._max_frames or self._size() > self._max_size):
            del self._kept[next(iter(self._kept))]

    def clear(self) -> None:
        """Forget all frames: nobody can go on from here."""
        self._kept.clear()

    def get(self, cursor: int) -> bytes | None:
        """Return the frame with this number, if it is still here."""
        kept = self._kept.get(cursor)
        return None if kept is None else kept.frame

    def made_at(self, cursor: int) -> float:
        """When the frame with this number, which must be here, was made."""
        return self._kept[cursor].made_at

    def size_after(self, cursor: int) -> int:
        """Bytes of all frames after `cursor`, whose next one must be here."""
        return self._size_from(self._kept[cursor + 1])

    def _size(self) -> int:
        return self._size_from(next(iter(self._kept.values())))

    def _size_from(self, kept: _Kept) -> int:
        return self._total - kept.total + len(kept.frame)
