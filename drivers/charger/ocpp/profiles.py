"""The charging schedule that a post keeps by itself: so much power, and nothing once the time is over.

OCPP 1.6 §3.13 and 2.0.1 part 2 K: periods of a profile of kind Relative count from the charge's own start, so
the same end holds whenever the power is changed.
"""

from math import floor
from typing import Final, Literal, NamedTuple

from drivers.charger.ocpp.frames import Payload

Unit = Literal["W", "A"]

VOLTS: Final = 230.0
"""GB/T 156 says 220 V, the net gives up to 7 % more: amperes for too high a voltage are on the safe side."""

ONE_PHASE_W: Final = 7700
"""Above it a connector has three phases: one phase ends at 32 A."""


class Rate(NamedTuple):
    """In which unit a post wants to be told, and how many phases it has."""

    unit: Unit
    phases: int

    def limit(self, power: int) -> float:
        """Return `power` W in the post's unit, never more, and in halves.

        The schemas allow tenths, by a test that in binary fractions many tenths fail; halves and wholes pass.
        """
        amount = power if self.unit == "W" else power / (VOLTS * self.phases)
        return floor(amount * 2) / 2


def phases(most_power: int) -> int:
    """Return how many phases a connector of so many W has."""
    return 1 if most_power <= ONE_PHASE_W else 3


def schedule(rate: Rate, power: int, seconds: int) -> Payload:
    """Give `power` W for `seconds` from the charge's start, then nothing."""
    return {
        "chargingRateUnit": rate.unit,
        "chargingSchedulePeriod": [
            {"startPeriod": 0, "limit": rate.limit(power), "numberPhases": rate.phases},
            {"startPeriod": seconds, "limit": 0.0, "numberPhases": rate.phases},
        ],
    }


class Abilities(NamedTuple):
    """What a post says of its charging profiles. Amperes is what it most likely takes if it says nothing."""

    adjusts: bool = True
    unit: Unit = "A"
