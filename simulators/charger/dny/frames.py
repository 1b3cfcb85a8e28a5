"""DNY frames as bytes: reading them out of a stream, and writing them.

`44 4E 59 | length:2 | post:4 | message:2 | command | data… | sum:2`, little-endian. `length` counts what
follows it; the sum is that of all bytes before it (AP3000, device and server, 8.6, §1.0.2).
"""

from collections.abc import Iterator
from typing import NamedTuple

START = b"DNY"
LONGEST = 256
_HEAD = 5
_SHORTEST = 9  # post, message, command and sum


class Frame(NamedTuple):
    """One message. An answer, and a repetition, has the `message` number of what it answers or repeats."""

    post: int
    message: int
    command: int
    data: bytes = b""

    def encode(self) -> bytes:
        """Give the bytes on the wire."""
        body = self.post.to_bytes(4, "little") + self.message.to_bytes(2, "little")
        body += bytes([self.command]) + self.data
        text = START + (len(body) + 2).to_bytes(2, "little") + body
        return text + _sum(text)


class Deframer:
    """Finds the frames in what a connection brings; what is none is thrown away and counted in `skipped`."""

    def __init__(self) -> None:
        self.skipped = 0
        self._heard = bytearray()

    def feed(self, data: bytes) -> Iterator[Frame]:
        """Give the frames that `data` completes."""
        self._heard += data
        while (length := self._length()) and length <= len(self._heard):
            frame = _decode(bytes(self._heard[:length]))
            if frame is None:
                self._skip(1)
            else:
                del self._heard[:length]
                yield frame

    def _length(self) -> int:
        """Length of the frame that begins here, as its head says; 0 while there is no whole head."""
        while True:
            start = self._heard.find(START)
            self._skip(start if start >= 0 else max(0, len(self._heard) - len(START) + 1))
            if len(self._heard) < _HEAD:
                return 0
            length = int.from_bytes(self._heard[3:5], "little")
            if _SHORTEST <= length <= LONGEST:
                return _HEAD + length
            self._skip(1)

    def _skip(self, count: int) -> None:
        self.skipped += count
        del self._heard[:count]


def _decode(raw: bytes) -> Frame | None:
    """Read one frame of the right length; None where its sum is wrong."""
    if raw[-2:] != _sum(raw[:-2]):
        return None
    return Frame(
        post=int.from_bytes(raw[5:9], "little"),
        message=int.from_bytes(raw[9:11], "little"),
        command=raw[11],
        data=raw[12:-2],
    )


def _sum(text: bytes) -> bytes:
    return (sum(text) & 0xFFFF).to_bytes(2, "little")
