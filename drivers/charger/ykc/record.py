"""3B (V1.5, V1.6) and 3D (V1.7): a charge that is over, said again until 40 answers it. Pure.

The pile's prices and money are not read, on purpose: it knows a flat price of ours that only serves as a
limit, and what a charge costs is reckoned by the hub from its energy.
"""

from datetime import datetime
from struct import Struct as Layout
from typing import Final, Self

from msgspec import Struct

from contract.errors import InvalidMessage
from drivers.charger.ykc import values
from drivers.charger.ykc.kinds import Kind
from drivers.charger.ykc.messages import gun_of

_ORDER: Final = 16
_HEAD: Final = Layout("<16s7ss7s7s")
_METER_SEAL: Final = 6 + 34 + 2 + 1
"""Between head and money in V1.7: the meter's number, its cipher text, the version and method of that."""
_SHARES: Final = 4 * 16
_TAIL: Final = Layout("<5s5sIII17sB7sB8s")

SHORT: Final = _HEAD.size + _SHARES + _TAIL.size
LONG: Final = SHORT + _METER_SEAL


class Record(Struct, frozen=True, kw_only=True):
    """A charge that is over. Meters and energy in Wh; times None where the pile's clock makes no sense.

    `flag` 1: begun by us, 2: by a card, 4: by a card while offline, 5: by the car's VIN, which is not read.
    """

    order: str
    pile: str
    gun: int
    began: datetime | None
    ended: datetime | None
    meter_began: int
    meter_ended: int
    energy: int
    flag: int
    why: int

    @classmethod
    def decode(cls, body: bytes) -> Self:
        """Read the body, whichever version it is of: some piles say 3D without the meter's seal."""
        if len(body) < SHORT:
            raise InvalidMessage(f"record: {len(body)} bytes, not {SHORT}")
        order, pile, gun, began, ended = _HEAD.unpack_from(body)
        tail_at = _HEAD.size + _SHARES + (_METER_SEAL if len(body) >= LONG else 0)
        meter_began, meter_ended, energy, _, _, _, flag, _, why, _ = _TAIL.unpack_from(body, tail_at)
        return cls(
            order=order.hex(),
            pile=values.number(pile, "pile"),
            gun=int(values.number(gun, "gun")),
            began=values.read_cp56(began),
            ended=values.read_cp56(ended),
            meter_began=values.watt_hours(int.from_bytes(meter_began, "little")),
            meter_ended=values.watt_hours(int.from_bytes(meter_ended, "little")),
            energy=values.watt_hours(energy),
            flag=flag,
            why=why,
        )

    def encode(self, kind: int = Kind.RECORD) -> bytes:
        """Write the body: no prices, no money, no car."""
        began, ended = (
            values.cp56(each) if each else bytes(values.CP56) for each in (self.began, self.ended)
        )
        head = values.bcd(self.order, _ORDER) + gun_of(self.pile, self.gun) + began + ended
        energy = values.count_energy(self.energy)
        meters = (
            values.count_energy(each).to_bytes(5, "little") for each in (self.meter_began, self.meter_ended)
        )
        rest = (energy, energy, 0, bytes(17), self.flag, ended, self.why, bytes(8))
        seal = bytes(_METER_SEAL if kind == Kind.RECORD_17 else 0)
        return head + seal + bytes(_SHARES) + _TAIL.pack(*meters, *rest)

    @property
    def transaction(self) -> str:
        """What the charge is called; one without an order by what it took."""
        if self.order != values.NO_ORDER:
            return self.order
        began = self.began.isoformat() if self.began else "?"
        return f"{self.pile}-{self.gun}-{began}-{self.meter_began}-{self.meter_ended}-{self.energy}"

    def answer(self) -> bytes:
        """Write the body of 40: it is kept."""
        return bytes.fromhex(self.order) + b"\0"
