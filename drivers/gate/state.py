"""What the boom does: states, what one can see of it, and the total table from one to the other. Pure."""

from collections.abc import Mapping
from enum import Enum, StrEnum
from types import MappingProxyType
from typing import Final


class GateState(StrEnum):
    """The property `state`."""

    CLOSED = "closed"
    OPENING = "opening"
    OPEN = "open"
    CLOSING = "closing"
    STOPPED = "stopped"
    FAULT = "fault"
    UNKNOWN = "unknown"


class Sight(Enum):
    """What limits, position and fault show of the boom at one look."""

    AT_TOP = "up limit"
    AT_BOTTOM = "down limit"
    RISING = "between the limits, going up"
    FALLING = "between the limits, going down"
    RESTING = "between the limits, at rest"
    BETWEEN = "between the limits, direction not seen"
    STUCK = "at rest with a fault, or broken"
    CONTRADICTION = "both limits"


class Told(StrEnum):
    """What the board was last told."""

    OPEN = "open"
    CLOSE = "close"
    STOP = "stop"


_S = GateState

_BY_SIGHT: Final[Mapping[Sight, GateState]] = {
    Sight.AT_TOP: _S.OPEN,
    Sight.AT_BOTTOM: _S.CLOSED,
    Sight.RISING: _S.OPENING,
    Sight.FALLING: _S.CLOSING,
    Sight.RESTING: _S.STOPPED,
    Sight.STUCK: _S.FAULT,
    Sight.CONTRADICTION: _S.UNKNOWN,
}

_BETWEEN: Final[Mapping[GateState, GateState]] = {
    _S.CLOSED: _S.OPENING,
    _S.OPENING: _S.OPENING,
    _S.OPEN: _S.CLOSING,
    _S.CLOSING: _S.CLOSING,
    _S.STOPPED: _S.STOPPED,
    _S.FAULT: _S.FAULT,
    _S.UNKNOWN: _S.UNKNOWN,
}
"""Where a boom must be going that left a limit: away from it. One that was nowhere known stays unknown."""

NEXT: Final[Mapping[GateState, Mapping[Sight, GateState]]] = MappingProxyType(
    {state: MappingProxyType({**_BY_SIGHT, Sight.BETWEEN: between}) for state, between in _BETWEEN.items()}
)
"""Total: every state and every sight."""

DIRECTION: Final[Mapping[Told, Sight]] = {
    Told.OPEN: Sight.RISING,
    Told.CLOSE: Sight.FALLING,
    Told.STOP: Sight.RESTING,
}
"""What a board without a position register is taken to do between its limits once it was told."""

MOVING: Final = frozenset({GateState.OPENING, GateState.CLOSING})
