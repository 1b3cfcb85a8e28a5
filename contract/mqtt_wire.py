"""MQTT packets in and out of byte strings; no socket here.

paho-mqtt keeps the protocol's state: sessions, packet identifiers, flow control, keep-alive. It reads and
writes through a `Pipe`. The one packet that comes by the ten thousand, PUBLISH, is read here instead: paho
takes some 35 µs for it on MQTT 5, most of that for properties nobody asked for; this takes 2.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

import paho.mqtt.client as paho

from contract.broker import Incoming
from contract.errors import LinkError

PUBLISH: Final = 0x30
MAX_PACKET_BYTES: Final = 20 * 1024 * 1024
_PUBACK: Final = b"\x40\x02"


class Pipe:
    """What paho takes for its socket: gives it the packets fed, hands on what it sends."""

    def __init__(self, send: Callable[[bytes], None], close: Callable[[], None]) -> None:
        self._fed = b""
        self._send = send
        self._close = close

    def feed(self, packet: bytes) -> None:
        """Let the next `recv` calls return `packet`."""
        self._fed += packet

    def recv(self, size: int) -> bytes:
        """Return up to `size` of the bytes fed; BlockingIOError if there are none."""
        if not self._fed:
            raise BlockingIOError
        taken, self._fed = self._fed[:size], self._fed[size:]
        return taken

    def send(self, data: bytes) -> int:
        """Hand on all of `data`."""
        self._send(data)
        return len(data)

    def close(self) -> None:
        """End the connection once all is sent."""
        self._close()

    def setblocking(self, _flag: bool) -> None:
        """Do nothing: a pipe never blocks."""


class PipedClient(paho.Client):
    """A paho client whose socket is a `Pipe`."""

    def __init__(self, pipe: Pipe, *args: Any, **fields: Any) -> None:
        super().__init__(*args, **fields)
        self._pipe = pipe

    def _create_socket(self) -> Any:
        return self._pipe


class PacketReader:
    """Cuts a stream of bytes into packets, however they were cut on the way."""

    def __init__(self, *, version_5: bool) -> None:
        self._version_5 = version_5
        self._rest = b""

    def packets(self, data: bytes) -> Iterator[Incoming | bytes]:
        """Yield each whole packet: PUBLISH as a message, any other as its bytes.

        LinkError if the bytes are not MQTT.
        """
        data = self._rest + data if self._rest else data
        self._rest = b""
        start, size = 0, len(data)
        while start < size:
            length, body = _variable_integer(data, start + 1, size)
            end = body + length
            if body < 0 or end > size:
                break
            if data[start] & 0xF0 == PUBLISH:
                yield self._publish(data, start, body, end)
            else:
                yield data[start:end]
            start = end
        self._rest = data[start:]

    def _publish(self, data: bytes, start: int, body: int, end: int) -> Incoming:
        qos = data[start] >> 1 & 3
        at = body + 2 + int.from_bytes(data[body : body + 2], "big")
        topic = data[body + 2 : at]
        mid = 0
        if qos:
            mid = int.from_bytes(data[at : at + 2], "big")
            at += 2
        if self._version_5:
            properties, at = _variable_integer(data, at, end)
            at += properties
        if at > end or at < 0 or qos > 1:
            raise LinkError("the broker sent a malformed PUBLISH")
        return Incoming(_text(topic), data[at:end], qos, bool(data[start] & 1), mid)


def acknowledgements(messages: Iterable[Incoming]) -> bytes:
    """Write a PUBACK for each QoS 1 message."""
    return b"".join(_PUBACK + message.mid.to_bytes(2, "big") for message in messages if message.qos)


def _variable_integer(data: bytes, at: int, size: int) -> tuple[int, int]:
    """Read a length of 1 to 4 bytes (MQTT 5, 1.5.5): value and where it ends; -1 if it is not all there."""
    value = 0
    for shift in (0, 7, 14, 21):
        if at >= size:
            return 0, -1
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at += 1
        if byte < 0x80:
            if value > MAX_PACKET_BYTES:
                raise LinkError(f"the broker sends a packet of {value} bytes")
            return value, at
    raise LinkError("the broker does not speak MQTT: a length of more than 4 bytes")


def _text(topic: bytes) -> str:
    try:
        return topic.decode()
    except UnicodeDecodeError:
        return ""  # no topic of the contract: counted as garbage where topics are read
