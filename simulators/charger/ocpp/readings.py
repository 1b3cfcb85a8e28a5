"""What the meter of a connector says, in the words of either version."""

from collections.abc import Callable, Collection
from typing import Any

from simulators.charger.connector import Connector

Measured = Callable[[Connector], float | None]

MEASURED: dict[str, tuple[str, Measured]] = {
    "Energy.Active.Import.Register": ("Wh", lambda connector: connector.meter),
    "Power.Active.Import": ("W", lambda connector: round(connector.power, 1)),
    "Current.Import": ("A", lambda connector: round(connector.current, 2)),
    "Voltage": ("V", lambda connector: round(connector.voltage, 1)),
    "SoC": ("Percent", lambda connector: round(connector.vehicle.soc) if connector.vehicle else None),
    "Temperature": ("Celsius", lambda connector: round(connector.temperature, 1)),
}
"""Unit and value of each measurand."""

NOT_IN_201 = ("Temperature",)  # which has no such measurand (part 2, MeasurandEnumType)


def sampled_16(connector: Connector, measurands: Collection[str], context: str) -> list[dict[str, Any]]:
    """Return sampled values of 1.6: everything is text."""
    return [
        {"value": str(value), "context": context, "measurand": name, "unit": unit, "location": _where(name)}
        for name, unit, value in _measure(connector, measurands)
    ]


def sampled_201(connector: Connector, measurands: Collection[str], context: str) -> list[dict[str, Any]]:
    """Return sampled values of 2.0.1."""
    return [
        {
            "value": value,
            "context": context,
            "measurand": name,
            "location": _where(name),
            "unit_of_measure": {"unit": unit},
        }
        for name, unit, value in _measure(connector, measurands)
        if name not in NOT_IN_201
    ]


def _measure(connector: Connector, measurands: Collection[str]) -> list[tuple[str, str, float]]:
    found = [(name, *MEASURED[name]) for name in measurands]
    values = [(name, unit, measured(connector)) for name, unit, measured in found]
    return [(name, unit, value) for name, unit, value in values if value is not None]


def _where(measurand: str) -> str:
    return {"SoC": "EV", "Temperature": "Body"}.get(measurand, "Outlet")
