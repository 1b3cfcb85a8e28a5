"""What must not be watered now: the rules between a cause and the valve. Pure, and the only place they stand.

They hold without the hub, for whoever asks, before a watering and all through it. Rain, hold-off and whatever
is unknown keep back what begins by itself; a person who looks at the zone may water all the same. Frost and
leaks keep back persons too. A fire is stopped by nothing but its end.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, NamedTuple

from drivers.sprinkler.readings import Climate
from drivers.sprinkler.words import BY_ITSELF, Cause, Fault, Lock, Mode

THAWED_ABOVE: Final = 2.0
"""Kelvins above the frost limit at which a frost lock ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What the rules look at. `weather_known`, `soil_known`: what is measured here at all is known now."""

    mode: Mode
    leak: bool = False
    dry: bool = False
    fault: Fault = Fault.NONE
    frost: bool = False
    rain: bool = False
    held_off: bool = False
    weather_known: bool = True
    soil_known: bool = True


class Rule(NamedTuple):
    """While `when` holds, none of `forbids` waters. `message` tells who asked."""

    lock: Lock
    message: str
    forbids: frozenset[Cause]
    when: Callable[[Situation], bool]


_ALL: Final = frozenset(Cause) - {Cause.FIRE}

RULES: Final = (
    Rule(Lock.OFF, "the zone is switched off", _ALL - {Cause.LOCAL}, lambda now: now.mode is Mode.OFF),
    Rule(Lock.LEAK, "water flows though the valve is shut", _ALL, lambda now: now.leak),
    Rule(Lock.FROST, "it freezes", _ALL, lambda now: now.frost),
    Rule(Lock.FAULT, "valve or board have a fault", BY_ITSELF, lambda now: now.fault is not Fault.NONE),
    Rule(Lock.DRY_PIPE, "no water came the last time", BY_ITSELF, lambda now: now.dry),
    Rule(Lock.RAIN, "it rains, or has rained", BY_ITSELF, lambda now: now.rain),
    Rule(Lock.HOLD_OFF, "watering is held off", BY_ITSELF, lambda now: now.held_off),
    Rule(
        Lock.WEATHER_UNKNOWN,
        "the weather is not known",
        BY_ITSELF,
        lambda now: not now.weather_known,
    ),
    Rule(
        Lock.SOIL_UNKNOWN,
        "how wet the soil is is not known",
        frozenset({Cause.PROGRAMME, Cause.SOIL}),
        lambda now: not now.soil_known,
    ),
)


def forbidden(cause: Cause, now: Situation) -> Rule | None:
    """Return the first rule that forbids watering for `cause`, None if it may be."""
    return next((rule for rule in RULES if cause in rule.forbids and rule.when(now)), None)


def lockout(now: Situation) -> Lock:
    """Return the gravest lock there is, whomever it keeps back."""
    return next((rule.lock for rule in RULES if rule.when(now)), Lock.NONE)


def frost_lock(before: bool | None, climate: Climate, below: float) -> bool | None:
    """Return whether frost locks the zone, by the coldest of air and soil; unknown ends no lock."""
    known = [each for each in (climate.air_temperature, climate.soil_temperature) if each is not None]
    if not known:
        return True if before else None
    if min(known) < below:
        return True
    return bool(before) and min(known) <= below + THAWED_ABOVE
