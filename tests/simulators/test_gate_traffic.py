"""Cars at a barrier: with and without somebody who opens."""

from simulators.gate.board import Coil, Input
from simulators.gate.traffic import MOST_WAITING
from tests.simulators.lanes import LaneOnBench


def test_a_car_waits_at_loop_b_until_somebody_opens_then_passes() -> None:
    lane = LaneOnBench()
    lane.gate.happen("car-arrives")
    lane.let(30)
    assert (lane["loop_b"], lane["loop_a"], lane["position"]) == (True, False, 0)
    lane.pulse(Coil.OPEN_PULSE)
    lane.until(lambda: lane["loop_a"] and lane["beam"])
    lane.until(lambda: not lane["loop_b"])
    lane.until(lambda: not lane["loop_a"])
    assert (lane["cars_passed"], lane["cars_waiting"]) == (1, 0)
    assert lane["state"] == "open"


def test_an_autonomous_lane_passes_cars_and_closes_behind_them() -> None:
    lane = LaneOnBench(autonomous=True)
    lane.gate.happen("car-arrives")
    lane.until(lambda: lane["cars_passed"] == 1)
    lane.until(lambda: lane["state"] == "closed")
    assert (lane["relay_pulses"], lane["open_pulses"]) == (1, 0)


def test_an_autonomous_lane_lives_through_an_hour_of_rush() -> None:
    lane = LaneOnBench(autonomous=True, cars_per_minute=9)
    lane.let(3600)
    assert lane["cars_passed"] > 150
    assert lane["fault_code"] == 0


def test_the_same_seed_brings_the_same_cars() -> None:
    lanes = [LaneOnBench(autonomous=True, cars_per_minute=6, seed=7) for _ in range(2)]
    for lane in lanes:
        lane.let(300)
    assert lanes[0].gate.inspect() == lanes[1].gate.inspect()


def test_a_stalled_car_keeps_the_boom_up_until_it_leaves() -> None:
    lane = LaneOnBench()
    lane.pulse(Coil.OPEN_PULSE)
    lane.let(3.2)
    lane.gate.happen("car-waits-under-boom")
    assert lane.gate.board.discrete_inputs()[Input.LOOP_A]
    lane.pulse(Coil.CLOSE_PULSE)
    lane.let(60)
    assert (lane["state"], lane["car"]) == ("open", "under")
    lane.gate.happen("car-leaves")
    lane.until(lambda: lane["cars_passed"] == 1)
    lane.pulse(Coil.CLOSE_PULSE)
    lane.let(3.2)
    assert lane["state"] == "closed"


def test_a_car_asked_to_stall_at_a_closed_boom_stalls_once_it_is_below() -> None:
    lane = LaneOnBench(autonomous=True)
    lane.gate.happen("car-waits-under-boom")
    lane.until(lambda: lane["car"] == "under")
    lane.let(30)
    assert (lane["car"], lane["state"]) == ("under", "open")


def test_a_waiting_car_can_turn_round() -> None:
    lane = LaneOnBench()
    lane.gate.happen("car-arrives")
    lane.let(5)
    lane.gate.happen("car-leaves")
    assert (lane["loop_b"], lane["cars_waiting"], lane["cars_passed"]) == (False, 0, 0)


def test_a_boom_opened_for_a_car_that_turns_round_closes_again() -> None:
    lane = LaneOnBench(autonomous=True)
    lane.gate.happen("car-arrives")
    lane.until(lambda: lane["state"] == "opening")
    lane.gate.happen("car-leaves")
    lane.until(lambda: lane["state"] == "open")
    lane.until(lambda: lane["state"] == "closed")


def test_a_full_road_turns_cars_away() -> None:
    lane = LaneOnBench()
    for _ in range(MOST_WAITING + 2):
        lane.gate.happen("car-arrives")
    assert (lane["cars_waiting"], lane.gate.traffic.turned_away) == (MOST_WAITING, 2)


def test_the_lane_recovers_by_itself_after_a_jam_is_repaired() -> None:
    lane = LaneOnBench(autonomous=True)
    lane.gate.fault("jam")
    lane.gate.happen("car-arrives")
    lane.until(lambda: lane["fault_code"] == 2)
    lane.gate.fault("none")
    lane.until(lambda: lane["cars_passed"] == 1)


def test_an_obstruction_in_an_autonomous_lane_passes() -> None:
    lane = LaneOnBench(autonomous=True)
    lane.gate.fault("hit")
    lane.gate.happen("car-arrives")
    lane.until(lambda: lane["fault_code"] == 3)
    lane.until(lambda: lane["state"] == "closed")
    assert lane["fault_code"] == 0
