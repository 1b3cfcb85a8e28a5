"""What must not be done now: the rules between a command and the boom. Pure, and the only place they stand.

They hold without the hub, for whoever asks. Raising is the safe direction: it is forbidden only where a
person has taken the motor away, or the boom itself is broken. Most boards keep a fault until a later move
reaches its limit, so a fault alone must not forbid raising: nobody could ever clear it from afar.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from drivers.gate.board import Readings
from drivers.gate.faults import STOPS_MOVES, Fault

CLOSING_UNSAFE: Final = STOPS_MOVES | {Fault.LOOP_FAULT}


class Command(StrEnum):
    """What the board can be asked for."""

    OPEN = "open"
    CLOSE = "close"
    STOP = "stop"
    HOLD = "hold open"
    RELEASE = "release from hold"


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What the rules look at. `readings` None: the board has not been seen."""

    readings: Readings | None
    fire: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """While `when` holds, none of `forbids` is sent. `code` and `message` tell who asked."""

    code: str
    message: str
    forbids: frozenset[Command]
    when: Callable[[Readings, bool], bool]


_MOTION: Final = frozenset({Command.OPEN, Command.CLOSE, Command.HOLD})
_LOWERING: Final = frozenset({Command.CLOSE})

RULES: Final = (
    Rule(
        code="fire",
        message="fire release holds the boom up",
        forbids=frozenset({Command.CLOSE, Command.STOP, Command.RELEASE}),
        when=lambda readings, fire: fire,
    ),
    Rule(
        code="emergency-stop",
        message="the emergency stop is pressed",
        forbids=_MOTION,
        when=lambda readings, fire: readings.emergency_stop is True,
    ),
    Rule(
        code="manual",
        message="somebody moves the boom by hand",
        forbids=_MOTION,
        when=lambda readings, fire: readings.manual is True,
    ),
    Rule(
        code="vehicle-under-boom",
        message="a vehicle is under the boom",
        forbids=_LOWERING,
        when=lambda readings, fire: readings.loop_a,
    ),
    Rule(
        code="beam-broken",
        message="the light beam under the boom is broken",
        forbids=_LOWERING,
        when=lambda readings, fire: readings.beam,
    ),
    Rule(
        code="held-open",
        message="the boom is held open",
        forbids=_LOWERING,
        when=lambda readings, fire: readings.hold_open is True,
    ),
    Rule(
        code="boom-broken",
        message="the boom is broken",
        forbids=_MOTION,
        when=lambda readings, fire: readings.fault is Fault.BOOM_BROKEN,
    ),
    Rule(
        code="fault",
        message="the board reports a fault",
        forbids=_LOWERING,
        when=lambda readings, fire: readings.fault in CLOSING_UNSAFE,
    ),
)

NOT_SEEN: Final = Rule(
    code="device-unreachable",
    message="the board has not been seen yet",
    forbids=frozenset(Command),
    when=lambda readings, fire: True,
)


def forbidden(command: Command, situation: Situation) -> Rule | None:
    """Return the first rule that forbids `command` now, None if it may be sent."""
    if situation.readings is None:
        return NOT_SEEN
    for rule in RULES:
        if command in rule.forbids and rule.when(situation.readings, situation.fire):
            return rule
    return None
