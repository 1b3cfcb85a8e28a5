"""What is said in DNY frames (AP3000, device and server, 8.6): the data of each message.

Units on the wire: seconds, 0.1 V, 0.1 W, 0.01 kWh, °C + 65; here they are SI units, Wh and °C. Ports count
from 0.
"""

import struct
from typing import NamedTuple, Self

ORDER_LENGTH = 16
NO_ORDER = bytes(ORDER_LENGTH)
ANY_PORT = 0xFF
_WATT_HOURS = 10  # in one unit of 0.01 kWh
_COLDEST = 65
_MOST = 0xFFFF


class Register(NamedTuple):
    """What a post is (§3.0.2). `firmware` 126 means 1.26."""

    firmware: int
    ports: int
    device_type: int
    power_board: int = 0

    def encode(self) -> bytes:
        """Give the data."""
        return struct.pack("<HBBBBH", self.firmware, self.ports, 0, self.device_type, 0, self.power_board)


class Heartbeat(NamedTuple):
    """How a post and its ports are (§3.1). `temperature` None: the post cannot tell."""

    voltage: float
    states: tuple[int, ...]
    signal: int = 0
    temperature: int | None = None

    def encode(self) -> bytes:
        """Give the data."""
        ports = bytes([len(self.states), *self.states])
        return _units(self.voltage, 0.1) + ports + bytes([self.signal, _celsius(self.temperature)])


class PowerReport(NamedTuple):
    """A port while it charges (§3.4.2). Power in W since the last report, `energy` in Wh since the start."""

    port: int
    state: int
    seconds: int
    energy: float
    power: float
    most: float
    least: float
    mean: float
    order: bytes
    peak: float
    voltage: float
    current: float
    at: int
    temperature: int | None = None
    port_temperature: int | None = None

    def encode(self) -> bytes:
        """Give the data; the energy since the last report, which nobody is to read, is left 0."""
        powers = b"".join(_units(each, 0.1) for each in (self.power, self.most, self.least, self.mean))
        return (
            bytes([self.port, self.state])
            + _units(self.seconds, 1)
            + _units(self.energy, _WATT_HOURS)
            + b"\x01"  # begun by the server
            + powers
            + self.order
            + bytes(2)
            + _units(self.peak, 0.1)
            + _units(self.voltage, 0.1)
            + _units(self.current, 0.001)
            + bytes([_celsius(self.temperature), _celsius(self.port_temperature)])
            + struct.pack("<IH", self.at, 0)
        )


class Settlement(NamedTuple):
    """A charge that is over (§3.3). Power in W, `second` the most in its first five minutes, energy in Wh."""

    seconds: int
    most: float
    energy: float
    port: int
    why: int
    order: bytes
    second: float
    at: int

    def encode(self) -> bytes:
        """Give the data."""
        return (
            _units(self.seconds, 1)
            + _units(self.most, 0.1)
            + _units(self.energy, _WATT_HOURS)
            + bytes([self.port, 1, 0, 0, 0, 0, self.why])  # begun by the server, no card
            + self.order
            + _units(self.second, 0.1)
            + struct.pack("<IH", self.at, 0)
        )


class Charge(NamedTuple):
    """The server's wish to start or stop (§4.2).

    `amount` in seconds (0.01 kWh by `Rate.ENERGY`), 0: until the battery is full. `longest` in s and
    `overload` in W are 0 where the post's own apply.
    """

    rate: int
    balance: int
    port: int
    start: bool
    amount: int
    order: bytes
    longest: int = 0
    overload: float = 0.0
    until_full: bool = False

    @classmethod
    def decode(cls, data: bytes) -> Self:
        """Read the data; ValueError where too little is there."""
        if len(data) < _CHARGE.size:
            raise ValueError(f"start or stop of {len(data)} bytes")
        rate, balance, port, command, amount, order = _CHARGE.unpack_from(data)
        longest, overload = struct.unpack("<HH", data[25:29].ljust(4, b"\0"))
        until_full = data[35:36] == b"\x01"
        return cls(rate, balance, port, command == 1, amount, order, longest, overload / 10, until_full)


_CHARGE = struct.Struct("<BIBBH16s")


class Change(NamedTuple):
    """The server's wish to let a running charge take another time or energy (§4.2.1).

    `mode` 0: seconds, 1: seconds but no longer than until full, 2: 0.01 kWh and the same.
    """

    mode: int
    port: int
    amount: int

    @classmethod
    def decode(cls, data: bytes) -> Self:
        """Read the data; ValueError where its length is wrong."""
        if len(data) != 4:
            raise ValueError(f"change of {len(data)} bytes")
        return cls._make(struct.unpack("<BBH", data))


def answer_to_charge(code: int, order: bytes, port: int, waiting: int = 0) -> bytes:
    """Answer a start or stop; `waiting` has a bit for each port that could be meant."""
    return bytes([code]) + order + bytes([port]) + waiting.to_bytes(2, "little")


def alarm(kind: int, port: int = 0, trigger: int = 0) -> bytes:
    """Give the data of an alarm."""
    return bytes([kind, port, trigger])


def _units(value: float, unit: float) -> bytes:
    """Count `value` in units; what does not fit is told as the most that does."""
    return min(_MOST, max(0, round(value / unit))).to_bytes(2, "little")


def _celsius(temperature: int | None) -> int:
    return 0 if temperature is None else max(1, min(255, temperature + _COLDEST))
