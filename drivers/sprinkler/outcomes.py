"""Whether a commanded watering or closing has succeeded, judged by what board and meter show. Pure."""

from collections.abc import Callable

from contract.errors import DeviceError, Refused
from drivers.sprinkler.run import Run
from drivers.sprinkler.watch import Watch
from drivers.sprinkler.words import FINISHED, VALVE_FAULT, Fault, Lock

Judge = Callable[[], bool]
"""True: done. False: not yet. DeviceError: it has failed, with the reason as code."""


def waters(run: Run, watch: Watch, *, metered: bool) -> bool:
    """Say whether the valve is seen open and, where there is a meter, water flows."""
    if run.failure is not None:
        raise run.failure
    if run.ending == FINISHED and run.opened:
        return True
    if run.ending is not None:
        raise _ended(run, watch)
    if watch.readings is None:
        raise DeviceError("the board was lost after the command", code="outcome-unknown")
    return run.opened and watch.readings.valve_open and (watch.flowing or not metered)


def is_shut(watch: Watch) -> bool:
    """Say whether the valve is seen shut."""
    if watch.stuck and watch.fault is Fault.VALVE_STUCK_OPEN:
        raise DeviceError("the valve stays open", code=Fault.VALVE_STUCK_OPEN.value)
    return watch.readings is not None and not watch.readings.valve_open


def no_outcome(watch: Watch, limit_s: float) -> DeviceError:
    """Say why nothing was seen in time."""
    if watch.stuck:
        return DeviceError(f"the zone shows {watch.fault}", code=watch.fault.value)
    if watch.readings is not None and watch.readings.valve_open and watch.rate is None:
        return DeviceError("the valve is open, the meter tells nothing", code="flow-unknown")
    return DeviceError(f"the board does not show it within {limit_s:g} s", code="timeout")


def _ended(run: Run, watch: Watch) -> DeviceError | Refused:
    why = run.ending or "stopped"
    if why == VALVE_FAULT:
        return DeviceError(f"the zone shows {watch.fault}", code=watch.fault.value)
    if not run.sent and why in set(Lock):
        return Refused(f"watering is locked: {why}", code=why)
    return DeviceError(f"the watering ended: {why}", code=why)
