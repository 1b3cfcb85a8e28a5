"""The words of a zone: why it waters, why it stopped, what forbids it, what is wrong, what is reported."""

from enum import StrEnum
from typing import Final


class Mode(StrEnum):
    """The property `mode`."""

    AUTOMATIC = "automatic"
    MANUAL = "manual"
    OFF = "off"


class Cause(StrEnum):
    """Why a zone waters."""

    MANUAL = "manual"
    PROGRAMME = "programme"
    SOIL = "soil"
    APPROACH = "approach"
    FIRE = "fire"
    LOCAL = "local"
    """Somebody at the board; seen to open, so that it is known for how long."""


NO_CAUSE: Final = "none"
"""The property `cause` of a zone that does not water."""

BY_ITSELF: Final = frozenset({Cause.PROGRAMME, Cause.SOIL, Cause.APPROACH})
"""What mode automatic does, and no other."""


class Lock(StrEnum):
    """The property `lockout`: what forbids watering, the gravest first."""

    NONE = "none"
    OFF = "off"
    LEAK = "leak"
    FROST = "frost"
    FAULT = "fault"
    DRY_PIPE = "dry-pipe"
    RAIN = "rain"
    HOLD_OFF = "hold-off"
    WEATHER_UNKNOWN = "weather-unknown"
    SOIL_UNKNOWN = "soil-unknown"


class Fault(StrEnum):
    """The property `fault`."""

    NONE = "none"
    VALVE_STUCK_OPEN = "valve-stuck-open"
    VALVE_STUCK_CLOSED = "valve-stuck-closed"
    BOARD_FAULT = "board-fault"


FINISHED: Final = "finished"
WET: Final = "wet"
STOPPED: Final = "stopped"
MODE: Final = "mode"
LONGEST_RUN: Final = "longest-run"
VALVE_FAULT: Final = "valve-fault"
REFUSED: Final = "board-refused"
CLOSED_BY_BOARD: Final = "closed-by-board"
REPLACED: Final = "replaced"
BUSY: Final = "watering"
"""Why a programme was skipped: the zone waters already."""

WHY_ENDED: Final = (
    FINISHED,
    WET,
    STOPPED,
    MODE,
    LONGEST_RUN,
    VALVE_FAULT,
    REFUSED,
    CLOSED_BY_BOARD,
    REPLACED,
    *(lock.value for lock in Lock if lock is not Lock.NONE),
)
"""Why a watering ended; `closed-by-board`: its own timer, a person, or a loss of power."""

WATERING_STARTED: Final = "hemei.sprinkler.watering-started"
WATERING_ENDED: Final = "hemei.sprinkler.watering-ended"
PROGRAMME_SKIPPED: Final = "hemei.sprinkler.programme-skipped"
LEAK_DETECTED: Final = "hemei.sprinkler.leak-detected"
LEAK_ENDED: Final = "hemei.sprinkler.leak-ended"
DRY_PIPE: Final = "hemei.sprinkler.dry-pipe"
FOUND_OPEN: Final = "hemei.sprinkler.found-open"
LONGEST_RUN_EXCEEDED: Final = "hemei.sprinkler.longest-run-exceeded"
FROST_LOCKED: Final = "hemei.sprinkler.frost-locked"
FROST_UNLOCKED: Final = "hemei.sprinkler.frost-unlocked"
FAULTED: Final = "hemei.sprinkler.faulted"
FAULT_CLEARED: Final = "hemei.sprinkler.fault-cleared"
