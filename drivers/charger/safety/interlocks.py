"""What forbids a charge, and what ends one: the rules between an order and the power. Pure.

They hold without the hub, for whoever asks.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from contract.errors import Refused
from drivers.charger.words import ConnectorState, EndReason, Lock, Trouble


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What the rules look at. `stuck`: a charge did not stop; `room`: the supply has something left."""

    power_cut: bool = False
    troubles: frozenset[Trouble] = frozenset()
    state: ConnectorState | None = None
    stuck: bool = False
    out_of_service: bool = False
    room: bool = True


ENDS: Final[Mapping[Lock, EndReason]] = {
    Lock.POWER_CUT: EndReason.POWER_CUT,
    Lock.SMOKE: EndReason.SMOKE,
    Lock.HEAT: EndReason.OVER_TEMPERATURE,
    Lock.FLOOD: EndReason.FLOOD,
    Lock.OVER_CURRENT: EndReason.OVER_CURRENT,
}
"""The locks that end a charge, and what is then said of it. The others only forbid to begin one."""

_WORDS: Final[Mapping[Lock, str]] = {
    Lock.POWER_CUT: "the power is cut off until it is restored by command",
    Lock.SMOKE: "there is smoke at the post",
    Lock.HEAT: "the connector or its post is too hot",
    Lock.FLOOD: "there is water at the post",
    Lock.OVER_CURRENT: "too much current flows",
    Lock.FAULT: "the connector is faulty",
    Lock.OUT_OF_SERVICE: "the connector is out of service",
    Lock.SUPPLY: "the group's supply has nothing left",
}

_CODES: Final[Mapping[Lock, str]] = {Lock.SUPPLY: "no-supply"}
"""Where the code of a refusal is not the lock's own word."""


def lock(situation: Situation) -> Lock:
    """Return the gravest of what forbids a charge."""
    return next(iter(each for each in Lock if _holds(each, situation)), Lock.NONE)


def require_free(situation: Situation) -> None:
    """Refused if something forbids a charge; its word is the code."""
    held = lock(situation)
    if held is not Lock.NONE:
        raise Refused(_WORDS[held], code=_CODES.get(held, held.value))


def must_end(situation: Situation) -> EndReason | None:
    """Say why a charge must end now, if it must."""
    return ENDS.get(lock(situation))


def _holds(each: Lock, situation: Situation) -> bool:
    if each is Lock.POWER_CUT:
        return situation.power_cut
    if each is Lock.FAULT:
        return situation.stuck or situation.state is ConnectorState.FAULTED
    if each is Lock.OUT_OF_SERVICE:
        return situation.out_of_service or situation.state is ConnectorState.UNAVAILABLE
    if each is Lock.SUPPLY:
        return not situation.room
    return each.value in situation.troubles
