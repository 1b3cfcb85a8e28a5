"""What shows that a sensor has done what it was ordered: its own contacts. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from contract.errors import DeviceError
from drivers.sensor.words import Flag, Order


@dataclass(slots=True, kw_only=True)
class Course:
    """What the contacts show since the order was sent; `tested`: the self-test was seen to run.

    Of the alarm it is what is believed: a detector that is reset in smoke is quiet for a moment only.
    """

    flags: Mapping[Flag, bool] = field(default_factory=dict)
    tested: bool = False

    def look(self, flags: Mapping[Flag, bool]) -> None:
        """Note another look."""
        self.flags = flags
        self.tested = self.tested or flags.get(Flag.TESTING, False)


Judge = Callable[[Course], bool]
"""Whether the order is done; DeviceError if it has failed."""


def silenced(course: Course) -> bool:
    """Whether the sounder is off."""
    return course.flags[Flag.SILENCED]


def reset(course: Course) -> bool:
    """Whether the alarm is gone."""
    return not course.flags[Flag.ALARM]


def tested(course: Course) -> bool:
    """Whether the self-test has ended, and well."""
    if not course.tested or course.flags[Flag.TESTING]:
        return False
    if course.flags.get(Flag.FAULT):
        raise DeviceError("the self-test has found a fault", code="self-test-failed")
    return True


JUDGES: Final[Mapping[Order, Judge]] = {
    Order.SILENCE: silenced,
    Order.TEST: tested,
    Order.RESET: reset,
}

_MISSING: Final = {
    Order.SILENCE: "the sounder is not silenced",
    Order.TEST: "no self-test was seen to end",
    Order.RESET: "the alarm goes on",
}


def no_outcome(order: Order, seconds: float, *, confirmed: bool) -> DeviceError:
    """Say what did not come."""
    code = "timeout" if confirmed else "outcome-unknown"
    unconfirmed = "" if confirmed else "; the order was not confirmed"
    return DeviceError(f"{_MISSING[order]} after {seconds:g} s{unconfirmed}", code=code)
