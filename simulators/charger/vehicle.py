"""A vehicle's battery and charger: what it takes. No clock, no I/O. Power in W, energy in Wh, soc in %."""

import random
from dataclasses import dataclass
from typing import Literal

VehicleKind = Literal["car", "e-bike"]

CAR_LEAST_POWER = 1380.0  # 6 A of one phase: a pilot signal cannot offer less (IEC 61851-1 table A.8)
TRICKLE = 0.05  # of the most power: what a charger still takes just before it is full
CAR_SIZES = ((50_000.0, 6600.0), (60_000.0, 7000.0), (75_000.0, 7000.0))
BIKE_SIZES = ((48 * 20.0, 180.0), (60 * 20.0, 240.0), (72 * 32.0, 400.0))
"""Capacity and most power of vehicles that come by; e-bikes of 48, 60 and 72 V."""


@dataclass(slots=True, kw_only=True)
class Vehicle:
    """Constant power up to `taper_soc`, then less and less; of what is taken, `efficiency` is stored."""

    capacity_wh: float
    max_power: float
    soc: float = 20.0
    least_power: float = 0.0
    taper_soc: float = 90.0
    efficiency: float = 0.9

    @property
    def full(self) -> bool:
        """Whether it takes nothing more."""
        return self.soc >= 100

    def draw(self, offered: float) -> float:
        """Return what it would take now where it is offered `offered` W at most."""
        if self.full or offered < self.least_power:
            return 0.0
        left = min(1.0, (100 - self.soc) / (100 - self.taper_soc))
        return min(offered, self.max_power * max(left, TRICKLE))

    def store(self, energy_wh: float) -> None:
        """Put in what came through the cable."""
        self.soc = min(100.0, self.soc + 100 * energy_wh * self.efficiency / self.capacity_wh)

    def fill(self) -> None:
        """Be full at once."""
        self.soc = 100.0


def arriving(
    kind: VehicleKind, chance: random.Random, *, battery_wh: float | None, soc: float | None
) -> Vehicle:
    """Return the next vehicle that comes by, fairly empty; what is given is not left to chance."""
    capacity_wh, max_power = chance.choice(CAR_SIZES if kind == "car" else BIKE_SIZES)
    empty = chance.uniform(10, 40)
    return Vehicle(
        capacity_wh=battery_wh or capacity_wh,
        max_power=max_power,
        soc=empty if soc is None else soc,
        least_power=CAR_LEAST_POWER if kind == "car" else 0.0,
    )
