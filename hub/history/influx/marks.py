"""How far samples are summed up, which hours must be again, whether the clock is believed. On disk."""

import os
import threading
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct, field

from hub.history.summing import HOUR_MS

MARKS_FILE: Final = "marks.json"
"""In the folder of the buffer."""

DAY_MS: Final = 24 * HOUR_MS
DOUBT_MS: Final = HOUR_MS
"""A clock that has jumped ahead by more than a day must go on for so long before anything is deleted."""


class _Kept(Struct):
    """Times in ms. None: not yet."""

    upto_ms: int | None = None
    raw_from_ms: int = 0
    deleted_ms: int = 0
    seen_ms: int | None = None
    jumped_ms: int | None = None
    late: set[int] = field(default_factory=set)


class Marks:
    """The marks of one hub. Lost ones only make work: everything is then summed up again."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._lock = threading.Lock()
        try:
            self.kept = msgspec.json.decode(file.read_bytes(), type=_Kept)
        except (FileNotFoundError, msgspec.DecodeError):
            self.kept = _Kept()

    def arriving(self, oldest_ms: int, times_ms: set[int]) -> None:
        """Mark the hours of samples that come after theirs was summed up; before these are written."""
        upto_ms = self.kept.upto_ms
        if upto_ms is None or oldest_ms >= upto_ms:
            return
        late = {each // HOUR_MS * HOUR_MS for each in times_ms if self.kept.raw_from_ms <= each < upto_ms}
        if late - self.kept.late:
            with self._lock:
                self.kept.late |= late
                self._save()

    def late(self, start_ms: int, end_ms: int) -> list[int]:
        """Return the hours, oldest first, that overlap a stretch and must be summed up again."""
        with self._lock:
            return sorted(each for each in self.kept.late if start_ms - HOUR_MS < each < end_ms)

    def summed(self, upto_ms: int) -> None:
        """Take that everything before `upto_ms` is summed up."""
        with self._lock:
            self.kept.upto_ms = upto_ms
            self._save()

    def summed_again(self, start_ms: int, end_ms: int) -> None:
        """Take that the late hours of a stretch are."""
        with self._lock:
            self.kept.late = {each for each in self.kept.late if not start_ms <= each < end_ms}
            self._save()

    def deleted(self, now_ms: int, raw_from_ms: int) -> None:
        """Take that samples before `raw_from_ms` are gone."""
        with self._lock:
            self.kept.deleted_ms, self.kept.raw_from_ms = now_ms, raw_from_ms
            self.kept.late = {each for each in self.kept.late if each >= raw_from_ms}
            self._save()

    def believed(self, now_ms: int) -> bool:
        """Look at the clock; whether it may be believed when it says that something is old."""
        with self._lock:
            kept = self.kept
            if kept.seen_ms is not None and now_ms > kept.seen_ms + DAY_MS:
                kept.jumped_ms = now_ms
            elif kept.jumped_ms is not None and not 0 <= now_ms - kept.jumped_ms < DOUBT_MS:
                kept.jumped_ms = None
            kept.seen_ms = now_ms
            return kept.jumped_ms is None

    def _save(self) -> None:
        fresh = self._file.with_suffix(".new")
        with fresh.open("wb") as out:
            out.write(msgspec.json.encode(self.kept))
            out.flush()
            os.fsync(out.fileno())
        fresh.replace(self._file)
