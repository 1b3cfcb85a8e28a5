"""What is published of a gate: readings and state as the properties of its data sheet. Pure."""

from typing import Final

from contract.messages import Scalar
from drivers.gate.board import Readings
from drivers.gate.model import GATE
from drivers.gate.state import MOVING, GateState

STEP: Final = 10
"""% of the way that a moving boom's position is rounded to: enough to watch it, no flood of messages."""


def properties(readings: Readings | None, state: GateState, *, held: bool, fire: bool) -> dict[str, Scalar]:
    """Return all properties; None is what the board does not tell, or, without `readings`, everything."""
    if readings is None:
        return {**dict.fromkeys(GATE.properties), "state": state.value, "fire": fire}
    return {
        "state": state.value,
        "position": position(readings, state),
        "vehicle-under-boom": readings.loop_a,
        "vehicle-approaching": readings.loop_b,
        "beam-broken": readings.beam,
        "manual": readings.manual,
        "emergency-stop": readings.emergency_stop,
        "fault": readings.fault.value,
        "cycles": readings.cycles,
        "held-open": held,
        "fire": fire,
    }


def position(readings: Readings, state: GateState) -> float | None:
    """Return the position in % of the way up, coarse while it changes; without a register the limits tell."""
    if readings.position is not None:
        return STEP * round(readings.position / STEP) if state in MOVING else round(readings.position)
    if readings.up_limit != readings.down_limit:
        return 100 if readings.up_limit else 0
    return None
