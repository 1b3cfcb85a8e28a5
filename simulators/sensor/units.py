"""The sensors' Modbus faces: which table, address and bit means what. No vendor's, but for the SHT20 module.

| profile | table | addresses |
|---|---|---|
| smoke | discrete inputs (FC 2) | 0 alarm, 1 tamper, 2 fault, 3 low battery, 4 silenced, 5 testing |
| | input registers (FC 4) | 0 smoke in mdB/m, 1 temperature in 0.1 °C (signed), 2 battery in % |
| | coils (FC 1, 5, 15) | 0 silence, 1 self-test, 2 reset: act on a written 1 and read back 0 |
| water-leak | holding registers (FC 3) | 0 water, 1 cable broken, 2 where in 0.1 m (0 without water) |
| manhole | input registers | 0: bit 0 open, 1 tamper, 2 low battery |
| | | 1 tilt in 0.1°, 2 battery in %, 3 water in cm |
| temperature-humidity | input registers | 1 temperature in 0.1 °C (signed), 2 humidity in 0.1 % |
| level | holding registers | 0 level in mm (signed), 2 bit 0 float switch |
| presence | holding registers | 0 bit 0 somebody is there, 1 light in lx |

A mad sensor shows 65535, or 32767 where the register is signed.
"""

from collections.abc import Sequence
from typing import Generic

from simulators.modbus import Unit
from simulators.sensor.detector import Detector, PlaceT, SmokeDetector
from simulators.sensor.places import Floor, Outdoors, Shaft, Smoke, Spot, Tank

MAD, MAD_SIGNED = 0xFFFF, 0x7FFF
LIGHT_LX = 320


class SensorUnit(Unit, Generic[PlaceT]):
    """A sensor that is a Modbus unit of its own; without power it does not answer."""

    def __init__(self, detector: Detector[PlaceT]) -> None:
        self.detector = detector

    @property
    def powered(self) -> bool:  # type: ignore[override]  # the base has a plain attribute
        """Whether it answers."""
        return not self.detector.broken.power_loss

    def word(self, value: float, *, signed: bool = False) -> int:
        """Write a measurement as a register."""
        if self.detector.broken.mad_value:
            return MAD_SIGNED if signed else MAD
        return round(value) & 0xFFFF


class SmokeUnit(SensorUnit[Smoke]):
    """The smoke detector."""

    def __init__(self, detector: SmokeDetector) -> None:
        super().__init__(detector)
        self._smoke = detector

    def discrete_inputs(self) -> Sequence[bool]:
        """All contacts."""
        smoke = self._smoke
        return (
            smoke.alarm,
            smoke.broken.tamper,
            smoke.fault,
            smoke.low_battery,
            smoke.silenced,
            smoke.testing,
        )

    def input_registers(self) -> Sequence[int]:
        """Density, temperature, battery."""
        return (
            self.word(self.detector.sensed * 1000),
            self.word(self.detector.place.temperature * 10, signed=True),
            self.word(self.detector.battery),
        )

    def coils(self) -> Sequence[bool]:
        """All orders, which read back 0."""
        return (False, False, False)

    def write_coil(self, address: int, on: bool) -> None:
        """Obey; a detector that is stuck does not."""
        if on and not self.detector.broken.stuck:
            (self._smoke.silence, self._smoke.test, self._smoke.reset)[address]()


class LeakUnit(SensorUnit[Floor]):
    """The controller of a water-sensing cable."""

    def holding_registers(self) -> Sequence[int]:
        """Water, cable broken, where."""
        alarm = self.detector.alarm
        where = self.word(self.detector.place.at_m * 10 if alarm else 0)
        return (int(alarm), int(self.detector.broken.sensor_fault), where)


class ManholeUnit(SensorUnit[Shaft]):
    """The sensor below a cover."""

    def input_registers(self) -> Sequence[int]:
        """Contacts in one word, tilt, battery, water."""
        detector = self.detector
        contacts = detector.alarm | detector.broken.tamper << 1 | detector.low_battery << 2
        return (
            contacts,
            self.word(detector.sensed * 10),
            self.word(detector.battery),
            self.word(self.detector.place.WATER_M * 100),
        )


class ClimateUnit(SensorUnit[Outdoors]):
    """The module with an SHT20; its temperature is what the detector senses."""

    def input_registers(self) -> Sequence[int]:
        """Temperature and humidity, from address 1."""
        humidity = self.word(self.detector.place.humidity * 10)
        return (0, self.word(self.detector.sensed * 10, signed=True), humidity)


class LevelUnit(SensorUnit[Tank]):
    """A level transmitter with a float switch."""

    def holding_registers(self) -> Sequence[int]:
        """Level, nothing, float switch."""
        return (self.word(self.detector.sensed * 1000, signed=True), 0, int(self.detector.alarm))


class PresenceUnit(SensorUnit[Spot]):
    """A radar with a light meter."""

    def holding_registers(self) -> Sequence[int]:
        """Presence and light."""
        return (int(self.detector.alarm), self.word(LIGHT_LX))
