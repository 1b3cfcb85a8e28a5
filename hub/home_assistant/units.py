"""What Home Assistant calls units and kinds of measurement (its `sensor` and `binary_sensor` device classes).

It knows a measurement by its device class, which a description does not have: a unit tells it, where a unit
means one thing only. A percentage may be anything.
"""

from typing import Final, Literal, NamedTuple

StateClass = Literal["measurement", "total_increasing"]


class Measured(NamedTuple):
    """How a unit is told to Home Assistant; without a device class it is shown as it is."""

    unit: str
    device_class: str | None = None
    state_class: StateClass = "measurement"


MEASURED: Final = {
    "°C": Measured("°C", "temperature"),
    "W": Measured("W", "power"),
    "kW": Measured("kW", "power"),
    "A": Measured("A", "current"),
    "V": Measured("V", "voltage"),
    "Hz": Measured("Hz", "frequency"),
    "Wh": Measured("Wh", "energy", "total_increasing"),
    "kWh": Measured("kWh", "energy", "total_increasing"),
    "l": Measured("L", "water", "total_increasing"),
    "l/min": Measured("L/min", "volume_flow_rate"),
    "s": Measured("s", "duration"),
    "min": Measured("min", "duration"),
    "h": Measured("h", "duration"),
    "kbit/s": Measured("kbit/s", "data_rate"),
    "B": Measured("B", "data_size"),
    "lx": Measured("lx", "illuminance"),
    "Pa": Measured("Pa", "pressure"),
    "kPa": Measured("kPa", "pressure"),
    "bar": Measured("bar", "pressure"),
    "dB": Measured("dB", "sound_pressure"),
}

SWITCHED: Final = {
    "tamper": "tamper",
    "smoke": "smoke",
    "leak": "moisture",
    "flood": "moisture",
    "raining": "moisture",
    "contact-open": "door",
    "plugged": "plug",
    "presence": "occupancy",
    "motion": "motion",
    "fire": "safety",
    "power-fault": "problem",
    "emergency-stop": "problem",
}
"""Device classes of yes-and-no properties whose name says what they are; on means what the class says."""


def measured(unit: str | None) -> Measured | None:
    """Return how a unit is told; None: there is no unit."""
    return None if unit is None else MEASURED.get(unit, Measured(unit))
