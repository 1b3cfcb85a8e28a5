"""The pretend probes, each a Modbus unit with the map of its kind.

| kind | what it says |
|---|---|
| `soil-4in1` | holding registers: moisture in 0.1 %, temperature in 0.1 °C (signed), then others |
| `soil-temperature-first` | input registers: temperature in 0.01 °C (signed), moisture in 0.01 % |
| `air-sht20` | input registers: 1 temperature in 0.1 °C (signed), 2 humidity in 0.1 % |
| `rain-contact` | discrete input 0: rain |
"""

import random
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from simulators.modbus import Unit
from simulators.sprinkler.physics import Soil
from simulators.sprinkler.weather import Weather

CONDUCTIVITY, PH_TENTHS, HUMIDITY_TENTHS = 320, 68, 550
MAD_WORD = 0x7FFF
"""What a broken probe says: 3276.7 %, and as many °C."""


class Sounds(Protocol):
    """What a zone lets its probes feel."""

    soil: Soil
    weather: Weather


class ProbeUnit(Unit):
    """One probe; `mad`: it says what cannot be. Readings tremble by `noise`."""

    def __init__(self, where: Sounds, seed: int, noise: float = 0.1) -> None:
        self.powered = True
        self.mad = False
        self.where = where
        self._chance = random.Random(seed)  # noqa: S311 - noise, not keys
        self._noise = noise

    def _word(self, value: float, scale: float) -> int:
        """Write a value as a register would hold it, two's complement where it is negative."""
        if self.mad:
            return MAD_WORD
        trembling = value + self._chance.gauss(0.0, self._noise)
        return max(-0x8000, min(0x7FFF, round(trembling * scale))) & 0xFFFF


class SoilProbe(ProbeUnit):
    """One that stands in the soil of a zone."""


class SoilMoistureFirst(SoilProbe):
    """`soil-4in1`."""

    def holding_registers(self) -> Sequence[int]:
        """All holding registers from address 0."""
        soil = self.where.soil
        moisture, warmth = self._word(soil.moisture, 10), self._word(soil.temperature_c, 10)
        return (moisture, warmth, CONDUCTIVITY, PH_TENTHS)


class SoilTemperatureFirst(SoilProbe):
    """`soil-temperature-first`."""

    def input_registers(self) -> Sequence[int]:
        """All input registers from address 0."""
        soil = self.where.soil
        return (self._word(soil.temperature_c, 100), self._word(soil.moisture, 100))


class Air(ProbeUnit):
    """`air-sht20`."""

    def input_registers(self) -> Sequence[int]:
        """All input registers from address 0."""
        return (0, self._word(self.where.weather.air_c, 10), HUMIDITY_TENTHS)


class Rain(ProbeUnit):
    """`rain-contact`."""

    def discrete_inputs(self) -> Sequence[bool]:
        """All discrete inputs from address 0."""
        return (self.where.weather.raining,)


PROBES: Mapping[str, Callable[[Sounds, int], ProbeUnit]] = {
    "soil-4in1": SoilMoistureFirst,
    "soil-temperature-first": SoilTemperatureFirst,
    "air-sht20": Air,
    "rain-contact": Rain,
}
