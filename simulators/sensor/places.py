"""What sensors look at: smoke in a room, water on a floor, a cover over a shaft. No clock but `dt_s`, no I/O.

Each place has a `value`, which a detector's threshold is compared with, and happenings that change it.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from simulators.clock import Clock
from simulators.families import Truth

CHINA_S = 8 * 3600
"""The place's time is UTC+8."""


class Place(Protocol):
    """One place."""

    @property
    def value(self) -> float:
        """What the detector's threshold is compared with."""
        ...

    @property
    def happenings(self) -> Mapping[str, Callable[[], None]]:
        """What can happen there."""
        ...

    def step(self, dt_s: float) -> None:
        """Let `dt_s` seconds pass."""
        ...

    def truth(self) -> Truth:
        """Tell how it is."""
        ...


def approach(value: float, target: float, dt_s: float, tau_s: float) -> float:
    """Let `value` approach `target` as a first-order lag with the time constant `tau_s`."""
    return target + (value - target) * math.exp(-dt_s / tau_s)


class Smoke:
    """A room and its smoke in dB/m: it fills in some `FILLS_S` seconds, and is aired in `AIRS_S`."""

    BURNING = 0.6
    PUFF = 0.25
    FILLS_S = 10.0
    AIRS_S = 4.0

    def __init__(self) -> None:
        self.density = 0.0
        self.burning = False

    @property
    def value(self) -> float:
        """Smoke density in dB/m."""
        return self.density

    @property
    def happenings(self) -> Mapping[str, Callable[[], None]]:
        """Smoke that stays, its end, and one breath of it."""
        return {
            "smoke": lambda: setattr(self, "burning", True),
            "smoke-clears": lambda: setattr(self, "burning", False),
            "smoke-puff": lambda: setattr(self, "density", max(self.density, self.PUFF)),
        }

    def step(self, dt_s: float) -> None:
        """Let the room fill or be aired."""
        target, tau_s = (self.BURNING, self.FILLS_S) if self.burning else (0.0, self.AIRS_S)
        self.density = approach(self.density, target, dt_s, tau_s)

    @property
    def temperature(self) -> float:
        """Air at the ceiling in °C."""
        return 22.0 + 40.0 * self.density

    def truth(self) -> Truth:
        """Tell how it is."""
        return {"smoke_density": round(self.density, 4), "burning": self.burning}


@dataclass(kw_only=True)
class Moving:
    """Something that goes from `rest` to `raised` and back, so fast per second.

    The happenings `goes_up` and `goes_down` set it going.
    """

    name: str
    rest: float
    raised: float
    up_per_s: float
    down_per_s: float
    goes_up: str
    goes_down: str

    def __post_init__(self) -> None:
        self.value = self.rest
        self.up = False

    @property
    def happenings(self) -> Mapping[str, Callable[[], None]]:
        """It goes up, or down."""
        return {
            self.goes_up: lambda: setattr(self, "up", True),
            self.goes_down: lambda: setattr(self, "up", False),
        }

    def step(self, dt_s: float) -> None:
        """Let it move."""
        if self.up:
            self.value = min(self.raised, self.value + self.up_per_s * dt_s)
        else:
            self.value = max(self.rest, self.value - self.down_per_s * dt_s)

    def truth(self) -> Truth:
        """Tell how it is."""
        return {self.name: round(self.value, 3), self.goes_up: self.up}


class Floor(Moving):
    """A floor with a depth of water in mm; `at_m` is where along the cable."""

    def __init__(self, at_m: float) -> None:
        super().__init__(
            name="depth_mm",
            rest=0.0,
            raised=30.0,
            up_per_s=2.0,
            down_per_s=4.0,
            goes_up="water-leaks",
            goes_down="water-dries",
        )
        self.at_m = at_m

    def truth(self) -> Truth:
        """Tell how it is."""
        return super().truth() | {"at_m": self.at_m}


class Shaft(Moving):
    """A manhole with its cover's angle in degrees, and some water in m."""

    WATER_M = 0.35

    def __init__(self) -> None:
        super().__init__(
            name="angle_deg",
            rest=0.0,
            raised=75.0,
            up_per_s=60.0,
            down_per_s=60.0,
            goes_up="cover-opens",
            goes_down="cover-closes",
        )


class Tank(Moving):
    """A tank with its level in m; it can fill beyond its mark."""

    def __init__(self) -> None:
        super().__init__(
            name="level_m",
            rest=1.2,
            raised=2.6,
            up_per_s=0.1,
            down_per_s=0.1,
            goes_up="level-rises",
            goes_down="level-falls",
        )


class Outdoors:
    """The weather of a spring day: warmest and driest at 15:00, and warmer while there is a heat wave."""

    MEAN_C, SWING_C = 16.0, 7.0
    MEAN_RH, SWING_RH = 62.0, 18.0
    WAVE_C = 15.0
    LAG_S = 120.0

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.heat_wave = False
        self._extra_c = 0.0

    @property
    def value(self) -> float:
        """Temperature in °C."""
        return self.MEAN_C + self.SWING_C * self._sun() + self._extra_c

    @property
    def humidity(self) -> float:
        """Relative humidity in %."""
        return self.MEAN_RH - self.SWING_RH * self._sun()

    @property
    def happenings(self) -> Mapping[str, Callable[[], None]]:
        """It gets hot, or cool again."""
        return {
            "heat-comes": lambda: setattr(self, "heat_wave", True),
            "heat-goes": lambda: setattr(self, "heat_wave", False),
        }

    def step(self, dt_s: float) -> None:
        """Let the air warm up."""
        self._extra_c = approach(self._extra_c, self.WAVE_C if self.heat_wave else 0.0, dt_s, self.LAG_S)

    def truth(self) -> Truth:
        """Tell how it is."""
        return {"temperature": round(self.value, 2), "humidity": round(self.humidity, 2)}

    def _sun(self) -> float:
        hours = (self._clock.now_s() + CHINA_S) % 86_400 / 3600
        return math.cos(2 * math.pi * (hours - 15) / 24)


class Spot:
    """A spot where people may be."""

    def __init__(self) -> None:
        self.people = 0

    @property
    def value(self) -> float:
        """How many people there are."""
        return self.people

    @property
    def happenings(self) -> Mapping[str, Callable[[], None]]:
        """Somebody comes; all leave."""
        return {
            "somebody-comes": lambda: setattr(self, "people", self.people + 1),
            "everybody-leaves": lambda: setattr(self, "people", 0),
        }

    def step(self, dt_s: float) -> None:
        """Nothing changes by itself."""

    def truth(self) -> Truth:
        """Tell how it is."""
        return {"people": self.people}
