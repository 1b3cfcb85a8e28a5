"""Finding frames in what a line brings: what is none is thrown away, byte by byte, and counted."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import ClassVar, Generic, TypeVar

F = TypeVar("F")


class Deframing(ABC, Generic[F]):
    """Finds the frames of one line; bytes that are none are counted in `skipped`.

    A protocol says what each frame begins with, how many bytes tell its length, and which bytes may stand
    between frames and are no noise.
    """

    start: ClassVar[bytes]
    head: ClassVar[int]
    filler: ClassVar[bytes] = b""

    def __init__(self) -> None:
        self.skipped = 0
        self._heard = bytearray()

    @abstractmethod
    def size(self, head: bytes) -> int | None:
        """Return the length of the whole frame, as its head says; None if this cannot be one."""

    @abstractmethod
    def parse(self, raw: bytes) -> F | None:
        """Read a frame of the right length; None where its check or its inner lengths are wrong."""

    def clear(self) -> None:
        """Forget a frame that never came to its end: the line was quiet since."""
        self.skipped += len(self._heard)
        self._heard.clear()

    def feed(self, data: bytes) -> Iterator[F]:
        """Give the frames that `data` completes."""
        self._heard += data
        while (length := self._length()) and length <= len(self._heard):
            frame = self.parse(bytes(self._heard[:length]))
            if frame is None:
                self._skip(1)
            else:
                del self._heard[:length]
                yield frame

    def _length(self) -> int:
        """Return the length of the frame that begins here; 0 while there is no whole head."""
        while True:
            at = self._heard.find(self.start)
            self._skip(at if at >= 0 else max(0, len(self._heard) - len(self.start) + 1))
            if len(self._heard) < self.head:
                return 0
            length = self.size(bytes(self._heard[: self.head]))
            if length is not None:
                return length
            self._skip(1)

    def _skip(self, count: int) -> None:
        self.skipped += sum(byte not in self.filler for byte in self._heard[:count])
        del self._heard[:count]
