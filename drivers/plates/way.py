"""For whom a gate is open, or about to be: states, turns, and the total table between them. Pure."""

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType
from typing import Final

from contract.passes import Means


class Way(Enum):
    """For whom the gate is open."""

    SHUT = "for nobody"
    ADMITTED = "for those who were let in, each once"
    ONE = "for these and one more, by command"
    ANYBODY = "for whoever comes: nobody knows who raised the boom, or what for"


class Turn(Enum):
    """What happens to it."""

    LET_IN = "a vehicle was let in, by its plate or by command while it waited"
    COMMANDED = "somebody had it opened while no vehicle was known to wait"
    RAISED = "the boom leaves its lower limit"
    LOWERED = "the boom is down"
    USED = "a vehicle passed that was not let in itself"
    LAPSED = "nothing came of it for too long"


_UNCHANGED: Final[Mapping[Way, Mapping[Turn, Way]]] = {way: dict.fromkeys(Turn, way) for way in Way}
_CHANGES: Final[Mapping[Way, Mapping[Turn, Way]]] = {
    Way.SHUT: {
        Turn.LET_IN: Way.ADMITTED,
        Turn.COMMANDED: Way.ONE,
        Turn.RAISED: Way.ANYBODY,
    },
    Way.ADMITTED: {
        Turn.COMMANDED: Way.ONE,
        Turn.LOWERED: Way.SHUT,
        Turn.LAPSED: Way.SHUT,
    },
    Way.ONE: {
        Turn.LOWERED: Way.SHUT,
        Turn.USED: Way.ADMITTED,
        Turn.LAPSED: Way.SHUT,
    },
    Way.ANYBODY: {
        Turn.COMMANDED: Way.ONE,
        Turn.LOWERED: Way.SHUT,
    },
}

NEXT: Final[Mapping[Way, Mapping[Turn, Way]]] = MappingProxyType(
    {way: MappingProxyType({**_UNCHANGED[way], **_CHANGES[way]}) for way in Way}
)
"""Total: every way and every turn."""

UNASKED: Final[Mapping[Way, Means]] = MappingProxyType(
    {
        Way.SHUT: Means.UNKNOWN,
        Way.ADMITTED: Means.TAILGATING,
        Way.ONE: Means.COMMAND,
        Way.ANYBODY: Means.UNKNOWN,
    }
)
"""By what a vehicle passes that was not let in itself."""
