"""H.264 from the encoder's byte stream (ITU-T H.264 annex B) to RTP payloads (RFC 6184)."""

import re
from collections.abc import Iterator

MTU = 1400
"""Longest payload in bytes: fits an Ethernet frame with IP, UDP and RTP headers."""

IDR, SPS, PPS = 5, 7, 8

_START_CODE = re.compile(b"\x00\x00\x00?\x01")
_FU_A = 28


def nal_units(stream: bytes) -> list[bytes]:
    """Split an annex B byte stream at its start codes."""
    return [unit for unit in (part.rstrip(b"\x00") for part in _START_CODE.split(stream)) if unit]


def kind(unit: bytes) -> int:
    """Return nal_unit_type."""
    return unit[0] & 0x1F


def payloads(unit: bytes, mtu: int = MTU) -> Iterator[bytes]:
    """Make RTP payloads of one NAL unit: itself, or FU-A fragments (RFC 6184 §5.6, §5.8) of it."""
    if len(unit) <= mtu:
        yield unit
        return
    indicator = unit[0] & 0xE0 | _FU_A
    room = mtu - 2
    for start in range(1, len(unit), room):
        first, last = start == 1, start + room >= len(unit)
        header = first << 7 | last << 6 | kind(unit)
        yield bytes((indicator, header)) + unit[start : start + room]
