"""82: telling a port to begin or end a charge, and what the post answers (AP3000 §4.2). Pure.

The charge is bounded by the post itself, whoever supervises it or not: by energy (rate mode 2) and, for an
order by energy, by the longest time too. An order by time (mode 0) would know no energy and ignore the
longest time. Beyond what the fields hold (65 535 s, 655 kWh, 6553 W) the post gets the most that fits.
"""

from enum import IntEnum
from struct import Struct as Layout
from typing import Final, Self

from msgspec import Struct

from drivers.charger.dny import units
from drivers.charger.link import Limits
from drivers.charger.tcp.layouts import unpacked

_ORDER: Final = Layout("<BIBBH16sHH")
_ANSWER: Final = Layout("<B16sBH")


class Rate(IntEnum):
    """What a charge is paid by, and so what `amount` counts: seconds, or 0.01 kWh for ENERGY."""

    TIME = 0
    MONTH = 1
    ENERGY = 2
    COUNT = 3


BY_THE_BOOK: Final = Layout("<BBHBBBBB").pack(
    0,  # the code's light on, as it is
    0,  # no feeding of full batteries for ever
    0,  # nor for longer than the post does
    2,  # look for a short circuit first: 0 and 1 both mean not to
    0,  # notice when the plug is pulled
    1,  # end when the battery is full, though an amount is given
    0,  # the post's own idea of what full is
    0,
)
"""What newer firmware reads after the overload power; older leaves it alone."""


class Order(Struct, frozen=True, kw_only=True):
    """82 down. `amount` in Wh (s by another rate), `longest` in s, `overload` in W: 0 is the post's own."""

    port: int
    start: bool
    order: bytes
    rate: int = Rate.ENERGY
    balance: int = 0
    """What the post says aloud, in fen; nothing else depends on it."""
    amount: int = 0
    longest: int = 0
    overload: float = 0.0

    @classmethod
    def to_start(cls, port: int, order: bytes, limits: Limits) -> Self:
        """Make an order for a charge that ends by itself at any of its limits, or when it is full."""
        return cls(
            port=port,
            start=True,
            order=order,
            amount=max(10, limits.energy),  # less than a unit would be no limit at all
            longest=max(1, min(units.MOST, limits.seconds)),
            overload=max(0.1, limits.power),
        )

    @classmethod
    def decode(cls, data: bytes) -> Self:
        """Read the data."""
        rate, balance, port, command, amount, order, longest, overload = unpacked(_ORDER, data, "order")
        return cls(
            rate=rate,
            balance=balance,
            port=port,
            start=command == 1,
            amount=units.watt_hours(amount) if rate == Rate.ENERGY else amount,
            order=order,
            longest=longest,
            overload=units.tenths(overload),
        )

    def encode(self) -> bytes:
        """Write the data, without what only newer firmware knows."""
        amount = units.count_energy(self.amount) if self.rate == Rate.ENERGY else self.amount
        overload = units.count_tenths(self.overload)
        head = (self.rate, self.balance, self.port, self.start, amount)
        return _ORDER.pack(*head, self.order, self.longest, overload)


class Answer(Struct, frozen=True, kw_only=True):
    """82 up. `waiting` has a bit for each port that could be meant, where `code` is 5."""

    code: int
    order: bytes
    port: int
    waiting: int = 0

    @classmethod
    def decode(cls, data: bytes) -> Self:
        """Read the data."""
        code, order, port, waiting = unpacked(_ANSWER, data, "answer to an order")
        return cls(code=code, order=order, port=port, waiting=waiting)

    def encode(self) -> bytes:
        """Write the data."""
        return _ANSWER.pack(self.code, self.order, self.port, self.waiting)


REFUSALS: Final = {
    1: "no charger is plugged in",
    2: "the port is in that state already",
    3: "the port is faulty",
    4: "there is no such port",
    5: "several ports wait",
    6: "all ports together would take too much power",
    7: "the memory is damaged",
    8: "the relay or the fuse is broken",
    9: "the relay is stuck",
    0x0A: "the load is a short circuit",
    0x0B: "there is a smoke alarm",
    0x0C: "the voltage is too high",
    0x0D: "the voltage is too low",
    0x0E: "the port does not respond",
}
CHARGES_NONETHELESS: Final = frozenset({3, 9})
"""Answers with which the port is faulty and gives current all the same (§4.2: 执行)."""


def refusal(code: int) -> str:
    """Say for people why the post refuses."""
    return f"the post refuses: {REFUSALS.get(code, 'for an unknown reason')} (answer 0x{code:02X})"
