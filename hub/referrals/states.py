"""How a hand-over to the police stands, and what may follow."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class ReferralState(StrEnum):
    """The last three are ends. That nobody answered in time is no state: it shows when one looks."""

    HANDED = "handed"
    RECEIVED = "received"
    ACCEPTED = "accepted"
    DEALT_WITH = "dealt-with"
    NOT_OURS = "not-ours"
    REVOKED = "revoked"


class PoliceAnswer(StrEnum):
    """What an officer answers; an answer is the state that it leads to."""

    ACCEPTED = "accepted"
    DEALT_WITH = "dealt-with"
    NOT_OURS = "not-ours"


_S: Final = ReferralState
_ANSWERED: Final = frozenset(ReferralState(each) for each in PoliceAnswer)

FOLLOWING: Final[Mapping[ReferralState, frozenset[ReferralState]]] = MappingProxyType(
    {
        _S.HANDED: frozenset({_S.RECEIVED, _S.REVOKED}),
        _S.RECEIVED: _ANSWERED | {_S.REVOKED},
        _S.ACCEPTED: _ANSWERED | {_S.REVOKED},
        _S.DEALT_WITH: frozenset(),
        _S.NOT_OURS: frozenset(),
        _S.REVOKED: frozenset(),
    }
)
OPEN: Final = frozenset(state for state, following in FOLLOWING.items() if following)
