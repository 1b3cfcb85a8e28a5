"""Sampled values as one reading: units made SI, phases put together.

OCPP 1.6 §7.45 (SampledValue) and 2.0.1 part 2 §2.46 are the same but for numbers as text and multipliers.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from math import isfinite
from typing import Final, NamedTuple

from drivers.charger.link import Reading

ENERGY: Final = "Energy.Active.Import.Register"
POWER: Final = "Power.Active.Import"
CURRENT: Final = "Current.Import"
VOLTAGE: Final = "Voltage"
TEMPERATURE: Final = "Temperature"
SOC: Final = "SoC"

ALIGNED_S: Final = 900
"""A reading at every quarter of an hour: tariffs change at these."""

MOST_WH: Final = 2**53
_LINES: Final = frozenset({"L1-L2", "L2-L3", "L3-L1"})


class Sample(NamedTuple):
    """One value, in the unit it came in; a place of None is the outlet."""

    measurand: str
    value: float
    unit: str | None
    phase: str | None
    location: str | None


Put = Callable[[Sequence[float]], float]

_TOGETHER: Final[dict[str, Put]] = {
    ENERGY: sum,
    POWER: sum,
    CURRENT: max,  # what a conductor carries, which is what over-current is about
    VOLTAGE: lambda volts: sum(volts) / len(volts),
    TEMPERATURE: max,
    SOC: max,
}


def reading(samples: Iterable[Sample], transaction: str | None, at: datetime | None) -> Reading:
    """Put the samples of one moment together; what makes no sense is left out."""
    usable = [each._replace(value=_si(each)) for each in samples if each.measurand in _TOGETHER]
    sane = [each for each in usable if isfinite(each.value) and abs(each.value) <= MOST_WH]
    meter = _positive(_value(sane, ENERGY))
    return Reading(
        transaction=transaction,
        at=at,
        power=_positive(_value(sane, POWER)),
        current=_positive(_value(sane, CURRENT)),
        voltage=_positive(_value(sane, VOLTAGE)),
        temperature=_value(sane, TEMPERATURE),
        soc=_percent(_value(sane, SOC)),
        meter=None if meter is None else round(meter),
    )


def says_nothing(read: Reading) -> bool:
    """Whether nothing in a message was of use."""
    values = (read.power, read.current, read.voltage, read.temperature, read.soc, read.meter)
    return all(value is None for value in values)


def _value(samples: Sequence[Sample], measurand: str) -> float | None:
    found = [each for each in samples if each.measurand == measurand]
    outlet = [each for each in found if each.location in (None, "Outlet")] or _not_the_vehicles(found)
    whole = [each.value for each in outlet if each.phase is None]
    if whole:
        return max(whole) if measurand == TEMPERATURE else whole[0]
    phases = [each.value for each in outlet if each.phase not in (None, "N") and each.phase not in _LINES]
    return _TOGETHER[measurand](phases) if phases else None


def _not_the_vehicles(found: Sequence[Sample]) -> Sequence[Sample]:
    """Leave out how warm the vehicle is; how full it is nobody else knows."""
    return [each for each in found if each.location != "EV" or each.measurand == SOC]


def _si(sample: Sample) -> float:
    match sample.unit:
        case "kWh" | "kW":
            return sample.value * 1000
        case "K":
            return sample.value - 273.15
        case "Fahrenheit":
            return (sample.value - 32) / 1.8
        case _:
            return sample.value


def _positive(value: float | None) -> float | None:
    """Lift to nothing what a meter at rest shows below it."""
    return None if value is None else max(0.0, value)


def _percent(value: float | None) -> float | None:
    return value if value is not None and 0 <= value <= 100 else None
