"""What a pile knows of prices: four of them, one for each half hour of the day (云快充 1.6, §6.8)."""

import struct
from datetime import UTC, datetime
from typing import NamedTuple, Self

from simulators.charger.ykc.words import CHINA, Share, fitting

_PRICES = struct.Struct("<8I")
_LENGTH = 2 + _PRICES.size + 1 + 48


class Tariff(NamedTuple):
    """Prices in 1e-5 yuan a kWh, the dearest first, service within them; `slots` says which applies."""

    model: bytes = bytes(2)
    prices: tuple[int, int, int, int] = (0, 0, 0, 0)
    slots: bytes = bytes(48)

    @classmethod
    def decode(cls, text: bytes) -> Self:
        """Read what follows the pile's number in 0A and 58; ValueError where it makes no sense."""
        text = fitting(text, _LENGTH)
        parts = _PRICES.unpack(text[2:34])
        slots = text[35:]
        if max(slots) > 3:
            raise ValueError("a half hour with a fifth price")
        first, second, third, fourth = (parts[nth] + parts[nth + 1] for nth in range(0, 8, 2))
        return cls(text[:2], (first, second, third, fourth), slots)

    def slot(self, at: float) -> int:
        """Return which of the four prices applies at a time."""
        local = datetime.fromtimestamp(at, UTC).astimezone(CHINA)
        return self.slots[local.hour * 2 + local.minute // 30]


class Bill:
    """What a charge took, and what it costs, by the four prices."""

    def __init__(self, tariff: Tariff) -> None:
        self._tariff = tariff
        self._energy = [0.0, 0.0, 0.0, 0.0]

    def add(self, energy_wh: float, at: float) -> None:
        """Count energy that flowed at a time."""
        self._energy[self._tariff.slot(at)] += energy_wh

    @property
    def energy(self) -> float:
        """All that was taken, in Wh."""
        return sum(self._energy)

    @property
    def amount(self) -> int:
        """What it costs, in fen."""
        return sum(share.amount for share in self.shares())

    def shares(self) -> tuple[Share, Share, Share, Share]:
        """Tell it by price."""
        first, second, third, fourth = (
            Share(price, energy, max(0, round(price * energy / 1_000_000)))
            for price, energy in zip(self._tariff.prices, self._energy, strict=True)
        )
        return first, second, third, fourth
