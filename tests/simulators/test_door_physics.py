"""A door on the bench: what leaf, strike, contact, LED and buzzer do, second by second."""

import pytest

from simulators.door.physics import Leaf, Motion
from simulators.osdp.words import Command, OutputCode, Reply
from tests.simulators.thresholds import DoorOnBench


def test_the_strike_lets_go_a_moment_after_it_is_told_and_holds_again() -> None:
    bench = DoorOnBench()
    bench.output(seconds=2)
    assert (bench["strike_active"], bench["unlocked"]) == (True, False)
    bench.let(0.3)
    assert bench["unlocked"]
    bench.let(2)
    assert (bench["strike_active"], bench["unlocked"], bench["strike_pulses"]) == (False, False, 1)


def test_a_person_opens_walks_through_and_lets_the_door_fall_shut() -> None:
    bench = DoorOnBench()
    bench.output()
    bench.door.happen("door-opens")
    bench.until(lambda: bench["leaf"] == "opening")
    bench.until(lambda: bench["contact_open"])
    bench.until(lambda: bench["leaf"] == "closing")
    assert bench["passed"] == 1
    bench.until(lambda: bench["leaf"] == "closed")
    assert not bench["contact_open"]


def test_a_locked_door_does_not_open_and_the_person_gives_up() -> None:
    bench = DoorOnBench()
    bench.door.happen("door-opens")
    bench.until(lambda: bench["gave_up"] == 1)
    assert (bench["passed"], bench["angle"], bench["person"]) == (0, 0, "nowhere")


def test_pushing_does_not_move_a_leaf_that_is_held() -> None:
    leaf = Leaf(pushed=True)
    leaf.step(0.1, unlocked=False)
    assert (leaf.angle, leaf.motion) == (0, Motion.CLOSED)
    leaf.step(0.1, unlocked=True)
    leaf.step(0.1, unlocked=False)
    assert (leaf.angle, leaf.motion) == (pytest.approx(18), Motion.OPENING)


def test_a_door_that_locks_while_it_is_open_still_falls_shut() -> None:
    bench = DoorOnBench()
    bench.output(seconds=1)
    bench.door.happen("door-opens")
    bench.until(lambda: bench["contact_open"])
    bench.until(lambda: not bench["unlocked"])
    assert bench["contact_open"]
    bench.until(lambda: bench["leaf"] == "closed")


def test_the_exit_button_is_an_input_and_opens_nothing_by_itself() -> None:
    bench = DoorOnBench()
    bench.door.happen("exit-request")
    bench.until(lambda: bench["exit_pressed"])
    assert bench.tell(Command.ISTAT).data == b"\0\1\0"
    bench.until(lambda: bench["gave_up"] == 1)
    assert not bench["exit_pressed"]
    bench.door.happen("exit-request")
    bench.until(lambda: bench["exit_pressed"])
    bench.output()
    bench.until(lambda: bench["passed"] == 1)


def test_a_door_left_open_stays_open_until_somebody_closes_it() -> None:
    bench = DoorOnBench()
    bench.output()
    bench.door.happen("door-left-open")
    bench.until(lambda: bench["passed"] == 1)
    bench.let(60)
    assert (bench["leaf"], bench["contact_open"], bench["unlocked"]) == ("open", True, False)
    bench.door.happen("door-closes")
    bench.until(lambda: bench["leaf"] == "closed")


def test_whoever_is_at_the_door_can_be_the_one_who_leaves_it_open() -> None:
    bench = DoorOnBench()
    bench.door.happen("card-known")
    bench.let(0.1)
    bench.door.happen("door-left-open")
    bench.let(1)
    bench.output()
    bench.let(30)
    assert (bench["passed"], bench["cards_presented"], bench["contact_open"]) == (1, 1, True)


def test_forced_tears_a_locked_door_open() -> None:
    bench = DoorOnBench()
    bench.door.fault("forced")
    bench.let(1)
    assert (bench["contact_open"], bench["unlocked"], bench["strike_pulses"]) == (True, False, 0)
    bench.door.fault("none")
    bench.until(lambda: bench["leaf"] == "closed")
    assert bench["faults"] == []


def test_held_open_keeps_the_next_opening_open() -> None:
    bench = DoorOnBench()
    bench.door.fault("held-open")
    bench.let(5)
    assert bench["leaf"] == "closed"
    bench.output()
    bench.door.happen("door-opens")
    bench.let(30)
    assert bench["contact_open"]
    bench.door.fault("none")
    bench.until(lambda: bench["leaf"] == "closed")


def test_a_stuck_strike_reports_that_it_is_active_and_holds() -> None:
    bench = DoorOnBench()
    bench.door.fault("strike-stuck")
    bench.output()
    bench.let(1)
    assert bench.tell(Command.OSTAT).data == b"\1"
    assert not bench["unlocked"]
    bench.door.fault("none")
    bench.let(0.3)
    assert bench["unlocked"]


