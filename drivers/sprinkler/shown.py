"""What is published of a zone: all that is known of it as the properties of its data sheet. Pure.

Numbers are coarse: a drop more or less is no news, and history gets the measurements themselves.
"""

import math
from datetime import datetime
from typing import Final

from contract.clock import rfc3339
from contract.messages import Scalar
from drivers.sprinkler.words import NO_CAUSE, Cause, Mode
from drivers.sprinkler.zone import Zone

REMAINING_STEP_S: Final = 10


def properties(zone: Zone, now: float, wall: datetime) -> dict[str, Scalar]:
    """Return all properties; None is what is not known."""
    watch, run, climate = zone.watch, zone.run, zone.climate
    readings = watch.readings
    coming = zone.planner.next_start(wall) if zone.mode is Mode.AUTOMATIC else None
    waters = run if run is not None and run.ending is None else None
    return {
        "state": watch.state.value,
        "valve-open": readings.valve_open if readings else None,
        "cause": waters.cause.value if waters else NO_CAUSE if readings else None,
        "remaining": _up(waters.remaining_s(now), REMAINING_STEP_S) if waters else 0,
        "flow": _near(watch.rate, 1.0),
        "water-total": round(zone.total_litres),
        "soil-moisture": _near(climate.soil_moisture, 0.5),
        "soil-temperature": _near(climate.soil_temperature, 0.5),
        "air-temperature": _near(climate.air_temperature, 0.5),
        "raining": zone.raining,
        "frost-lock": zone.frost,
        "presence": readings.approach if readings else None,
        "mode": zone.mode.value,
        "next-run": rfc3339(coming) if coming else None,
        "lockout": zone.lockout(now, wall).value,
        "leak": watch.leak,
        "dry-pipe": watch.dry,
        "fault": watch.fault.value,
        "fire": waters is not None and waters.cause is Cause.FIRE,
    }


def measurements(zone: Zone) -> dict[str, bool | int | float]:
    """Return what goes into the series, as exactly as it is known."""
    climate = zone.climate
    values = {
        "flow": zone.watch.rate,
        "water-total": round(zone.total_litres, 1),
        "soil-moisture": climate.soil_moisture,
        "soil-temperature": climate.soil_temperature,
        "air-temperature": climate.air_temperature,
    }
    return {name: round(value, 2) for name, value in values.items() if value is not None}


def _near(value: float | None, step: float) -> float | None:
    return None if value is None else round(value / step) * step


def _up(value: float, step: int) -> int:
    return math.ceil(value / step) * step
