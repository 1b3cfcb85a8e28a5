"""What a zone does: states, what one can see of it, and the total table from one to the other. Pure."""

from collections.abc import Mapping
from enum import Enum, StrEnum
from types import MappingProxyType
from typing import Final


class ZoneState(StrEnum):
    """The property `state`."""

    CLOSED = "closed"
    OPENING = "opening"
    WATERING = "watering"
    CLOSING = "closing"
    LEAKING = "leaking"
    FAULT = "fault"
    UNKNOWN = "unknown"


class Sight(Enum):
    """What valve, meter and time show at one look."""

    SHUT = "shut, no flow"
    TO_OPEN = "shut, told to open"
    TO_SHUT = "open, told to close"
    RUNNING_OUT = "shut, flow for a moment"
    LEAKING = "shut, flow for long"
    FLOWING = "open, flow or no meter"
    STILL = "open, no flow yet"
    DRY = "open, no flow for long"
    DISOBEYS = "not where it was told to be"


_S = ZoneState

_BY_SIGHT: Final[Mapping[Sight, ZoneState]] = {
    Sight.SHUT: _S.CLOSED,
    Sight.TO_OPEN: _S.OPENING,
    Sight.TO_SHUT: _S.CLOSING,
    Sight.LEAKING: _S.LEAKING,
    Sight.FLOWING: _S.WATERING,
    Sight.DRY: _S.FAULT,
    Sight.DISOBEYS: _S.FAULT,
}

_STILL: Final[Mapping[ZoneState, ZoneState]] = {
    **dict.fromkeys(ZoneState, _S.OPENING),
    _S.WATERING: _S.WATERING,
    _S.FAULT: _S.FAULT,
}
"""A stream that breaks off for a moment is still watering; a fault is over when water flows."""

_RUNNING_OUT: Final[Mapping[ZoneState, ZoneState]] = {
    **dict.fromkeys(ZoneState, _S.CLOSING),
    _S.CLOSED: _S.CLOSED,
    _S.LEAKING: _S.LEAKING,
}
"""Water that begins to flow through a shut valve is no leak yet, and a leak is over when nothing flows."""

NEXT: Final[Mapping[ZoneState, Mapping[Sight, ZoneState]]] = MappingProxyType(
    {
        state: MappingProxyType(
            {**_BY_SIGHT, Sight.STILL: _STILL[state], Sight.RUNNING_OUT: _RUNNING_OUT[state]}
        )
        for state in ZoneState
    }
)
"""Total: every state and every sight."""
