"""A barrier on the bench: what boom and board do, second by second."""

import pytest

from simulators.gate.board import Coil, Input, Register
from simulators.gate.controller import TRANSITIONS, State, Trigger
from simulators.gate.physics import OBSTACLE_AT
from tests.simulators.lanes import LaneOnBench


def opened(**options: object) -> LaneOnBench:
    lane = LaneOnBench(**options)
    lane.pulse(Coil.OPEN_PULSE)
    lane.let(3.2)
    assert lane["state"] == "open"
    return lane


def test_opening_takes_its_time() -> None:
    lane = LaneOnBench()
    lane.pulse(Coil.OPEN_PULSE)
    lane.let(1.5)
    assert (lane["state"], lane["motor"]) == ("opening", "up")
    assert lane["position"] == pytest.approx(500, abs=20)
    assert not lane["up_limit"]
    assert not lane["down_limit"]
    lane.let(1.6)
    assert (lane["state"], lane["motor"], lane["up_limit"], lane["cycles"]) == ("open", "off", True, 1)


def test_an_open_boom_stays_open_until_told_to_close() -> None:
    lane = opened()
    lane.let(60)
    assert lane["state"] == "open"
    lane.pulse(Coil.CLOSE_PULSE)
    lane.let(3.1)
    assert (lane["state"], lane["down_limit"]) == ("closed", True)


def test_stop_halts_the_boom_mid_way_and_open_goes_on() -> None:
    lane = LaneOnBench()
    lane.pulse(Coil.OPEN_PULSE)
    lane.let(1)
    lane.pulse(Coil.STOP)
    lane.let(10)
    assert lane["state"] == "stopped"
    assert 300 < lane["position"] < 400
    lane.pulse(Coil.OPEN_PULSE)
    lane.let(2.2)
    assert lane["state"] == "open"


def test_hold_open_raises_and_forbids_closing() -> None:
    lane = LaneOnBench()
    lane.pulse(Coil.HOLD_OPEN)
    lane.let(3.2)
    lane.pulse(Coil.CLOSE_PULSE)
    lane.let(3.2)
    assert (lane["state"], lane.gate.board.coils()[Coil.HOLD_OPEN]) == ("open", True)
    lane.pulse(Coil.HOLD_OPEN, on=False)
    lane.pulse(Coil.CLOSE_PULSE)
    lane.let(3.2)
    assert lane["state"] == "closed"


def test_a_jammed_arm_ends_in_fault_2_after_the_move_timeout() -> None:
    lane = LaneOnBench()
    lane.gate.fault("jam")
    lane.pulse(Coil.OPEN_PULSE)
    lane.let(6.8)
    assert (lane["state"], lane["motor"], lane["position"]) == ("opening", "up", 0)
    lane.let(0.3)
    assert (lane["state"], lane["motor"], lane["fault_code"]) == ("fault", "off", 2)
    assert lane.gate.board.discrete_inputs()[Input.FAULT]


def test_the_fault_goes_with_the_repair() -> None:
    lane = LaneOnBench()
    lane.gate.fault("jam")
    lane.pulse(Coil.OPEN_PULSE)
    lane.let(8)
    lane.gate.fault("none")
    assert (lane["state"], lane["fault_code"], lane["faults"]) == ("closed", 0, [])
    lane.pulse(Coil.OPEN_PULSE)
    lane.let(3.2)
    assert lane["state"] == "open"


def test_a_seized_motor_trips_at_once_with_fault_1() -> None:
    lane = LaneOnBench()
    lane.gate.fault("over-current")
    lane.pulse(Coil.OPEN_PULSE)
    lane.let(0.1)
    assert (lane["state"], lane["fault_code"]) == ("fault", 1)


def test_hitting_something_reopens_with_fault_3_until_a_close_succeeds() -> None:
    lane = opened()
    lane.gate.fault("hit")
    lane.pulse(Coil.CLOSE_PULSE)
    lane.until(lambda: lane["fault_code"] == 3)
    assert lane["state"] == "opening"
    assert lane["position"] >= OBSTACLE_AT
    lane.let(3.2)
    assert (lane["state"], lane["fault_code"]) == ("open", 3)
    lane.pulse(Coil.CLOSE_PULSE)
    lane.let(3.2)
    assert (lane["state"], lane["fault_code"]) == ("closed", 0)


@pytest.mark.parametrize("sensor", ["loop_a", "beam", "loop_broken"])
def test_nothing_closes_over_an_occupied_way(sensor: str) -> None:
    lane = opened()
    setattr(lane.gate.lane, sensor, True)
    lane.pulse(Coil.CLOSE_PULSE)
    lane.let(5)
    assert lane["state"] == "open"


@pytest.mark.parametrize("sensor", ["loop_a", "beam"])
def test_a_vehicle_below_a_closing_boom_reopens_it(sensor: str) -> None:
    lane = opened()
    lane.pulse(Coil.CLOSE_PULSE)
    lane.let(1)
    setattr(lane.gate.lane, sensor, True)
    lane.let(0.1)
    assert (lane["state"], lane["fault_code"]) == ("opening", 0)


def test_a_broken_loop_reports_fault_4_and_a_vehicle() -> None:
    lane = LaneOnBench()
    lane.gate.fault("loop-fault")
    assert lane["fault_code"] == 4
    assert lane.gate.board.discrete_inputs()[Input.LOOP_A]


def test_a_broken_boom_reports_fault_5() -> None:
    lane = LaneOnBench()
    lane.gate.fault("broken-boom")
    assert lane.gate.board.input_registers()[Register.FAULT_CODE] == 5


def test_the_hand_crank_raises_the_boom_and_takes_the_motor_away() -> None:
    lane = LaneOnBench()
    lane.gate.fault("manual")
    lane.let(2)
    assert lane.gate.board.discrete_inputs()[Input.MANUAL]
    assert (lane["state"], lane["motor"]) == ("stopped", "off")
    lane.let(4)
    lane.pulse(Coil.CLOSE_PULSE)
    lane.let(4)
    assert (lane["state"], lane["up_limit"]) == ("open", True)


def test_the_emergency_stop_stops_and_holds() -> None:
    lane = LaneOnBench()
    lane.pulse(Coil.OPEN_PULSE)
    lane.let(1)
    lane.gate.fault("emergency-stop")
    lane.let(0.1)
    lane.pulse(Coil.OPEN_PULSE)
    lane.let(5)
    assert (lane["state"], lane["motor"]) == ("stopped", "off")
    assert lane.gate.board.discrete_inputs()[Input.EMERGENCY_STOP]


def test_without_power_the_boom_stays_and_comes_back_without_hold() -> None:
    lane = opened()
    lane.pulse(Coil.HOLD_OPEN)
    lane.gate.fault("power-loss")
    lane.let(5)
    assert (lane["powered"], lane["position"]) == (False, 1000)
    lane.gate.fault("none")
    assert (lane["powered"], lane["state"], lane["hold_open"]) == (True, "open", False)


def test_cycles_count_beyond_one_register() -> None:
    lane = LaneOnBench()
    lane.gate.controller.cycles = 0x0002_0003
    assert lane.gate.board.input_registers()[Register.CYCLES_LOW :] == (3, 2)


def test_the_transition_table_is_total() -> None:
    assert TRANSITIONS.keys() == set(State)
    assert all(moves.keys() == set(Trigger) for moves in TRANSITIONS.values())
