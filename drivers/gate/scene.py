"""What a lane is told of its barrier: whether anybody can pass, and by what it stands open. Pure."""

from contract.passes import Means
from drivers.gate.board import Readings
from drivers.gate.faults import Fault
from drivers.gate.state import GateState
from drivers.plates.passing import Scene


def scene(readings: Readings, state: GateState, *, fire: bool, held: bool, by_hand: bool) -> Scene:
    """Say what a look at the board means for vehicles. `by_hand`: somebody at the gate raised the boom."""
    down = None if state is GateState.UNKNOWN else state is GateState.CLOSED
    return Scene(
        down=down,
        loop=None if readings.fault is Fault.LOOP_FAULT else readings.loop_a,
        approach=readings.loop_b,
        to_all=None if down else _to_all(readings, fire=fire, held=held, by_hand=by_hand),
    )


def _to_all(readings: Readings, *, fire: bool, held: bool, by_hand: bool) -> Means | None:
    if fire:
        return Means.FIRE
    if held:
        return Means.HELD_OPEN
    if by_hand or readings.manual:
        return Means.BY_HAND
    return Means.UNKNOWN if readings.fault is Fault.BOOM_BROKEN else None
