"""Finding frames in a stream of bytes that may hold noise and broken frames. No socket.

What looks like a frame and fails its check costs its first byte only: a frame that begins inside is found.
"""

import re
from typing import Final, Generic, NamedTuple, Protocol, TypeVar

F = TypeVar("F")
F_co = TypeVar("F_co", covariant=True)

LONGEST_GAP: Final = 64
"""Noise is told of in pieces of about this many bytes, however much comes."""


class Noise(NamedTuple):
    """Bytes between frames that are none; `start` is how they begin."""

    size: int
    start: bytes

    def __str__(self) -> str:
        return f"{self.size} bytes that are no frame: {self.start.hex(' ')}"


class Format(Protocol[F_co]):
    """How a protocol's frames look."""

    @property
    def start(self) -> bytes:
        """What every frame begins with."""
        ...

    @property
    def head(self) -> int:
        """How many bytes tell the length."""
        ...

    @property
    def filler(self) -> re.Pattern[bytes]:
        """What may stand between frames and says nothing; matches nothing where there is no such thing."""
        ...

    def size(self, head: bytes) -> int | None:
        """Return the length of the whole frame, None if this cannot be one."""
        ...

    def parse(self, raw: bytes) -> F_co | None:
        """Take a whole frame apart; None if its check fails."""
        ...


class Deframer(Generic[F]):
    """Takes bytes as they come, gives frames and noise in their order; keeps less than one frame."""

    def __init__(self, form: Format[F]) -> None:
        self._form = form
        self._buffer = bytearray()
        self._gap = bytearray()

    @property
    def pending(self) -> bool:
        """Whether there is something that may yet become a frame."""
        return bool(self._buffer or self._gap)

    def feed(self, chunk: bytes) -> list[F | Noise]:
        """Take what came."""
        self._buffer += chunk
        found: list[F | Noise] = []
        while self._seek():
            frame = self._frame()
            if frame is None:
                break
            self._settle(found, final=True)
            found.append(frame)
        self._settle(found, final=False)
        return found

    def cut(self) -> list[F | Noise]:
        """Give up a frame that has begun and does not go on; those that begin inside it are found."""
        found: list[F | Noise] = []
        while self._buffer:
            self._skip(1)
            found += self.feed(b"")
        self._settle(found, final=True)
        return found

    def _seek(self) -> bool:
        """Move to what may begin a frame; False if nothing more can be said now."""
        start = self._form.start
        at = self._buffer.find(start)
        if at < 0:
            begun = next(n for n in range(len(start) - 1, -1, -1) if self._buffer.endswith(start[:n]))
            self._skip(len(self._buffer) - begun)
            return False
        self._skip(at)
        return len(self._buffer) >= self._form.head

    def _frame(self) -> F | None:
        """Take the first whole frame; None if more must come."""
        while True:
            size = self._form.size(bytes(self._buffer[: self._form.head]))
            if size is not None and len(self._buffer) < size:
                return None
            frame = None if size is None else self._form.parse(bytes(self._buffer[:size]))
            if frame is not None:
                del self._buffer[:size]
                return frame
            self._skip(1)
            if not self._seek():
                return None

    def _skip(self, count: int) -> None:
        self._gap += self._buffer[:count]
        del self._buffer[:count]

    def _settle(self, found: list[F | Noise], *, final: bool) -> None:
        """Drop filler from the front of the gap; tell of the rest if nothing can make filler of it."""
        filler = self._form.filler.match(self._gap)
        if filler is not None:
            del self._gap[: filler.end()]
        if self._gap and (final or len(self._gap) > LONGEST_GAP):
            found.append(Noise(len(self._gap), bytes(self._gap[:16])))
            self._gap.clear()
