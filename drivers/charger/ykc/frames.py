"""云快充 frames. No socket.

`68 | length:1 | sequence:2 | cipher:1 | kind:1 | body… | CRC:2`. `length` counts from the sequence to the
end of the body, which is what the CRC-16 of Modbus covers. Piles send the CRC with its low or its high byte
first, both are read (JCPP's captures show both); we send the low byte first. An answer has the sequence of
what it answers, byte for byte.
"""

import re
from typing import Final, NamedTuple

_HEAD: Final = 2
_FIXED: Final = 4
_CRC: Final = 2
LONGEST_BODY: Final = 0xFF - _FIXED

PLAIN: Final = 0


class Frame(NamedTuple):
    """One message. `cipher` other than `PLAIN`: the body is enciphered, and cannot be read."""

    kind: int
    body: bytes
    sequence: bytes = b"\0\0"
    cipher: int = PLAIN

    def encode(self) -> bytes:
        """Return the bytes on the wire; ValueError if it is too long."""
        if len(self.body) > LONGEST_BODY:
            raise ValueError(f"{len(self.body)} bytes do not fit into a frame")
        text = self.sequence + bytes([self.cipher, self.kind]) + self.body
        return YkcFormat.start + bytes([len(text)]) + text + crc(text).to_bytes(_CRC, "little")


class YkcFormat:
    """How 云快充 frames look, for a `Deframer`."""

    start: Final = b"\x68"
    head: Final = _HEAD
    filler: Final = re.compile(b"")

    def size(self, head: bytes) -> int | None:
        """Return the length of the whole frame, None if this cannot be one."""
        return _HEAD + head[1] + _CRC if head[1] >= _FIXED else None

    def parse(self, raw: bytes) -> Frame | None:
        """Take a frame apart; None if its CRC is wrong."""
        text, check = raw[_HEAD:-_CRC], raw[-_CRC:]
        right = crc(text).to_bytes(_CRC, "little")
        if check not in (right, right[::-1]):
            return None
        return Frame(kind=text[3], body=text[_FIXED:], sequence=text[:2], cipher=text[2])


def crc(text: bytes) -> int:
    """Return the CRC-16 of Modbus (polynomial 0x8005 reflected, from 0xFFFF)."""
    value = 0xFFFF
    for byte in text:
        value = value >> 8 ^ _OF_BYTE[(value ^ byte) & 0xFF]
    return value


def _of_byte(value: int) -> int:
    for _ in range(8):
        value = value >> 1 ^ 0xA001 if value & 1 else value >> 1
    return value


_OF_BYTE: Final = tuple(map(_of_byte, range(0x100)))
"""Eight times as fast as bit by bit: of noise, every byte may begin a frame that must be checked."""
