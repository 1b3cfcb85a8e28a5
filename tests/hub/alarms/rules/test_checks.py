"""Tests of a definition: three answers, and never a fault or a normal state out of what nobody knows."""

from typing import Any

import pytest

from contract.messages import Availability, AvailabilityStatus, Scalar
from contract.things import Description, SchemaSeen
from contract.topics import Address
from hub.alarms.definition import Test
from hub.alarms.rules.checks import Held, check_of
from hub.alarms.rules.comparing import Truth, all_of, any_of
from hub.alarms.rules.occasion import NOTHING, Happening, Occasion
from hub.shadows.shadow import Connectivity, Reading, Shadow
from tests.hub.alarms.rules.house import GATE

SCHEMAS = {"state": SchemaSeen(enum=("open", "closed")), "level": SchemaSeen(minimum=0, maximum=100)}


def shadow(connectivity: Connectivity = Connectivity.ONLINE, **values: Scalar) -> Shadow:
    made = Shadow(GATE, "default")
    made.description = Description(title="gate", properties=SCHEMAS)
    made.connectivity = connectivity
    made.readings = {name: Reading(value, 0, 0.0, 30.0) for name, value in values.items()}
    return made


def ask(test: Test, of: Shadow, occasion: Occasion = NOTHING, held: Held | None = None) -> Truth:
    return check_of(test).holds(of, occasion, set() if held is None else held)


def event(type_: str = "hemei.gate.hit", **data: Any) -> Occasion:
    happening = Happening(
        seq=1, address=GATE, id="1", type=type_, data=data, time_ms=0, received_ms=0, committed_ms=0, at=0.0
    )
    return Occasion(happening=happening)


@pytest.mark.parametrize(
    ("test", "value", "answer"),
    [
        (Test(property="x", equals="jammed"), "jammed", True),
        (Test(property="x", equals="jammed"), "none", False),
        (Test(property="x", equals=1), True, False),
        (Test(property="x", equals=True), 1, False),
        (Test(property="x", equals=1), 1.0, True),
        (Test(property="x", equals=False), False, True),
        (Test(property="x"), True, True),
        (Test(property="x"), "yes", False),
        (Test(property="x", in_=("a", "b")), "b", True),
        (Test(property="x", in_=("a", "b")), "c", False),
        (Test(property="x", above=5), 5, False),
        (Test(property="x", above=5), 5.1, True),
        (Test(property="x", below=5), 5, False),
        (Test(property="x", below=5), 4, True),
        (Test(property="x", above=5, below=7), 6, True),
        (Test(property="x", above=5, below=7), 8, False),
        (Test(property="x", above=5), "hot", None),
        (Test(property="x", below=5), True, None),
        (Test(property="x", equals="a"), None, None),
    ],
)
def test_comparisons(test: Test, value: Scalar, answer: Truth) -> None:
    assert ask(test, shadow(x=value)) is answer


def test_hysteresis_holds_until_it_has_come_back_far_enough() -> None:
    check, held = check_of(Test(property="x", above=60, hysteresis=5)), set()
    answers = [check.holds(shadow(x=value), NOTHING, held) for value in (58, 61, 58, 55.1, 55, 58, 61)]
    assert answers == [False, True, True, True, False, False, True]


def test_hysteresis_below_and_what_is_unknown_in_between() -> None:
    check, held = check_of(Test(property="x", below=10, hysteresis=2)), set()
    lost = shadow(Connectivity.DEVICE_OFFLINE, x=50)
    assert check.holds(shadow(x=9), NOTHING, held) is True
    assert check.holds(lost, NOTHING, held) is None
    assert check.holds(shadow(x=11), NOTHING, held) is True
    assert check.holds(shadow(x=12), NOTHING, held) is False


@pytest.mark.parametrize("connectivity", [each for each in Connectivity if each is not Connectivity.ONLINE])
def test_value_of_a_device_that_is_not_heard_is_unknown(connectivity: Connectivity) -> None:
    assert ask(Test(property="x", equals=1), shadow(connectivity, x=1)) is None


def test_value_never_heard_or_too_old_is_unknown() -> None:
    old = shadow(x=1)
    old.readings["x"].stale = True
    assert ask(Test(property="x", equals=1), old) is None
    assert ask(Test(property="y", equals=1), old) is None


def test_device_with_a_wrong_clock_still_alarms() -> None:
    skewed = shadow(x=1)
    skewed.readings["x"].skewed = True
    assert ask(Test(property="x", equals=1), skewed) is True


@pytest.mark.parametrize(
    ("test", "values"),
    [
        (Test(property="level", above=50), {"level": -200}),
        (Test(property="level", below=50), {"level": 999}),
        (Test(property="state", equals="open"), {"state": "???"}),
    ],
)
def test_impossible_value_is_no_proof_of_normal(test: Test, values: dict[str, Scalar]) -> None:
    assert ask(test, shadow(**values)) is None


