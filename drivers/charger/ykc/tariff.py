"""What 云快充 messages say of prices. They are what a pile shows: nobody is billed by them. Pure."""

from struct import Struct as Layout
from typing import Final, Self

from msgspec import Struct

from contract.errors import InvalidMessage
from drivers.charger.tcp.layouts import unpacked
from drivers.charger.ykc import values
from drivers.charger.ykc.messages import PILE

_TARIFF_CHECK: Final = Layout("<7s2s")
_PRICES: Final = Layout("<8I")
HALF_HOURS: Final = 48


class TariffCheck(Struct, frozen=True, kw_only=True):
    """05: which prices the pile has, by their number of four digits. 06 says whether they are right."""

    pile: str
    model: str

    @classmethod
    def decode(cls, body: bytes) -> Self:
        """Read the body."""
        pile, model = unpacked(_TARIFF_CHECK, body, "check of the tariff")
        return cls(pile=values.number(pile, "pile"), model=values.number(model, "tariff"))

    def encode(self) -> bytes:
        """Write the body."""
        return values.bcd(self.pile, PILE) + values.bcd(self.model, 2)

    def answer(self, *, right: bool) -> bytes:
        """Write the body of 06."""
        return self.encode() + bytes([not right])


class Tariff(Struct, frozen=True, kw_only=True):
    """0A: prices in 1e-5 yuan a kWh, one of four (尖峰平谷) for each half hour; the pile adds `loss` in %."""

    pile: str
    model: str
    energy: tuple[int, int, int, int]
    service: tuple[int, int, int, int] = (0, 0, 0, 0)
    loss: int = 0
    slots: bytes = bytes(HALF_HOURS)

    @classmethod
    def decode(cls, body: bytes) -> Self:
        """Read the body."""
        head, prices, rest = (
            body[: PILE + 2],
            body[PILE + 2 :][: _PRICES.size],
            body[PILE + 2 + _PRICES.size :],
        )
        each = unpacked(_PRICES, prices, "tariff")
        if len(rest) < 1 + HALF_HOURS:
            raise InvalidMessage(f"tariff: {len(body)} bytes")
        return cls(
            pile=values.number(head[:PILE], "pile"),
            model=values.number(head[PILE:], "tariff"),
            energy=(each[0], each[2], each[4], each[6]),
            service=(each[1], each[3], each[5], each[7]),
            loss=rest[0],
            slots=rest[1 : 1 + HALF_HOURS],
        )

    def encode(self) -> bytes:
        """Write the body."""
        head = values.bcd(self.pile, PILE) + values.bcd(self.model, 2)
        prices = [each for both in zip(self.energy, self.service, strict=True) for each in both]
        return head + _PRICES.pack(*prices) + bytes([self.loss]) + self.slots
