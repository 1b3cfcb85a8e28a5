"""DNY frames. No socket.

`44 4E 59 | length:2 | post:4 | message:2 | command:1 | data… | sum:2`, all little-endian. `length` counts
what follows it; the sum is that of all bytes before it (AP3000 §1.0.2). An answer has the message number of
what it answers. Between frames the modem says its SIM card's number and, when idle, `link` (§1.04).
"""

import re
from struct import Struct as Layout
from typing import Final, NamedTuple

_HEAD: Final = Layout("<3sH")
_BODY: Final = Layout("<IHB")
_SUM: Final = 2

SHORTEST: Final = _BODY.size + _SUM
LONGEST: Final = 256
"""Of what `length` counts (§1.0.2)."""

FIRST_DOWN: Final = 0x80
"""From here on, commands are ours, and come back as answers."""


class Frame(NamedTuple):
    """One message. `post` is the id as a site file writes it: 8 hexadecimal digits, the kind first."""

    post: str
    message: int
    command: int
    data: bytes = b""

    @property
    def kind(self) -> int:
        """What sort of post it is, the first byte of its id (§1.0.2)."""
        return int(self.post[:2], 16)

    def answer(self, data: bytes) -> "Frame":
        """Make the answer to this message."""
        return self._replace(data=data)

    def encode(self) -> bytes:
        """Return the bytes on the wire; ValueError if it is too long."""
        body = _BODY.pack(int(self.post, 16), self.message, self.command) + self.data
        if len(body) + _SUM > LONGEST:
            raise ValueError(f"{len(self.data)} bytes of data do not fit into a frame")
        text = _HEAD.pack(DnyFormat.start, len(body) + _SUM) + body
        return text + _sum(text)


class DnyFormat:
    """How DNY frames look, for a `Deframer`."""

    start: Final = b"DNY"
    head: Final = _HEAD.size
    filler: Final = re.compile(rb"(?:link|[0-9A-F]{20})*")

    def size(self, head: bytes) -> int | None:
        """Return the length of the whole frame, None if this cannot be one."""
        length: int = _HEAD.unpack(head)[1]
        return _HEAD.size + length if SHORTEST <= length <= LONGEST else None

    def parse(self, raw: bytes) -> Frame | None:
        """Take a frame apart; None if its sum is wrong."""
        text, check = raw[:-_SUM], raw[-_SUM:]
        if check != _sum(text):
            return None
        post, message, command = _BODY.unpack_from(text, _HEAD.size)
        return Frame(f"{post:08X}", message, command, text[_HEAD.size + _BODY.size :])


def _sum(text: bytes) -> bytes:
    return (sum(text) & 0xFFFF).to_bytes(_SUM, "little")
