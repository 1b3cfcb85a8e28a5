"""DNY frames as bytes: reading them out of a stream, and writing them.

`44 4E 59 | length:2 | post:4 | message:2 | command | data… | sum:2`, little-endian. `length` counts what
follows it; the sum is that of all bytes before it (AP3000, device and server, 8.6, §1.0.2).
"""

from typing import NamedTuple

from simulators.deframing import Deframing

START = b"DNY"
LONGEST = 256
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


class Deframer(Deframing[Frame]):
    """Finds the frames of one line."""

    start = START
    head = 5

    def size(self, head: bytes) -> int | None:
        """Return the length of the whole frame."""
        length = int.from_bytes(head[3:5], "little")
        return self.head + length if _SHORTEST <= length <= LONGEST else None

    def parse(self, raw: bytes) -> Frame | None:
        """Read one frame; None where its sum is wrong."""
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
