"""MQTT packets of the load, encoded once per device; only numbers and times change from message to message.

MQTT 5.0 §2.1 (fixed header), §3.1 CONNECT, §3.3 PUBLISH, §3.4 PUBACK. Every field that changes has a fixed
width, so that the lengths stay as they were encoded.
"""

import struct
from datetime import UTC, datetime
from typing import Final, NamedTuple

from contract.topics import Address, Channel

CONNECT: Final = 0x10
CONNACK: Final = 2
PUBLISH: Final = 0x30
PUBACK: Final = 4
DISCONNECT: Final = b"\xe0\x00"
QOS_1: Final = 0x02
RECEIVE_MAXIMUM: Final = 0x21
"""Property 33 of CONNACK, §3.2.2.3.3: two bytes; without it 65,535."""

FIRST_NUMBER: Final = 1_000_000_000
"""Where sequence numbers begin: ten digits from the first message to the last."""

EVENT_TYPE: Final = "hemei.bench.tick"
MARKER: Final = "t"
"""The value that carries the intended send time in ms, unique to each message."""

A_TIME: Final = b"2026-01-01T00:00:00.000Z"
A_MARKER: Final = 1_767_225_600_000.0


def connect(client_id: str, username: str, password: str) -> bytes:
    """Encode CONNECT: MQTT 5, clean start, no keep-alive, user name and password."""
    body = _text("MQTT") + struct.pack(">BBHB", 5, 0xC2, 0, 0)
    body += _text(client_id) + _text(username) + _text(password)
    return bytes([CONNECT]) + _length(len(body)) + body


def receive_maximum(connack_properties: bytes) -> int:
    """Return how many QoS 1 messages the broker takes unacknowledged, from the properties of CONNACK."""
    position = 0
    while position < len(connack_properties):
        identifier = connack_properties[position]
        position += 1
        if identifier == RECEIVE_MAXIMUM:
            return int(struct.unpack_from(">H", connack_properties, position)[0])
        position += _property_length(identifier, connack_properties, position)
    return 65_535


class Packets(NamedTuple):
    """Whole packets in a stretch of bytes: `(type, body)` each, and how many bytes they took."""

    found: list[tuple[int, bytes]]
    taken: int


def split(data: bytes) -> Packets:
    """Take whole packets off the front of `data`."""
    found = []
    position = 0
    while position + 2 <= len(data):
        length, shift, cursor = 0, 0, position + 1
        while cursor < len(data):
            byte = data[cursor]
            length |= (byte & 0x7F) << shift
            cursor, shift = cursor + 1, shift + 7
            if not byte & 0x80:
                break
        else:
            break
        if cursor + length > len(data):
            break
        found.append((data[position] >> 4, data[cursor : cursor + length]))
        position = cursor + length
    return Packets(found, position)


class Telemetry:
    """The QoS 0 telemetry of one device."""

    def __init__(self, address: Address, boot: int) -> None:
        payload = f'{{"ts":"%b","boot":{boot},"seq":%d,"values":{{"{MARKER}":%.3f}}}}'.encode()
        sample = payload % (A_TIME, FIRST_NUMBER, A_MARKER)
        topic = _text(address.topic(Channel.TELEMETRY))
        self._format = bytes([PUBLISH]) + _length(len(topic) + 1 + len(sample)) + topic + b"\0" + payload

    def packet(self, time: bytes, number: int, marker_ms: float) -> bytes:
        """Encode the message with this time, sequence number and marker."""
        return self._format % (time, number, marker_ms)


class Events:
    """The QoS 1 events of one device."""

    def __init__(self, address: Address, boot: int) -> None:
        payload = (
            f'{{"specversion":"1.0","id":"{boot}-%010d","source":"{address}","type":"{EVENT_TYPE}",'
            f'"time":"%b","boot":{boot},"sequence":%d,"data":{{"{MARKER}":%.3f}}}}'
        ).encode()
        sample = payload % (0, A_TIME, FIRST_NUMBER, A_MARKER)
        topic = _text(address.topic(Channel.EVENT))
        length = _length(len(topic) + 3 + len(sample))
        self._format = bytes([PUBLISH | QOS_1]) + length + topic + b"%b\0" + payload

    def packet(self, packet_id: bytes, ident: int, time: bytes, number: int, marker_ms: float) -> bytes:
        """Encode the message with this packet id, event id, time, sequence number and marker."""
        return self._format % (packet_id, ident, time, number, marker_ms)


def moment(epoch_ms: int) -> bytes:
    """Write RFC 3339 with milliseconds: 24 bytes."""
    whole, milliseconds = divmod(epoch_ms, 1000)
    return f"{datetime.fromtimestamp(whole, UTC):%Y-%m-%dT%H:%M:%S}.{milliseconds:03d}Z".encode()


def packet_ids() -> list[bytes]:
    """Return the packet identifiers 1 to 65,535 as they stand in a packet."""
    return [struct.pack(">H", number) for number in range(1, 65_536)]


def _text(text: str) -> bytes:
    encoded = text.encode()
    return struct.pack(">H", len(encoded)) + encoded


def _length(length: int) -> bytes:
    encoded = bytearray()
    while True:
        length, digit = divmod(length, 128)
        encoded.append(digit | (0x80 if length else 0))
        if not length:
            return bytes(encoded)


_FOUR_BYTES: Final = (0x02, 0x11, 0x18, 0x27)
_TWO_BYTES: Final = (0x13, 0x21, 0x22, 0x23)
_ONE_BYTE: Final = (0x01, 0x17, 0x19, 0x24, 0x25, 0x28, 0x29, 0x2A)


def _property_length(identifier: int, data: bytes, position: int) -> int:
    """Return how many bytes a property's value takes, §2.2.2.2."""
    if identifier in _FOUR_BYTES:
        return 4
    if identifier in _TWO_BYTES:
        return 2
    if identifier in _ONE_BYTE:
        return 1
    length = 2 + int(struct.unpack_from(">H", data, position)[0])
    if identifier == 0x26:  # a user property is two texts
        length += 2 + int(struct.unpack_from(">H", data, position + length)[0])
    return length
