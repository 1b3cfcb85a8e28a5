"""OSDP frames as bytes: reading them out of a stream, and writing them.

A frame is `53 address length:2 control [block] code data… [MAC:4] check`, little-endian, `length` counting
from 53 to the end (SIA OSDP 2.2, §5.9). Control: bits 0 and 1 the sequence number, bit 2 a CRC instead of a
checksum, bit 3 a security block. A reply carries the address with its highest bit set.
"""

import binascii
from dataclasses import dataclass

from simulators.deframing import Deframing

MARK = b"\xff"  # a driver's line settles on it before the frame
START = 0x53
EVERYBODY = 0x7F
REPLY = 0x80
LONGEST = 512
MAC_LENGTH = 4
_HEAD = 5
_CRC, _SECURED = 0x04, 0x08
_CRC_SEED = 0x1D0F


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One message.

    `block` is the security block without its length byte, its type first; empty where there is none. `mac` is
    empty outside a secure session; `signed` are the bytes of a received frame that its MAC covers.
    """

    address: int
    sequence: int
    code: int
    data: bytes = b""
    block: bytes = b""
    mac: bytes = b""
    crc: bool = True
    signed: bytes = b""

    def head(self) -> bytes:
        """Give what a MAC covers: the frame up to its MAC, counted as if that were there."""
        length = _HEAD + (1 + len(self.block) if self.block else 0) + 1 + len(self.data)
        length += (MAC_LENGTH if has_mac(self.block) else 0) + (2 if self.crc else 1)
        control = self.sequence | (_CRC if self.crc else 0) | (_SECURED if self.block else 0)
        block = bytes([len(self.block) + 1]) + self.block if self.block else b""
        start = bytes([START, self.address]) + length.to_bytes(2, "little") + bytes([control])
        return start + block + bytes([self.code]) + self.data

    def encode(self) -> bytes:
        """Give the bytes on the wire, the mark before them."""
        body = self.head() + self.mac
        return MARK + body + _check(body, crc=self.crc)


def has_mac(block: bytes) -> bool:
    """Whether a security block of this type comes with a MAC: SCS_15 to SCS_18 do."""
    return bool(block) and 0x15 <= block[0] <= 0x18


class Deframer(Deframing[Frame]):
    """Finds the frames in what one line brings."""

    start = bytes([START])
    head = _HEAD
    filler = MARK

    def size(self, head: bytes) -> int | None:
        """Return the length of the whole frame."""
        length = int.from_bytes(head[2:4], "little")
        return length if _HEAD + 2 <= length <= LONGEST else None

    def parse(self, raw: bytes) -> Frame | None:
        """Read one frame; None where its check or its inner lengths are wrong."""
        return _decode(raw)


def _decode(raw: bytes) -> Frame | None:
    """Read one frame of the right length; None where its check or its inner lengths are wrong."""
    control = raw[4]
    crc = bool(control & _CRC)
    body, check = (raw[:-2], raw[-2:]) if crc else (raw[:-1], raw[-1:])
    if check != _check(body, crc=crc):
        return None
    at, block = _HEAD, b""
    if control & _SECURED:
        if len(body) <= at or not 2 <= body[at] <= len(body) - at:
            return None
        block = body[at + 1 : at + body[at]]
        at += body[at]
    if at >= len(body):
        return None
    # A panel may forget the MAC where no session is up; such a frame is still one, to be refused.
    end = len(body) - MAC_LENGTH if has_mac(block) and at + MAC_LENGTH < len(body) else len(body)
    return Frame(
        address=raw[1],
        sequence=control & 3,
        code=body[at],
        data=body[at + 1 : end],
        block=block,
        mac=body[end:],
        crc=crc,
        signed=body[:end],
    )


def _check(body: bytes, *, crc: bool) -> bytes:
    if crc:
        return binascii.crc_hqx(body, _CRC_SEED).to_bytes(2, "little")
    return bytes([-sum(body) & 0xFF])
