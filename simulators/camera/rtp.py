"""RTP packets and RTCP sender reports (RFC 3550), as bytes."""

import struct

PAYLOAD_TYPE = 96
CLOCK_HZ = 90_000
_NTP_EPOCH_S = 2_208_988_800  # 1900 to 1970


def packet(payload: bytes, *, last: bool, sequence: int, timestamp: int, ssrc: int) -> bytes:
    """Make one RTP packet; `last` marks the end of a picture."""
    second = PAYLOAD_TYPE | (0x80 if last else 0)
    return struct.pack("!BBHII", 0x80, second, sequence & 0xFFFF, timestamp & 0xFFFFFFFF, ssrc) + payload


def sender_report(*, ssrc: int, unix_s: float, timestamp: int, packets: int, octets: int) -> bytes:
    """Say which RTP timestamp the time `unix_s` has (SR, §6.4.1), and who says it (SDES with CNAME, §6.5)."""
    seconds = int(unix_s)
    fraction = int((unix_s - seconds) * (1 << 32))
    report = struct.pack(
        "!BBHIIIIII",
        0x80,
        200,
        6,
        ssrc,
        (seconds + _NTP_EPOCH_S) & 0xFFFFFFFF,
        fraction,
        timestamp & 0xFFFFFFFF,
        packets & 0xFFFFFFFF,
        octets & 0xFFFFFFFF,
    )
    item = struct.pack("!BB6s", 1, 6, b"camera")
    chunk = struct.pack("!I", ssrc) + item + bytes(4)
    return report + struct.pack("!BBH", 0x81, 202, len(chunk) // 4) + chunk


def interleaved(channel: int, packet: bytes) -> bytes:
    """Put a packet into the RTSP connection (RFC 2326 §10.12)."""
    return struct.pack("!cBH", b"$", channel, len(packet)) + packet
