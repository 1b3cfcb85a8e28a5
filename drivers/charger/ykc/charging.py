"""What 云快充 messages say of a gun and its charge, while it lasts. Wh, V, A, °C; money in fen. Pure."""

from struct import Struct as Layout
from typing import Final, Self

from msgspec import Struct

from drivers.charger.tcp.layouts import unpacked
from drivers.charger.ykc import values
from drivers.charger.ykc.messages import PILE, gun_of

_REALTIME: Final = Layout("<16s7ssBBBHHB8sBBHHIIIH")
_START: Final = Layout("<16s7ss8s8sI")
_STARTED: Final = Layout("<16s7ssBB")
_STOPPED: Final = Layout("<7ssBB")
_CARD: Final = Layout("<7ssBB8s")
_ORDER: Final = 16
_UNKNOWN_CARD: Final = bytes([0, 1])
"""Refused, and why: there is no such account."""


class Realtime(Struct, frozen=True, kw_only=True):
    """13: how a gun is, every 15 s while it charges, else every 5 minutes. `order` of zeros: no charge.

    `energy` is what the meter counted, `billed` with the tariff's loss added. `faults` are bits. The pile's
    own idea of money is not read.
    """

    order: str
    pile: str
    gun: int
    state: int
    homed: int = 0
    plugged: int = 0
    voltage: float = 0.0
    current: float = 0.0
    temperature: float | None = None
    soc: int = 0
    battery_temperature: float | None = None
    minutes: int = 0
    left_minutes: int = 0
    energy: int = 0
    billed: int = 0
    faults: int = 0

    @classmethod
    def decode(cls, body: bytes) -> Self:
        """Read the body."""
        fields = unpacked(_REALTIME, body, "realtime data")
        order, pile, gun, state, homed, plugged, voltage, current, cable = fields[:9]
        soc, battery, minutes, left, energy, billed, _, faults = fields[10:]
        return cls(
            order=order.hex(),
            pile=values.number(pile, "pile"),
            gun=int(values.number(gun, "gun")),
            state=state,
            homed=homed,
            plugged=plugged,
            voltage=voltage / 10,
            current=current / 10,
            temperature=values.celsius(cable),
            soc=soc,
            battery_temperature=values.celsius(battery),
            minutes=minutes,
            left_minutes=left,
            energy=values.watt_hours(energy),
            billed=values.watt_hours(billed),
            faults=faults,
        )

    def encode(self) -> bytes:
        """Write the body, no cable's number, no money."""
        return _REALTIME.pack(
            values.bcd(self.order, _ORDER),
            values.bcd(self.pile, PILE),
            values.bcd(str(self.gun), 1),
            self.state,
            self.homed,
            self.plugged,
            round(self.voltage * 10),
            round(self.current * 10),
            values.count_celsius(self.temperature),
            bytes(8),
            self.soc,
            values.count_celsius(self.battery_temperature),
            self.minutes,
            self.left_minutes,
            values.count_energy(self.energy),
            values.count_energy(self.billed),
            0,
            self.faults,
        )


class Start(Struct, frozen=True, kw_only=True):
    """34: begin a charge that may cost `balance` fen by the pile's prices. `card` is 16 digits."""

    order: str
    pile: str
    gun: int
    card: str
    balance: int

    @classmethod
    def decode(cls, body: bytes) -> Self:
        """Read the body; of both cards, the logical one."""
        order, pile, gun, card, _, balance = unpacked(_START, body, "start")
        return cls(
            order=order.hex(),
            pile=values.number(pile, "pile"),
            gun=int(values.number(gun, "gun")),
            card=values.number(card, "card"),
            balance=balance,
        )

    def encode(self) -> bytes:
        """Write the body, the same card twice."""
        card = values.bcd(self.card, 8)
        order, pile = values.bcd(self.order, _ORDER), values.bcd(self.pile, PILE)
        return _START.pack(order, pile, values.bcd(str(self.gun), 1), card, card, self.balance)


class Started(Struct, frozen=True, kw_only=True):
    """33: whether the pile will charge, and why not."""

    order: str
    pile: str
    gun: int
    done: bool
    why: int = 0

    @classmethod
    def decode(cls, body: bytes) -> Self:
        """Read the body."""
        order, pile, gun, done, why = unpacked(_STARTED, body, "answer to a start")
        return cls(
            order=order.hex(),
            pile=values.number(pile, "pile"),
            gun=int(values.number(gun, "gun")),
            done=done == 1,
            why=why,
        )

    def encode(self) -> bytes:
        """Write the body."""
        return values.bcd(self.order, _ORDER) + gun_of(self.pile, self.gun) + bytes([self.done, self.why])


class Stopped(Struct, frozen=True, kw_only=True):
    """35: whether the pile will end the charge, and why not."""

    pile: str
    gun: int
    done: bool
    why: int = 0

    @classmethod
    def decode(cls, body: bytes) -> Self:
        """Read the body."""
        pile, gun, done, why = unpacked(_STOPPED, body, "answer to a stop")
        number = values.number(pile, "pile")
        return cls(pile=number, gun=int(values.number(gun, "gun")), done=done == 1, why=why)

    def encode(self) -> bytes:
        """Write the body."""
        return gun_of(self.pile, self.gun) + bytes([self.done, self.why])


class Card(Struct, frozen=True, kw_only=True):
    """31: somebody wants to charge by a card, a VIN or an account. What follows are secrets: not read."""

    pile: str
    gun: int
    by: int
    card: bytes

    @classmethod
    def decode(cls, body: bytes) -> Self:
        """Read the body."""
        pile, gun, by, _, card = unpacked(_CARD, body, "card")
        return cls(pile=values.number(pile, "pile"), gun=int(values.number(gun, "gun")), by=by, card=card)

    def encode(self) -> bytes:
        """Write the body: no password, no VIN."""
        return gun_of(self.pile, self.gun) + bytes([self.by, 0]) + self.card + bytes(16 + 17)

    def refusal(self) -> bytes:
        """Write the body of 32 that says no."""
        return bytes(_ORDER) + gun_of(self.pile, self.gun) + self.card + bytes(4) + _UNKNOWN_CARD