def test_impossible_value_that_is_asked_for_is_a_fault() -> None:
    assert ask(Test(property="level", above=100), shadow(level=120)) is True
    assert ask(Test(property="level", above=50), shadow(level=20)) is False
    assert ask(Test(property="level", equals="full"), shadow(level="empty")) is False


def test_the_hub_believes_itself() -> None:
    own = Shadow(Address("hemei", "hub", "hub"), "default")
    own.readings["disk"] = Reading(97, 0, 0.0, 30.0)
    assert ask(Test(property="disk", above=95), own) is True


@pytest.mark.parametrize(
    ("test", "occasion", "answer"),
    [
        (Test(event="hemei.gate.hit"), event(), True),
        (Test(event="hemei.gate.hit"), event("hemei.gate.opened"), False),
        (Test(event="hemei.gate.hit"), NOTHING, False),
        (Test(event="hemei.gate.hit", where={"by": "car"}), event(by="car", speed=3), True),
        (Test(event="hemei.gate.hit", where={"by": "car"}), event(by="bike"), False),
        (Test(event="hemei.gate.hit", where={"by": "car"}), event(), False),
        (Test(event="hemei.gate.hit", where={"by": None}), event(), False),
        (Test(event="hemei.gate.hit", where={"by": ("car", "bike")}), event(by="bike"), True),
        (Test(event="hemei.gate.hit", where={"by": ("car", "bike")}), event(by="cat"), False),
        (Test(event="hemei.gate.hit", where={"by": 1}), event(by=True), False),
        (Test(event="hemei.gate.hit", where={"by": "car", "hard": True}), event(by="car"), False),
        (Test(missed=True), Occasion(grown=2), True),
        (Test(missed=True), NOTHING, False),
    ],
)
def test_occasions(test: Test, occasion: Occasion, answer: Truth) -> None:
    assert ask(test, shadow(), occasion) is answer


CONNECTIVITY = {
    "device-offline": {"online": False, "device-offline": True, "driver-offline": None},
    "driver-offline": {"online": False, "device-offline": False, "driver-offline": True},
}


@pytest.mark.parametrize("asked", CONNECTIVITY)
@pytest.mark.parametrize("found", list(Connectivity))
def test_connectivity_tells_device_driver_and_link_apart(asked: Any, found: Connectivity) -> None:
    assert ask(Test(connectivity=(asked,)), shadow(found)) is CONNECTIVITY[asked].get(found.value)


def test_silence_is_no_fault_before_the_device_could_have_spoken() -> None:
    silent = check_of(Test(any=(Test(connectivity=("device-offline",)), Test(stale="x"))))
    gate = shadow()
    assert silent.grace_s(gate) == 11.0
    gate.readings["x"] = Reading(1, 0, 0.0, 300.0)
    assert silent.grace_s(gate) == 300.0
    gone = Availability(status=AvailabilityStatus.LOST, ts=None)  # type: ignore[arg-type]  # no time is looked at
    gate.availability = gone
    assert check_of(Test(connectivity=("device-offline",))).grace_s(gate) == 0.0
    assert check_of(Test(property="x")).grace_s(gate) == 0.0


@pytest.mark.parametrize(
    ("connectivity", "answer"),
    [("online", True), ("device-offline", True), ("driver-offline", None), ("link-offline", None)],
)
def test_stale_is_the_device_s_own_fault(connectivity: str, answer: Truth) -> None:
    old = shadow(Connectivity(connectivity), x=1, y=1)
    old.readings["x"].stale = True
    assert ask(Test(stale="x"), old) is answer
    assert ask(Test(stale="y"), old) is (None if answer is None else False)
    assert ask(Test(stale="never-heard"), old) is None


@pytest.mark.parametrize(
    ("answers", "both", "either"),
    [
        ((True, True), True, True),
        ((True, False), False, True),
        ((True, None), None, True),
        ((None, False), False, None),
        ((None, None), None, None),
        ((False, False), False, False),
    ],
)
def test_and_and_or_of_three_values(answers: tuple[Truth, ...], both: Truth, either: Truth) -> None:
    for each in (answers, answers[::-1]):
        assert all_of(each) is both
        assert any_of(each) is either


def test_joined_tests_know_what_their_parts_are() -> None:
    hit, hot = Test(event="hit"), Test(property="t", above=5, hysteresis=1)
    both, either = check_of(Test(all=(hit, hot))), check_of(Test(any=(hit, hot, Test(missed=True))))
    assert (both.level, either.level) == (False, True)
    assert (both.missed, either.missed) == (False, True)
    assert both.hysteresis
    assert both.events == {"hit"}
    assert both.properties == {"t"}
    assert both.holds(shadow(t=6), event("hit"), set()) is True
    assert either.holds(shadow(t=6), NOTHING, set()) is True
