"""Whatever anybody does to a gate, in whatever order: what must always hold."""

from hypothesis import given, settings
from hypothesis import strategies as st

from simulators.gate.board import Coil, Input, Register
from simulators.gate.physics import Motor
from tests.simulators.lanes import LaneOnBench

writes = st.tuples(st.sampled_from(Coil), st.booleans())
faults = st.sampled_from(sorted(LaneOnBench().gate.faults))
happenings = st.sampled_from(sorted(LaneOnBench().gate.happenings))
waits = st.floats(0.001, 0.1)
deeds = st.lists(st.one_of(writes, faults, happenings, st.tuples(waits, st.integers(1, 80))), max_size=40)


def check(lane: LaneOnBench) -> None:
    inputs, registers = lane.gate.board.discrete_inputs(), lane.gate.board.input_registers()
    assert 0 <= registers[Register.POSITION] <= 1000
    assert not (inputs[Input.UP_LIMIT] and inputs[Input.DOWN_LIMIT])
    assert not any(lane.gate.board.coils()[: Coil.HOLD_OPEN])
    assert inputs[Input.FAULT] == (registers[Register.FAULT_CODE] != 0)
    if not lane.gate.board.powered:
        assert lane.gate.boom.motor is Motor.OFF


def do(lane: LaneOnBench, deed: object) -> None:
    if isinstance(deed, tuple) and isinstance(deed[0], Coil):
        lane.pulse(deed[0], on=bool(deed[1]))
    elif isinstance(deed, tuple):
        for _ in range(deed[1]):
            lane.gate.step(deed[0])
            check(lane)
    elif str(deed) in lane.gate.faults:
        lane.gate.fault(str(deed))
    else:
        lane.gate.happen(str(deed))


@given(deeds, st.booleans())
@settings(deadline=None)
def test_limits_positions_and_pulses_never_contradict_each_other(
    story: list[object], autonomous: bool
) -> None:
    lane = LaneOnBench(autonomous=autonomous, cars_per_minute=20)
    for deed in story:
        do(lane, deed)
        check(lane)


@given(deeds)
@settings(deadline=None)
def test_after_a_repair_every_gate_opens(story: list[object]) -> None:
    lane = LaneOnBench()
    for deed in story:
        do(lane, deed)
    lane.gate.fault("none")
    lane.pulse(Coil.HOLD_OPEN, on=False)
    lane.pulse(Coil.OPEN_PULSE)
    lane.until(lambda: lane["state"] == "open", within_s=4)
