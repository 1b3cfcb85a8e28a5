"""What a door does: states, what one can see of it, and the total table from one to the other. Pure."""

from collections.abc import Mapping
from enum import Enum, StrEnum
from types import MappingProxyType
from typing import Final


class DoorState(StrEnum):
    """The property `state`."""

    CLOSED = "closed"
    UNLOCKED = "unlocked"
    OPEN = "open"
    FORCED = "forced"
    HELD = "held-open"
    UNKNOWN = "unknown"


class Sight(Enum):
    """What contact, strike and clock show of the door at one look."""

    SHUT = "shut, locked"
    RELEASED = "shut, strike released"
    OPEN_ALLOWED = "open, allowed"
    OPEN_FREE = "open, held unlocked"
    OPEN_UNEXPECTED = "open, not allowed"
    OPEN_TOO_LONG = "open for too long"
    UNSEEN = "contact unknown"


_S = DoorState

_SHUT: Final[Mapping[Sight, DoorState]] = {
    Sight.SHUT: _S.CLOSED,
    Sight.RELEASED: _S.UNLOCKED,
    Sight.UNSEEN: _S.UNKNOWN,
    Sight.OPEN_FREE: _S.OPEN,
}
"""The same from everywhere: whoever holds a door unlocked allows it to stand open."""

_OPENED: Final[Mapping[DoorState, Mapping[Sight, DoorState]]] = {
    _S.CLOSED: {
        Sight.OPEN_ALLOWED: _S.OPEN,
        Sight.OPEN_UNEXPECTED: _S.FORCED,
        Sight.OPEN_TOO_LONG: _S.HELD,
    },
    _S.UNLOCKED: {
        Sight.OPEN_ALLOWED: _S.OPEN,
        Sight.OPEN_UNEXPECTED: _S.OPEN,  # the strike was seen released: somebody let them in
        Sight.OPEN_TOO_LONG: _S.HELD,
    },
    _S.OPEN: {
        Sight.OPEN_ALLOWED: _S.OPEN,
        Sight.OPEN_UNEXPECTED: _S.OPEN,
        Sight.OPEN_TOO_LONG: _S.HELD,
    },
    _S.FORCED: dict.fromkeys(
        (Sight.OPEN_ALLOWED, Sight.OPEN_UNEXPECTED, Sight.OPEN_TOO_LONG),
        _S.FORCED,  # until somebody shuts it
    ),
    _S.HELD: dict.fromkeys((Sight.OPEN_ALLOWED, Sight.OPEN_UNEXPECTED, Sight.OPEN_TOO_LONG), _S.HELD),
    _S.UNKNOWN: {
        Sight.OPEN_ALLOWED: _S.OPEN,
        Sight.OPEN_UNEXPECTED: _S.OPEN,  # nobody saw how it was opened
        Sight.OPEN_TOO_LONG: _S.HELD,
    },
}

NEXT: Final[Mapping[DoorState, Mapping[Sight, DoorState]]] = MappingProxyType(
    {state: MappingProxyType({**_SHUT, **opened}) for state, opened in _OPENED.items()}
)
"""Total: every state and every sight."""

STANDS_OPEN: Final = frozenset({_S.OPEN, _S.FORCED, _S.HELD})
STANDS_SHUT: Final = frozenset({_S.CLOSED, _S.UNLOCKED})
