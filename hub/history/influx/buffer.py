"""Lines that the server has not taken yet, on disk: segments of line protocol, appended to, read in order.

A batch is forced to the disk before `append` returns. What a crash left of an unfinished line is cut off; a
segment that was sent but not deleted is sent again, which changes nothing: a point replaces itself.
"""

import errno
import os
from collections.abc import Sequence
from io import FileIO
from pathlib import Path
from typing import Final

SEGMENT_BYTES: Final = 4 << 20
SUFFIX: Final = ".lines"
READ_BYTES: Final = 1 << 20


class BufferFull(OSError):
    """The buffer has no room for more; what is in it stays."""

    def __init__(self, limit: int) -> None:
        super().__init__(errno.ENOSPC, f"the buffer holds {limit >> 20} MiB and is full")


class Buffer:
    """One folder of segments; its caller sees to it that one thread at a time uses it."""

    def __init__(self, folder: Path, limit: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self.limit = limit
        self._out: FileIO | None = None
        files = sorted(folder.glob(f"*{SUFFIX}"))
        self._sizes = {int(file.stem): file.stat().st_size for file in files}
        self._last = max(self._sizes, default=0)
        self._total = sum(self._sizes.values())
        self._read = 0
        for number in list(self._sizes):
            self._mend(number)

    @property
    def size(self) -> int:
        """How many bytes are not sent yet."""
        return self._total - self._read

    def append(self, lines: Sequence[str]) -> None:
        """Keep lines; OSError if that cannot be, then none of them is kept."""
        data = "\n".join([*lines, ""]).encode()
        if self._total + len(data) > self.limit:
            raise BufferFull(self.limit)
        out, number = self._segment()
        before = self._sizes[number]
        try:
            _write(out, data)
            os.fsync(out.fileno())
        except OSError:
            self._take_back(out, before)
            raise
        self._sizes[number] = before + len(data)
        self._total += len(data)

    def batch(self) -> bytes:
        """Return the oldest whole lines, about READ_BYTES of them; empty: there are none."""
        for number, size in self._sizes.items():
            with self._file(number).open("rb") as file:
                file.seek(self._read)
                data = file.read(min(READ_BYTES, size - self._read))
                return data if data.endswith(b"\n") else data + file.readline()
        return b""

    def sent(self, size: int) -> None:
        """Take that the first `size` bytes of the oldest batch need not be kept."""
        number = next(iter(self._sizes))
        self._read += size
        if self._read >= self._sizes[number]:
            self._forget(number)

    def close(self) -> None:
        """Let go of the file that is written."""
        if self._out is not None:
            self._out.close()
            self._out = None

    def _file(self, number: int) -> Path:
        return self._folder / f"{number:010d}{SUFFIX}"

    def _segment(self) -> tuple[FileIO, int]:
        """Return the file to append to, a new one where the last is full."""
        if self._out is not None and self._sizes[self._last] >= SEGMENT_BYTES:
            self.close()
        if self._out is None:
            out = FileIO(self._file(self._last + 1), "ab")
            _sync(self._folder)
            self._out = out
            self._last += 1
            self._sizes[self._last] = 0
        return self._out, self._last

    def _take_back(self, out: FileIO, size: int) -> None:
        """Cut off what was half written; where even that fails, nothing is appended behind it."""
        if not size:
            self._forget(self._last)
            return
        try:
            out.truncate(size)
        except OSError:
            self.close()

    def _forget(self, number: int) -> None:
        if number == self._last:
            self.close()
        if number == next(iter(self._sizes)):
            self._read = 0
        self._file(number).unlink()
        self._total -= self._sizes.pop(number)

    def _mend(self, number: int) -> None:
        """Cut off a line without its end, and forget a file that holds nothing."""
        file, size = self._file(number), self._sizes[number]
        with file.open("rb") as lines:
            lines.seek(max(0, size - READ_BYTES))
            tail = lines.read()
        torn = len(tail) - (tail.rfind(b"\n") + 1)
        if torn == size:
            self._forget(number)
        elif torn:
            os.truncate(file, size - torn)
            self._total -= torn
            self._sizes[number] = size - torn


def _write(out: FileIO, data: bytes) -> None:
    """Write all of it: a disk that is nearly full takes a part first, and refuses then."""
    left = memoryview(data)
    while left:
        left = left[out.write(left) or 0 :]


def _sync(folder: Path) -> None:
    """Force a new file's name to the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
