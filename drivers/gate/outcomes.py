"""Whether a commanded move has succeeded, judged by what the board itself shows. Pure."""

from collections.abc import Callable
from dataclasses import dataclass

from contract.errors import DeviceError
from drivers.gate.board import Readings
from drivers.gate.faults import STOPS_MOVES, Fault
from drivers.gate.state import GateState


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """A move under way: what was seen before the command, and what is seen now."""

    before: Readings
    now: Readings
    state: GateState
    at_rest: bool
    was_closing: bool = False


Judge = Callable[[Course], bool]
"""True: done. False: not yet. DeviceError: it has failed, with the reason as code."""


def opened(course: Course) -> bool:
    """Say whether the boom is up: the up limit tells."""
    if course.now.up_limit and not course.now.down_limit:
        return True
    _fail_if_ended(course)
    return False


def closed(course: Course) -> bool:
    """Say whether the boom is down: the down limit tells. One that turned round has met something."""
    if course.now.down_limit and not course.now.up_limit:
        return True
    if course.now.fault is Fault.OBSTRUCTION and course.before.fault is not Fault.OBSTRUCTION:
        raise DeviceError("the boom hit something and opened again", code="obstruction")
    if not course.now.way_clear:
        raise DeviceError("something came under the boom", code="obstruction")
    if course.was_closing and course.state in (GateState.OPENING, GateState.OPEN):
        raise DeviceError("the boom opened again", code="obstruction")
    _fail_if_ended(course)
    return False


def stopped(course: Course) -> bool:
    """Say whether the boom has stopped: its position no longer changes, wherever that is."""
    return course.at_rest


def held(course: Course) -> bool:
    """Say whether the boom is up and the board holds it."""
    return opened(course) and course.now.hold_open is not False


def released(course: Course) -> bool:
    """Say whether the board no longer holds the boom."""
    return not course.now.hold_open


def no_outcome(course: Course, timeout_s: float, *, confirmed: bool) -> DeviceError:
    """Say why a move did not end in time."""
    if not confirmed:
        return DeviceError(
            f"the board did not confirm the command and shows no effect within {timeout_s:g} s",
            code="outcome-unknown",
        )
    if course.now.fault is not Fault.NONE:
        return DeviceError(f"the board reports {course.now.fault}", code=course.now.fault.value)
    return DeviceError(f"the board does not show the end of the move within {timeout_s:g} s", code="timeout")


def _fail_if_ended(course: Course) -> None:
    """Raise if the motor was taken away, or for a new fault; an old one may be cleared by this very move."""
    if course.now.emergency_stop:
        raise DeviceError("the emergency stop was pressed", code="emergency-stop")
    if course.now.manual:
        raise DeviceError("somebody moves the boom by hand", code="manual")
    if course.now.fault in STOPS_MOVES and course.now.fault is not course.before.fault:
        raise DeviceError(f"the board reports {course.now.fault}", code=course.now.fault.value)
