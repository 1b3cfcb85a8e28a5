"""云快充 frames as bytes: reading them out of a stream, and writing them.

`68 | length | sequence:2 | cipher | type | body… | CRC:2`. `length` counts from the sequence to the end of
the body, which is what the CRC-16 (Modbus) covers. Some makers send the CRC's high byte first, some its low
byte: both are read (云快充 1.6, §3.1). An answer has the sequence of what it answers, byte for byte.
"""

from typing import NamedTuple

from simulators.deframing import Deframing

START = 0x68
PLAIN = 0
_SHORTEST = 4  # sequence, cipher, type


class Frame(NamedTuple):
    """One message, not enciphered."""

    sequence: int
    kind: int
    body: bytes = b""

    def encode(self, *, high_first: bool = False) -> bytes:
        """Give the bytes on the wire."""
        text = self.sequence.to_bytes(2, "big") + bytes([PLAIN, self.kind]) + self.body
        check = crc(text).to_bytes(2, "big" if high_first else "little")
        return bytes([START, len(text)]) + text + check


class Deframer(Deframing[Frame]):
    """Finds the frames of one line."""

    start = bytes([START])
    head = 2

    def size(self, head: bytes) -> int | None:
        """Return the length of the whole frame."""
        return self.head + head[1] + 2 if head[1] >= _SHORTEST else None

    def parse(self, raw: bytes) -> Frame | None:
        """Read one frame; None where its CRC is wrong or it is enciphered."""
        text, check = raw[self.head : -2], raw[-2:]
        right = crc(text)
        if right not in (int.from_bytes(check, "little"), int.from_bytes(check, "big")) or text[2] != PLAIN:
            return None
        return Frame(sequence=int.from_bytes(text[:2], "big"), kind=text[3], body=text[4:])


def crc(text: bytes) -> int:
    """Return the CRC-16 of Modbus."""
    value = 0xFFFF
    for byte in text:
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ 0xA001 if value & 1 else value >> 1
    return value
