"""What can be wrong with a barrier, in words; the numbers on the wire stand in the profiles."""

from enum import StrEnum
from typing import Final


class Fault(StrEnum):
    """The fault that the board reports."""

    NONE = "none"
    MOTOR_OVER_CURRENT = "motor-over-current"
    LIMIT_TIMEOUT = "limit-timeout"
    OBSTRUCTION = "obstruction"
    LOOP_FAULT = "loop-fault"
    BOOM_BROKEN = "boom-broken"
    UNSPECIFIED = "unspecified"
    """The board says that it has a fault, with a number that its map does not know or with none."""


STOPS_MOVES: Final = frozenset(
    {Fault.MOTOR_OVER_CURRENT, Fault.LIMIT_TIMEOUT, Fault.BOOM_BROKEN, Fault.UNSPECIFIED}
)
"""Faults after which a move does not reach its end."""