def test_a_stuck_contact_goes_on_saying_what_it_said() -> None:
    bench = DoorOnBench()
    bench.door.fault("contact-stuck")
    bench.door.fault("forced")
    bench.let(1)
    assert (bench["angle"] > 45, bench["contact_open"]) == (True, False)
    bench.door.leaf.forced, bench.door.contact.stuck = True, False
    bench.let(0.1)
    bench.door.fault("contact-stuck")
    bench.door.leaf.forced = False
    bench.let(5)
    assert (bench["leaf"], bench["contact_open"]) == ("closed", True)


@pytest.mark.parametrize("fail_safe", [False, True])
def test_without_power_a_bolt_holds_and_a_magnet_lets_go(fail_safe: bool) -> None:
    bench = DoorOnBench(fail_safe=fail_safe)
    bench.output()
    bench.let(0.3)
    bench.door.fault("power-loss")
    bench.let(0.3)
    assert (bench["powered"], bench["strike_active"], bench["unlocked"]) == (False, False, fail_safe)
    bench.door.fault("none")
    bench.let(0.3)
    assert (bench["powered"], bench["unlocked"]) == (True, False)


@pytest.mark.parametrize(
    ("code", "seconds", "after_a_second", "after_three"),
    [
        (OutputCode.ON, 0, True, True),
        (OutputCode.OFF, 0, False, False),
        (OutputCode.ON_FOR, 2, True, False),
        (OutputCode.ON_FOR, 0, True, True),
        (OutputCode.ON_AFTER_TIMER, 0, True, True),
        (OutputCode.NOP, 0, False, False),
    ],
)
def test_output_codes(code: OutputCode, seconds: float, after_a_second: bool, after_three: bool) -> None:
    bench = DoorOnBench()
    bench.output(code, seconds)
    bench.let(1)
    assert bench["strike_active"] is after_a_second
    bench.let(2)
    assert bench["strike_active"] is after_three


def test_a_timed_output_ends_where_the_later_permanent_state_says() -> None:
    bench = DoorOnBench()
    bench.output(OutputCode.ON, 0)
    bench.output(OutputCode.OFF_FOR, 1)
    assert not bench["strike_active"]
    bench.let(1.1)
    assert bench["strike_active"]
    bench.output(OutputCode.OFF, 0)
    bench.output(OutputCode.ON_FOR, 0)
    bench.output(OutputCode.OFF_FOR, 1)
    bench.let(1.1)
    assert bench["strike_active"], "a timer of 0 never ends"
    bench.output(OutputCode.ON_FOR, 1)
    bench.output(OutputCode.OFF_AFTER_TIMER, 0)
    assert bench["strike_active"]
    bench.let(1.1)
    assert not bench["strike_active"]


def test_the_led_shows_something_for_a_while_and_then_rests() -> None:
    bench = DoorOnBench()
    assert bench["led"] == "red"
    green_for_2_s = bytes([2, 1, 0, 2, 0, 20, 0])
    rest_amber = bytes([1, 1, 1, 3, 0])
    assert bench.tell(Command.LED, b"\0\0" + green_for_2_s + bytes(5)).code == Reply.ACK
    assert bench["led"] == "green"
    assert bench.tell(Command.LED, b"\0\0" + bytes(7) + rest_amber).code == Reply.ACK
    bench.let(2.1)
    assert bench["led"] == "amber/off"


def test_the_buzzer_beeps_as_often_as_it_is_told() -> None:
    bench = DoorOnBench()
    bench.tell(Command.BUZ, bytes([0, 2, 1, 1, 3]))
    assert bench["beeps"] == 1
    bench.let(2)
    assert bench["beeps"] == 3
    bench.tell(Command.BUZ, bytes([0, 2, 1, 1, 0]))
    bench.let(2)
    bench.tell(Command.BUZ, bytes([0, 1, 0, 0, 0]))
    endless = bench["beeps"]
    assert endless > 10
    bench.let(2)
    assert bench["beeps"] == endless


@pytest.mark.parametrize(
    ("command", "data"),
    [
        (Command.OUT, bytes([1, 2, 0, 0])),
        (Command.OUT, bytes([0, 9, 0, 0])),
        (Command.LED, bytes([0, 1]) + bytes(12)),
        (Command.LED, bytes([0, 0, 3]) + bytes(11)),
        (Command.LED, bytes([0, 0, 2, 0, 0]) + bytes(9)),
        (Command.LED, bytes([0, 0, 2, 1, 0, 9]) + bytes(8)),
        (Command.BUZ, bytes([0, 2, 0, 0, 1])),
        (Command.BUZ, bytes([1, 2, 1, 1, 1])),
    ],
)
def test_what_makes_no_sense_is_refused_and_changes_nothing(command: Command, data: bytes) -> None:
    bench = DoorOnBench()
    bench.tell(Command.POLL)
    before = bench.door.inspect()
    answer = bench.tell(command, data)
    assert (answer.code, answer.data) == (Reply.NAK, b"\x09")
    assert bench.door.inspect() == before
