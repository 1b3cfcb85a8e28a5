"""From registers to readings: what the sensor says, in words and units. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from drivers.modbus.registers import Registers
from drivers.sensor.profile import Measurement, Profile
from drivers.sensor.words import SCALES, Flag, Quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class Readings:
    """One look at the sensor; a measurement that cannot be true is None, and in `nonsense` as it was read."""

    flags: Mapping[Flag, bool]
    values: Mapping[Quantity, float | None]
    nonsense: Mapping[Quantity, str]


def read(profile: Profile, registers: Registers) -> Readings:
    """Say what `registers` mean on this kind of sensor."""
    values: dict[Quantity, float | None] = {}
    nonsense: dict[Quantity, str] = {}
    for quantity, measurement in profile.measurements.items():
        value = round(measurement.value(registers), 4)
        lowest, highest = measurement.limits(quantity)
        values[quantity] = value if lowest <= value <= highest else None
        if values[quantity] is None:
            nonsense[quantity] = _complaint(quantity, measurement, value)
    flags = {flag: contact.value(registers) for flag, contact in profile.contacts.items()}
    return Readings(flags=flags, values=values, nonsense=nonsense)


def _complaint(quantity: Quantity, measurement: Measurement, value: float) -> str:
    lowest, highest = measurement.limits(quantity)
    unit = SCALES[quantity].unit
    return f"{quantity} {value:g} {unit} is not within {lowest:g} to {highest:g} {unit}"
