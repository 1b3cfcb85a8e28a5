"""What is published of a connector as the properties of its data sheet. Pure."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from contract.messages import Scalar
from drivers.charger.charges.charge import Charge
from drivers.charger.options import ChargerOptions
from drivers.charger.seen import Seen
from drivers.charger.words import ConnectorState, Fault, Lock

STEP_S: Final = 10
"""How exactly the time of a charge is shown: enough to watch it, no flood of messages."""

MEASURED: Final = ("power", "current", "voltage", "temperature", "soc")


def properties(
    options: ChargerOptions, seen: Seen, charge: Charge | None, lockout: Lock, now: datetime, *, stuck: bool
) -> dict[str, Scalar]:
    """Return all properties; None is what the post does not tell. `charge`: the one that has not ended."""
    return {
        "state": _word(seen.state),
        "plugged": seen.plugged,
        "vehicle": options.vehicle.value,
        "order": charge.order if charge else "",
        "power": _rounded(seen.measured.power, 0),
        "current": _rounded(seen.measured.current, 1),
        "voltage": _rounded(seen.measured.voltage, 0),
        "energy": charge.energy if charge else 0,
        "elapsed": _elapsed(charge, now),
        "soc": _rounded(seen.measured.soc, 0),
        "temperature": _rounded(seen.measured.temperature, 1),
        "meter-total": seen.measured.meter,
        "power-limit": charge.power if charge else None,
        "max-power": options.power,
        "lockout": lockout.value,
        "power-cut": lockout is Lock.POWER_CUT,
        "fault": Fault.POWER_SWITCH.value if stuck else _word(seen.fault),
        "product": seen.product,
    }


def measurements(seen: Seen, charge: Charge | None) -> Mapping[str, int | float]:
    """Return what goes into history, as far as it is known."""
    values: dict[str, int | float | None] = {name: getattr(seen.measured, name) for name in MEASURED}
    values["energy"] = charge.energy if charge else None
    return {name: value for name, value in values.items() if value is not None}


def _elapsed(charge: Charge | None, now: datetime) -> int:
    seconds = (now - charge.since).total_seconds() if charge else 0.0
    return max(0, int(seconds) // STEP_S * STEP_S)


def _word(word: ConnectorState | Fault | None) -> str | None:
    return None if word is None else word.value


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)
