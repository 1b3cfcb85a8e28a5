"""云快充 frames as bytes: reading them out of a stream, and writing them.

`68 | length | sequence:2 | cipher | type | body… | CRC:2`. `length` counts from the sequence to the end of
the body, which is what the CRC-16 (Modbus) covers. Some makers send the CRC's high byte first, some its low
byte: both are read (云快充 1.6, §3.1). An answer has the sequence of what it answers, byte for byte.
"""

from collections.abc import Iterator
from typing import NamedTuple

START = 0x68
PLAIN = 0
_HEAD = 2
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
            self._skip(len(self._heard) if start < 0 else start)
            if len(self._heard) < _HEAD:
                return 0
            if self._heard[1] >= _SHORTEST:
                return _HEAD + self._heard[1] + 2
            self._skip(1)

    def _skip(self, count: int) -> None:
        self.skipped += count
        del self._heard[:count]


def _decode(raw: bytes) -> Frame | None:
    """Read one frame of the right length; None where its CRC is wrong or it is enciphered."""
    text, check = raw[_HEAD:-2], raw[-2:]
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
