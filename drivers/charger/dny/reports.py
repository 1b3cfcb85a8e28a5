"""What a DNY post reports of a charge: 06 while it lasts, 03 when it is over (AP3000 §3.3, §3.4.2). Pure.

Of each, what is missing at the end is None, and what is longer than known is left alone, as in `messages`.
"""

from struct import Struct as Layout
from typing import Final, Self

from msgspec import Struct

from drivers.charger.dny import units
from drivers.charger.tcp.layouts import unpacked

_POWER: Final = Layout("<BBHHBHHHH16s")
_POWER_MORE: Final = Layout("<HHHHBB")
_SETTLEMENT: Final = Layout("<HHHBBIB16s")


class Power(Struct, frozen=True, kw_only=True):
    """06: a port while it charges, every 5 minutes. `kind` 1: we began it. Powers since the last report."""

    port: int
    state: int
    seconds: int
    energy: int
    kind: int
    power: float
    most: float
    least: float
    mean: float
    order: bytes
    peak: float | None = None
    voltage: float | None = None
    current: float | None = None
    temperature: float | None = None
    port_temperature: float | None = None

    @classmethod
    def decode(cls, data: bytes) -> Self:
        """Read the data; the energy of the last minutes is for its maker only."""
        port, state, seconds, energy, kind, *powers, order = unpacked(_POWER, data, "power report")
        power, most, least, mean = map(units.tenths, powers)
        return cls(
            port=port,
            state=state,
            seconds=seconds,
            energy=units.watt_hours(energy),
            kind=kind,
            power=power,
            most=most,
            least=least,
            mean=mean,
            order=order,
            **_more(data[_POWER.size :]),
        )

    def encode(self) -> bytes:
        """Write the data, all fields or the oldest only."""
        powers = map(units.count_tenths, (self.power, self.most, self.least, self.mean))
        head = (self.port, self.state, self.seconds, units.count_energy(self.energy), self.kind)
        data = _POWER.pack(*head, *powers, self.order)
        if self.peak is None or self.voltage is None or self.current is None:
            return data
        tenths = units.count_tenths(self.peak), units.count_tenths(self.voltage)
        temperatures = map(units.count_celsius, (self.temperature, self.port_temperature))
        return data + _POWER_MORE.pack(0, *tenths, units.count_milliamperes(self.current), *temperatures)


class Settlement(Struct, frozen=True, kw_only=True):
    """03: what a charge took. `kind` 0: by a card while offline, 1: by us, 3: by a code typed at the post."""

    seconds: int
    most: float
    energy: int
    port: int
    kind: int
    card: int
    why: int
    order: bytes

    @classmethod
    def decode(cls, data: bytes) -> Self:
        """Read the data. The time that follows is that of sending, and often wrong: so says the protocol."""
        seconds, most, energy, port, kind, card, why, order = unpacked(_SETTLEMENT, data, "settlement")
        return cls(
            seconds=seconds,
            most=units.tenths(most),
            energy=units.watt_hours(energy),
            port=port,
            kind=kind,
            card=card,
            why=why,
            order=order,
        )

    def encode(self) -> bytes:
        """Write the data."""
        took = (self.seconds, units.count_tenths(self.most), units.count_energy(self.energy))
        return _SETTLEMENT.pack(*took, self.port, self.kind, self.card, self.why, self.order)


def _more(data: bytes) -> dict[str, float | None]:
    """Read what newer firmware adds to a power report."""
    if len(data) < _POWER_MORE.size:
        return {}
    _, peak, voltage, current, temperature, port_temperature = _POWER_MORE.unpack_from(data)
    return {
        "peak": units.tenths(peak),
        "voltage": units.tenths(voltage),
        "current": units.amperes(current),
        "temperature": units.celsius(temperature),
        "port_temperature": units.celsius(port_temperature),
    }
