"""The data of DNY messages, as the post means them: SI units, Wh, °C. Ports count from 0. Pure.

Firmware grew fields at the end over the years: what is there is read, what is missing is None, and what is
longer than known is left alone (AP3000 §2.0.1). InvalidMessage if even the oldest fields are not all there.
"""

from datetime import UTC, datetime
from struct import Struct as Layout
from typing import Final, Self

from msgspec import Struct

from contract.errors import InvalidMessage
from drivers.charger.dny import units
from drivers.charger.tcp.layouts import unpacked

ACKNOWLEDGED: Final = b"\0"
"""Answers 20, 21 and 03."""

_REGISTER: Final = Layout("<HBBBB")
_CARD: Final = Layout("<IBB")
_CARD_ANSWER: Final = Layout("<IBBIB")


class Registration(Struct, frozen=True, kw_only=True):
    """20: what the post is. `firmware` 126 is V1.26."""

    firmware: int
    ports: int
    virtual: int = 0
    device_type: int = 0
    mode: int = 0
    supply_firmware: int = 0

    @classmethod
    def decode(cls, data: bytes) -> Self:
        """Read the data; older firmware leaves the board's version out."""
        firmware, ports, virtual, device_type, mode = unpacked(_REGISTER, data, "registration")
        return cls(
            firmware=firmware,
            ports=ports,
            virtual=virtual,
            device_type=device_type,
            mode=mode,
            supply_firmware=int.from_bytes(data[_REGISTER.size : _REGISTER.size + 2], "little"),
        )

    def encode(self) -> bytes:
        """Write the data."""
        head = _REGISTER.pack(self.firmware, self.ports, self.virtual, self.device_type, self.mode)
        return head + self.supply_firmware.to_bytes(2, "little")


class Heartbeat(Struct, frozen=True, kw_only=True):
    """21: how the post and each of its ports are. `signal` is that of a radio to its host, 0 by wire."""

    voltage: float
    states: tuple[int, ...]
    signal: int = 0
    temperature: float | None = None

    @classmethod
    def decode(cls, data: bytes) -> Self:
        """Read the data."""
        if len(data) < 3 or len(data) < 3 + data[2]:
            raise InvalidMessage(f"heartbeat: {len(data)} bytes do not tell all ports")
        states, rest = data[3 : 3 + data[2]], data[3 + data[2] :].ljust(2, b"\0")
        return cls(
            voltage=units.tenths(int.from_bytes(data[:2], "little")),
            states=tuple(states),
            signal=rest[0],
            temperature=units.celsius(rest[1]),
        )

    def encode(self) -> bytes:
        """Write the data."""
        voltage = units.count_tenths(self.voltage).to_bytes(2, "little")
        rest = bytes([self.signal, units.count_celsius(self.temperature)])
        return voltage + bytes([len(self.states), *self.states]) + rest


class Alarm(Struct, frozen=True, kw_only=True):
    """42: danger at the post. `port` and `trigger` are of the sensor that saw it."""

    kind: int
    port: int = 0
    trigger: int = 0

    @classmethod
    def decode(cls, data: bytes) -> Self:
        """Read the data."""
        if not data:
            raise InvalidMessage("alarm: no kind")
        kind, port, trigger = data[:3].ljust(3, b"\0")
        return cls(kind=kind, port=port, trigger=trigger)

    def encode(self) -> bytes:
        """Write the data."""
        return bytes([self.kind, self.port, self.trigger])


class Card(Struct, frozen=True, kw_only=True):
    """02: somebody holds a card to the post. The card is one of the site's own, if any; kept nowhere."""

    card: int
    kind: int
    port: int

    @classmethod
    def decode(cls, data: bytes) -> Self:
        """Read the data; what follows is for older cards."""
        card, kind, port = unpacked(_CARD, data, "card")
        return cls(card=card, kind=kind, port=port)

    def encode(self) -> bytes:
        """Write the data, no money on the card, no time."""
        return _CARD.pack(self.card, self.kind, self.port) + bytes(6)

    def refusal(self) -> bytes:
        """Answer that this card is not registered (§3.2: the post says so aloud)."""
        return _CARD_ANSWER.pack(self.card, 1, 0, 0, self.port)


def time_told(now: datetime) -> bytes:
    """Answer 22: seconds since 1970, as everywhere (§1.05)."""
    return int(now.timestamp()).to_bytes(4, "little")


def read_time(data: bytes) -> datetime:
    """Read the answer to 22."""
    if len(data) < 4:
        raise InvalidMessage(f"time: {len(data)} bytes")
    return datetime.fromtimestamp(int.from_bytes(data[:4], "little"), UTC)
