"""When too much flows, it grows too hot, or a charge has had all that it may. Pure."""

from datetime import datetime
from typing import Final

from drivers.charger.charges.charge import Charge
from drivers.charger.options import ChargerOptions
from drivers.charger.safety.lasting import Lasting
from drivers.charger.seen import Measured
from drivers.charger.words import EndReason, Trouble

MAINS_V: Final = 220.0
"""GB/T 156: what a phase has where the post does not say."""

ONE_PHASE_W: Final = 7700
"""A connector that gives more has three phases: one phase ends at 32 A."""

OVERLOAD: Final = 1.1

SUSTAINED_S: Final = 3.0
"""A vehicle's charger takes a gulp when it is switched on: what is over in so long does no harm."""

COOLS_C: Final = 10.0
"""So much cooler than the limit, and it counts as cool again."""


class Protection:
    """Watches current and temperature of one connector.

    `doubtful` while something is beyond its limit and not yet believed: a fresh reading is then worth asking
    for. A post that is read rarely is believed in what it said last.
    """

    def __init__(self, options: ChargerOptions) -> None:
        self._phases = 1 if options.power <= ONE_PHASE_W else 3
        rated = options.power / (MAINS_V * self._phases)
        self._current = options.over_current or OVERLOAD * rated
        self._temperature = options.over_temperature
        self._over, self._hot = Lasting(), Lasting()
        self._is_hot = False
        self.doubtful = False

    def troubles(self, measured: Measured, now: float) -> frozenset[Trouble]:
        """Return what is wrong, as measured; `now` in seconds of a monotonic clock."""
        current, temperature = self._flowing(measured), measured.temperature
        over = current is not None and current > self._current
        limit = self._temperature - (COOLS_C if self._is_hot else 0.0)
        hot = temperature is not None and temperature > limit
        too_much = self._over.so_for(over, SUSTAINED_S, now)
        self._is_hot = self._hot.so_for(hot, SUSTAINED_S, now)
        self.doubtful = (over and not too_much) or (hot and not self._is_hot)
        found = {Trouble.OVER_CURRENT: too_much, Trouble.HEAT: self._is_hot}
        return frozenset(each for each, is_so in found.items() if is_so)

    def _flowing(self, measured: Measured) -> float | None:
        """Return the current of a conductor."""
        if measured.current is not None or measured.power is None:
            return measured.current
        return measured.power / ((measured.voltage or MAINS_V) * self._phases)


def used_up(charge: Charge, now: datetime) -> EndReason | None:
    """Say which limit a charge has reached."""
    if (now - charge.since).total_seconds() >= charge.seconds:
        return EndReason.TIME_LIMIT
    return EndReason.ENERGY_LIMIT if charge.energy >= charge.most_energy else None
