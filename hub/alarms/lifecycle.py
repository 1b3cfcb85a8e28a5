"""The two small machines of an alarm, as total tables (ISA-18.2 / IEC 62682 words).

`State` says whether it is there and whether somebody knows; `Suppression` why it may be hidden. Neither knows
of the other: a shelved alarm goes on living, and everybody can see that it is shelved.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class State(StrEnum):
    """Whether the alarm is there, and whether a person has acknowledged it."""

    NORMAL = "normal"
    UNACKNOWLEDGED = "unacknowledged"
    ACKNOWLEDGED = "acknowledged"
    RETURNED_UNACKNOWLEDGED = "returned-unacknowledged"


class Trigger(StrEnum):
    """What may happen to an alarm's state."""

    RAISE = "raise"
    """It occurs, or occurs again after a while: people are alerted."""
    REPEAT = "repeat"
    """It occurs again at once: counted, nobody is alerted anew."""
    RETURN = "return"
    """What raised it is over; of a latching alarm or an incident, a person says so."""
    ACKNOWLEDGE = "acknowledge"


class Suppression(StrEnum):
    """Why the alarm is not annunciated, if it is not."""

    NONE = "none"
    SHELVED = "shelved"
    SUPPRESSED_BY_DESIGN = "suppressed-by-design"
    OUT_OF_SERVICE = "out-of-service"


class Hiding(StrEnum):
    """What may happen to an alarm's suppression."""

    SHELVE = "shelve"
    UNSHELVE = "unshelve"
    SUPPRESS = "suppress"
    UNSUPPRESS = "unsuppress"
    TAKE_OUT_OF_SERVICE = "take-out-of-service"
    RETURN_TO_SERVICE = "return-to-service"


_N, _U, _A, _R = State.NORMAL, State.UNACKNOWLEDGED, State.ACKNOWLEDGED, State.RETURNED_UNACKNOWLEDGED

LIFECYCLE: Final[Mapping[State, Mapping[Trigger, State]]] = MappingProxyType(
    {
        _N: {Trigger.RAISE: _U, Trigger.REPEAT: _U, Trigger.RETURN: _N, Trigger.ACKNOWLEDGE: _N},
        _U: {Trigger.RAISE: _U, Trigger.REPEAT: _U, Trigger.RETURN: _R, Trigger.ACKNOWLEDGE: _A},
        _A: {Trigger.RAISE: _U, Trigger.REPEAT: _A, Trigger.RETURN: _N, Trigger.ACKNOWLEDGE: _A},
        _R: {Trigger.RAISE: _U, Trigger.REPEAT: _U, Trigger.RETURN: _R, Trigger.ACKNOWLEDGE: _N},
    }
)

_NONE, _SHELVED = Suppression.NONE, Suppression.SHELVED
_DESIGN, _OUT = Suppression.SUPPRESSED_BY_DESIGN, Suppression.OUT_OF_SERVICE

SUPPRESSION: Final[Mapping[Suppression, Mapping[Hiding, Suppression]]] = MappingProxyType(
    {
        _NONE: {
            Hiding.SHELVE: _SHELVED,
            Hiding.UNSHELVE: _NONE,
            Hiding.SUPPRESS: _DESIGN,
            Hiding.UNSUPPRESS: _NONE,
            Hiding.TAKE_OUT_OF_SERVICE: _OUT,
            Hiding.RETURN_TO_SERVICE: _NONE,
        },
        _SHELVED: {
            Hiding.SHELVE: _SHELVED,
            Hiding.UNSHELVE: _NONE,
            Hiding.SUPPRESS: _SHELVED,
            Hiding.UNSUPPRESS: _SHELVED,
            Hiding.TAKE_OUT_OF_SERVICE: _OUT,
            Hiding.RETURN_TO_SERVICE: _SHELVED,
        },
        _DESIGN: {
            Hiding.SHELVE: _SHELVED,
            Hiding.UNSHELVE: _DESIGN,
            Hiding.SUPPRESS: _DESIGN,
            Hiding.UNSUPPRESS: _NONE,
            Hiding.TAKE_OUT_OF_SERVICE: _OUT,
            Hiding.RETURN_TO_SERVICE: _DESIGN,
        },
        _OUT: {
            Hiding.SHELVE: _OUT,
            Hiding.UNSHELVE: _OUT,
            Hiding.SUPPRESS: _OUT,
            Hiding.UNSUPPRESS: _OUT,
            Hiding.TAKE_OUT_OF_SERVICE: _OUT,
            Hiding.RETURN_TO_SERVICE: _NONE,
        },
    }
)
