"""What the gate driver thinks: states, happenings, rules, outcomes. No socket, no clock."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.errors import DeviceError
from drivers.gate import outcomes, watch
from drivers.gate.board import Readings
from drivers.gate.faults import Fault
from drivers.gate.interlocks import RULES, Command, Situation, forbidden
from drivers.gate.model import GATE
from drivers.gate.outcomes import Course
from drivers.gate.shown import properties
from drivers.gate.state import NEXT, GateState, Sight, Told
from drivers.gate.watch import Watch
from drivers.runtime.inputs import value_fault
from drivers.runtime.interface import Happening
from drivers.runtime.tables import transitions
from tests.drivers.gate.readings import BOTTOM, TOP, between

booleans = st.booleans()
maybe = st.one_of(st.none(), booleans)
readings = st.builds(
    Readings,
    up_limit=booleans,
    down_limit=booleans,
    loop_a=booleans,
    beam=booleans,
    loop_b=maybe,
    manual=maybe,
    emergency_stop=maybe,
    hold_open=maybe,
    position=st.one_of(st.none(), st.floats(0, 100)),
    cycles=st.one_of(st.none(), st.integers(0, 2**32 - 1)),
    fault=st.sampled_from(Fault),
)


class Film:
    """Readings of one boom, every 0.1 s, and what happened in them."""

    def __init__(self) -> None:
        self.watch, self.now, self.happenings = Watch(), 0.0, list[Happening]()

    def show(self, *frames: Readings) -> "Film":
        for frame in frames:
            self.now += 0.1
            self.happenings += self.watch.look(frame, self.now)
        return self

    def rise(self, start: int = 20, **fields: Any) -> "Film":
        return self.show(*(between(p, **fields) for p in range(start, 100, 20)))

    def sink(self, end: int = 20, **fields: Any) -> "Film":
        return self.show(*(between(p, **fields) for p in range(80, end - 1, -20)))

    @property
    def types(self) -> list[str]:
        return [happening.type for happening in self.happenings]


# states


def test_the_table_is_total() -> None:
    assert set(NEXT) == set(GateState)
    assert all(set(row) == set(Sight) for row in NEXT.values())
    assert transitions(NEXT, Sight).count("\n") == len(GateState) + 1


@given(st.lists(readings, max_size=20))
def test_whatever_a_board_says_the_state_is_one_of_them_and_can_be_shown(frames: list[Readings]) -> None:
    film = Film()
    for frame in frames:
        film.show(frame)
        shown = properties(frame, film.watch.state, held=bool(frame.hold_open), fire=False)
        assert shown.keys() == GATE.properties.keys()
        for name, value in shown.items():
            assert value is None or not value_fault(GATE.properties[name], value), name
        if frame.up_limit and not frame.down_limit and frame.fault is not Fault.BOOM_BROKEN:
            assert film.watch.state is GateState.OPEN
        if frame.up_limit and frame.down_limit:
            assert film.watch.state is GateState.UNKNOWN
    for happening in film.happenings:
        declared = GATE.events[happening.type].data
        assert happening.data.keys() == declared.keys()
        assert not [k for k, v in happening.data.items() if value_fault(declared[k], v)]


def test_nothing_is_known_of_a_silent_board() -> None:
    film = Film().show(TOP)
    film.watch.lost()
    assert film.watch.state is GateState.UNKNOWN
    shown = properties(None, film.watch.state, held=False, fire=True)
    assert shown == {**dict.fromkeys(GATE.properties), "state": "unknown", "fire": True}


def test_a_boom_goes_up_and_down() -> None:
    film = Film().show(BOTTOM)
    film.watch.told(Told.OPEN, film.now)
    assert film.rise().watch.state is GateState.OPENING
    assert film.show(TOP).watch.state is GateState.OPEN
    assert film.sink().watch.state is GateState.CLOSING
    assert film.show(BOTTOM).watch.state is GateState.CLOSED
    assert film.happenings == [
        Happening(watch.OPENED, {"commanded": True}),
        Happening(watch.CLOSED, {"commanded": False}),
    ]


def test_a_boom_at_rest_between_its_limits_is_stopped_or_at_fault() -> None:
    film = Film().show(BOTTOM).rise(start=40)
    assert film.show(*[between(80)] * 3).watch.state is GateState.OPENING
    assert film.show(*[between(80)] * 3).watch.state is GateState.STOPPED
    assert film.show(between(80, fault=Fault.LIMIT_TIMEOUT)).watch.state is GateState.FAULT
    assert film.show(replace(TOP, fault=Fault.BOOM_BROKEN)).watch.state is GateState.FAULT


def test_without_a_position_the_last_command_tells_the_direction() -> None:
    film = Film().show(replace(BOTTOM, position=None))
    assert film.show(between(None)).watch.state is GateState.OPENING
    film.watch.told(Told.CLOSE, film.now)
    assert film.show(between(None)).watch.state is GateState.CLOSING
    film.watch.told(Told.STOP, film.now)
    assert film.show(between(None), between(None)).watch.state is GateState.STOPPED
    assert film.show(between(None, fault=Fault.LIMIT_TIMEOUT)).watch.state is GateState.FAULT
    assert Film().show(between(None)).watch.state is GateState.UNKNOWN


# what happened


def test_the_first_look_tells_no_news() -> None:
    assert Film().show(replace(TOP, fault=Fault.LOOP_FAULT), replace(TOP, fault=Fault.LOOP_FAULT)).types == []


def test_what_changed_while_nobody_looked_is_told() -> None:
    film = Film().show(BOTTOM)
    film.watch.lost()
    assert film.show(replace(TOP, fault=Fault.LOOP_FAULT)).types == [watch.OPENED, watch.FAULTED]
    film.watch.lost()
    assert film.show(replace(TOP, fault=Fault.LOOP_FAULT)).types == [watch.OPENED, watch.FAULTED]


def test_a_vehicle_passes_when_it_leaves_the_loop_below_an_open_boom() -> None:
    film = Film().show(replace(BOTTOM, loop_b=True)).rise(loop_b=True)
    film.show(TOP, replace(TOP, loop_a=True, beam=True), TOP)
    assert film.types == [watch.OPENED, watch.VEHICLE_PASSED]


def test_a_repaired_loop_is_no_vehicle() -> None:
    film = Film().show(TOP, replace(TOP, loop_a=True, fault=Fault.LOOP_FAULT), TOP)
    assert film.types == [watch.FAULTED, watch.FAULT_CLEARED]


def test_the_lanes_own_relay_surprises_nobody() -> None:
    film = Film().show(replace(BOTTOM, loop_b=True), *[replace(BOTTOM, loop_b=True)] * 5)
    assert film.rise(loop_b=True).show(TOP).types == [watch.OPENED]


@pytest.mark.parametrize("crank", [False, True])
def test_a_boom_that_nobody_ordered_to_rise_was_moved_by_hand(crank: bool) -> None:
    film = Film().show(BOTTOM).rise(manual=crank)
    how = "hand-crank" if crank else "locally"
    assert film.happenings == [Happening(watch.OPERATED_MANUALLY, {"how": how})]


@pytest.mark.parametrize(
    ("fields", "cause"),
    [({"fault": Fault.OBSTRUCTION}, "hit"), ({"loop_a": True}, "vehicle"), ({"beam": True}, "beam")],
)
def test_a_boom_that_turns_round_has_met_something(fields: dict[str, Any], cause: str) -> None:
    film = Film().show(TOP).sink(end=40).rise(start=60, **fields).show(TOP)
    assert Happening(watch.REOPENED, {"cause": cause}) in film.happenings
    assert film.types.count(watch.REOPENED) == 1
    assert watch.OPERATED_MANUALLY not in film.types


@pytest.mark.parametrize("looks_at_rest", [0, 1, 8])
def test_a_boom_may_take_its_time_to_turn_round(looks_at_rest: int) -> None:
    struck = [between(40, fault=Fault.OBSTRUCTION)] * (1 + looks_at_rest)
    film = Film().show(TOP).sink(end=40).show(*struck).rise(start=60, fault=Fault.OBSTRUCTION).show(TOP)
    assert film.happenings[:2] == [
        Happening(watch.FAULTED, {"fault": "obstruction"}),
        Happening(watch.REOPENED, {"cause": "hit"}),
    ]
    assert watch.OPERATED_MANUALLY not in film.types


def test_a_boom_that_is_opened_after_a_stop_has_met_nothing() -> None:
    film = Film().show(TOP).sink(end=40).show(between(40, loop_a=True), *[between(40)] * 8)
    film.watch.told(Told.OPEN, film.now)
    assert watch.REOPENED not in film.rise(start=60).show(TOP).types


def test_what_an_earlier_closing_met_is_forgotten() -> None:
    film = Film().show(TOP).sink(end=40).rise(start=60, beam=True).show(TOP)
    film.sink(end=40)
    film.watch.told(Told.OPEN, film.now)
    film.rise(start=60).show(TOP)
    assert film.types.count(watch.REOPENED) == 1


def test_a_closing_boom_that_does_not_turn_round_by_itself_is_noticed() -> None:
    film = Film().show(TOP).sink(end=60)
    assert not film.watch.closes_on_something()
    film.show(between(50, beam=True))
    assert not film.watch.closes_on_something(), "the board gets the time of one look"
    film.show(between(40, beam=True))
    assert film.watch.closes_on_something()
    film.show(between(50, beam=True))
    assert not film.watch.closes_on_something()


# rules


@given(readings, booleans)
def test_no_command_lowers_the_boom_on_anything(seen: Readings, fire: bool) -> None:
    situation = Situation(readings=seen, fire=fire)
    if seen.loop_a or seen.beam or fire or seen.hold_open or seen.manual or seen.emergency_stop:
        assert forbidden(Command.CLOSE, situation)
    if fire:
        assert forbidden(Command.STOP, situation)
        assert forbidden(Command.RELEASE, situation)
    else:
        assert not forbidden(Command.STOP, situation)


def test_nothing_is_sent_to_a_board_that_was_not_seen() -> None:
    assert all(forbidden(command, Situation(readings=None)) for command in Command)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_every_rule_forbids_something_and_can_be_met(rule: Any) -> None:
    causes = [
        {"loop_a": True},
        {"beam": True},
        {"hold_open": True},
        {"manual": True},
        {"emergency_stop": True},
        {"fault": Fault.BOOM_BROKEN},
        {"fault": Fault.MOTOR_OVER_CURRENT},
        {},
    ]
    assert rule.forbids
    assert [cause for cause in causes if rule.when(replace(TOP, **cause), rule.code == "fire")]


@pytest.mark.parametrize("fault", [Fault.LIMIT_TIMEOUT, Fault.MOTOR_OVER_CURRENT, Fault.OBSTRUCTION])
def test_a_kept_fault_does_not_forbid_to_raise(fault: Fault) -> None:
    """Most boards keep it until a later move reaches its limit."""
    assert not forbidden(Command.OPEN, Situation(readings=replace(BOTTOM, fault=fault)))


# outcomes


def course(now: Readings, before: Readings = BOTTOM, **fields: Any) -> Course:
    state = fields.pop("state", GateState.UNKNOWN)
    return Course(before=before, now=now, state=state, at_rest=fields.pop("at_rest", False), **fields)


def test_only_the_limit_switch_says_success() -> None:
    assert outcomes.opened(course(TOP))
    assert not outcomes.opened(course(between(100.0)))
    assert not outcomes.opened(course(replace(TOP, down_limit=True)))
    assert outcomes.closed(course(BOTTOM, TOP))
    assert not outcomes.closed(course(between(0.0), TOP))
    assert outcomes.stopped(course(between(50), at_rest=True))
    assert outcomes.held(course(replace(TOP, hold_open=True)))
    assert not outcomes.held(course(replace(TOP, hold_open=False)))
    assert outcomes.released(course(replace(TOP, hold_open=False)))


@pytest.mark.parametrize(
    ("judge", "now", "fields", "code"),
    [
        (outcomes.opened, between(30, fault=Fault.MOTOR_OVER_CURRENT), {}, "motor-over-current"),
        (outcomes.opened, between(30, fault=Fault.LIMIT_TIMEOUT), {}, "limit-timeout"),
        (outcomes.opened, between(30, emergency_stop=True), {}, "emergency-stop"),
        (outcomes.opened, between(30, manual=True), {}, "manual"),
        (outcomes.closed, between(50, fault=Fault.OBSTRUCTION), {}, "obstruction"),
        (outcomes.closed, between(50, loop_a=True), {}, "obstruction"),
        (outcomes.closed, between(50), {"state": GateState.OPENING, "was_closing": True}, "obstruction"),
        (outcomes.closed, between(50, fault=Fault.LIMIT_TIMEOUT), {}, "limit-timeout"),
    ],
)
def test_every_failure_has_its_reason(judge: Any, now: Readings, fields: dict[str, Any], code: str) -> None:
    with pytest.raises(DeviceError) as failed:
        judge(course(now, **fields))
    assert failed.value.code == code


def test_a_fault_from_before_does_not_end_a_move() -> None:
    before = replace(BOTTOM, fault=Fault.LIMIT_TIMEOUT)
    now = course(between(30, fault=Fault.LIMIT_TIMEOUT), before)
    assert not outcomes.opened(now)
    assert outcomes.no_outcome(now, 10, confirmed=True).code == "limit-timeout"
    assert outcomes.no_outcome(course(between(30)), 10, confirmed=True).code == "timeout"
    assert outcomes.no_outcome(now, 10, confirmed=False).code == "outcome-unknown"
