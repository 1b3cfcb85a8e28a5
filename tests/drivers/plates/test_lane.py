"""One pass for each vehicle: readings, boom and loop in every order."""

from collections.abc import Iterator
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contract.passes import Means
from drivers.plates.lane import AGAIN_S, ECHO_S, GAP_S, OPENS_S, Lane
from drivers.plates.passing import Pass, Reading, Scene
from drivers.plates.queue import BEHIND_S, CORRECTED_S, LEFT_S, STUCK_S, WAITS_S
from drivers.plates.way import NEXT, UNASKED, Turn, Way

A, B, X = "粤A12345", "京B88888", "沪C66D66"


class Street:
    """A gate with its lane. `loops`, `contacts`: whether loop and limits are wired."""

    def __init__(
        self, *, loops: bool = True, contacts: bool = True, approach: bool = False, looks: bool = True
    ) -> None:
        self.lane = Lane()
        self.now = 100.0
        self.passes: list[Pass] = []
        self.down = True
        self.under = False
        self.before = False
        self.to_all: Means | None = None
        self._wired = (loops, contacts, approach)
        self._idents: Iterator[int] = count()
        if looks:
            self.wait(1)

    def wait(self, seconds: float = 0.5) -> None:
        """Let time pass, with two looks at the gate."""
        for _ in range(2):
            self.now += seconds / 2
            self.look()

    def look(self) -> None:
        loops, contacts, approach = self._wired
        scene = Scene(
            down=self.down if contacts else None,
            loop=self.under if loops else None,
            approach=self.before if approach else None,
            to_all=self.to_all,
        )
        self.passes += self.lane.look(scene, self.now)

    def read(self, plate: str, *, admitted: bool = False) -> Reading:
        reading = Reading(ident=f"r{next(self._idents)}", plate=plate, admitted=admitted)
        self.passes += self.lane.read(reading, self.now)
        return reading

    def command(self) -> None:
        self.passes += self.lane.commanded(self.now)

    def raise_boom(self) -> None:
        self.down = False
        self.wait()

    def lower_boom(self) -> None:
        self.down = True
        self.wait()

    def drive(self) -> None:
        """Let the first vehicle drive over the loop."""
        self.under = True
        self.wait(1)
        self.under = False
        self.wait(2 * GAP_S + 0.2)

    @property
    def told(self) -> list[tuple[str, Means]]:
        return [(each.reading.plate, each.means) for each in self.passes]


PLATE, COMMAND, TAILGATING = Means.PLATE, Means.COMMAND, Means.TAILGATING


def test_a_vehicle_that_is_let_in_passes_once() -> None:
    street = Street()
    reading = street.read(A, admitted=True)
    street.wait(1)
    street.raise_boom()
    assert street.passes == [], "it has not passed yet"
    street.drive()
    street.lower_boom()
    street.wait(WAITS_S * 2)
    (passed,) = street.passes
    assert (passed.reading, passed.means, passed.confirmed, passed.replay) == (reading, PLATE, True, False)
    assert 2 <= passed.dwell_s <= 3


def test_a_vehicle_that_is_seen_twice_is_one() -> None:
    street = Street()
    street.read(A)
    street.wait(20)
    last = street.read(A, admitted=True)
    street.raise_boom()
    street.read(A, admitted=True)
    street.drive()
    street.read(A, admitted=True)
    assert street.lane.just_passed(A, street.now)
    street.lower_boom()
    assert street.told == [(A, PLATE)]
    assert street.passes[0].reading.ident >= last.ident
    assert street.passes[0].dwell_s >= 20, "from the first time that it was seen"


@pytest.mark.parametrize("wrong", ["粤A12346", "粤A1234", "A12345", ""])
def test_a_plate_that_is_corrected_is_one_vehicle(wrong: str) -> None:
    street = Street()
    street.read(wrong)
    assert street.lane.waiting
    street.wait(CORRECTED_S / 2)
    street.read(A, admitted=True)
    assert not street.lane.waiting
    street.raise_boom()
    street.drive()
    street.lower_boom()
    assert street.told == [(A, PLATE)]


def test_a_reading_that_gets_worse_takes_nothing_back() -> None:
    street = Street()
    street.read(A, admitted=True)
    street.wait(1)
    street.read("粤A1234S")
    street.raise_boom()
    street.drive()
    street.read("粤A12346")
    assert not street.lane.waiting, "what is read of its rear is still itself"
    street.lower_boom()
    assert street.told == [(A, PLATE)]


@pytest.mark.parametrize("while_away", ["nothing", "raised", "passed"])
def test_who_was_let_in_before_a_restart_passes_once(while_away: str) -> None:
    before = Street()
    reading = before.read(A, admitted=True)
    (let_in,) = before.lane.let_in
    assert (let_in.reading, let_in.means, let_in.at) == (reading, PLATE, before.now)
    after = Street(looks=False)
    after.now = before.now + 5
    after.lane.resume([let_in], after.now)
    assert after.read(X).plate == X
    assert not after.passes, "nobody has looked yet"
    if while_away == "nothing":
        after.down = False
        after.wait()
        after.drive()
    elif while_away == "raised":
        after.down, after.under = False, True
        after.wait()
        after.drive()
    after.lower_boom()
    after.wait(BEHIND_S)
    assert after.told == [(A, PLATE)]
    assert after.passes[0].confirmed is (while_away != "passed")
    assert after.lane.let_in == ()


def test_one_for_whom_the_boom_could_not_be_raised_waits_for_the_guard() -> None:
    street = Street()
    reading = street.read(A, admitted=True)
    assert not street.lane.waiting
    street.lane.not_opened(reading.ident)
    street.lane.not_opened("another")
    assert street.lane.waiting
    street.command()
    street.raise_boom()
    street.drive()
    assert street.told == [(A, COMMAND)]


def test_two_listed_plates_that_look_alike_are_two_vehicles() -> None:
    street = Street()
    street.read("粤A12345", admitted=True)
    street.raise_boom()
    street.read("粤A12346", admitted=True)
    street.drive()
    street.drive()
    assert street.told == [("粤A12345", PLATE), ("粤A12346", PLATE)]


def test_the_guard_opens_for_an_unknown_plate() -> None:
    street = Street()
    street.read(X)
    assert street.lane.waiting
    street.wait(30)
    street.command()
    assert not street.lane.waiting
    street.raise_boom()
    street.drive()
    assert street.told == [(X, COMMAND)]
    street.drive()
    assert street.told == [(X, COMMAND), ("", TAILGATING)]
    assert street.passes[1].before == X


def test_the_guard_opens_before_the_camera_has_read_anything() -> None:
    street = Street()
    street.command()
    street.raise_boom()
    street.read(X)
    street.drive()
    street.drive()
    assert street.told == [(X, COMMAND), ("", TAILGATING)]


def test_a_second_vehicle_without_leave_tailgates() -> None:
    street = Street()
    street.read(A, admitted=True)
    street.raise_boom()
    street.drive()
    unknown = street.read(X)
    street.drive()
    assert street.told == [(A, PLATE), (X, TAILGATING)]
    assert (street.passes[1].before, street.passes[1].reading) == (A, unknown)


def test_a_second_vehicle_that_was_let_in_itself_does_not() -> None:
    street = Street()
    street.read(A, admitted=True)
    street.raise_boom()
    street.read(B, admitted=True)
    street.drive()
    street.drive()
    assert street.told == [(A, PLATE), (B, PLATE)]
    street.drive()
    assert street.told[2] == ("", TAILGATING)


@pytest.mark.parametrize("means", [Means.FIRE, Means.HELD_OPEN, Means.BY_HAND])
def test_an_open_gate_lets_everybody_pass(means: Means) -> None:
    street = Street()
    street.to_all = means
    street.raise_boom()
    street.read(X)
    for _ in range(2):
        street.drive()
    street.read(A, admitted=True)
    street.drive()
    assert street.told == [(X, means), ("", means), (A, PLATE)]


def test_a_boom_that_nobody_told_to_rise_lets_pass_whoever_comes() -> None:
    street = Street()
    street.raise_boom()
    street.drive()
    street.drive()
    assert street.told == [("", Means.UNKNOWN)] * 2
    street.lower_boom()
    street.read(A, admitted=True)
    street.raise_boom()
    street.drive()
    street.drive()
    assert street.told[2:] == [(A, PLATE), ("", TAILGATING)], "another opening, other rules"


def test_who_was_let_in_and_drove_away_has_not_passed() -> None:
    street = Street()
    street.read(A, admitted=True)
    street.raise_boom()
    street.wait(10)
    street.lower_boom()
    street.wait(WAITS_S)
    street.raise_boom()
    street.drive()
    assert street.told == [("", Means.UNKNOWN)]


def test_who_was_let_in_too_late_waits_at_a_boom_that_is_down() -> None:
    street = Street(approach=True)
    street.read(A, admitted=True)
    street.raise_boom()
    street.drive()
    street.before = True
    street.read(B, admitted=True)
    street.wait(10)
    street.lower_boom()
    assert street.lane.waiting
    street.command()
    street.raise_boom()
    street.drive()
    assert street.told == [(A, PLATE), (B, COMMAND)]


def test_one_that_is_let_in_while_the_boom_comes_down_passes_when_it_is_up_again() -> None:
    street = Street()
    street.read(A, admitted=True)
    street.raise_boom()
    street.drive()
    street.read(B, admitted=True)
    street.lower_boom()
    street.raise_boom()
    street.drive()
    street.drive()
    assert street.told == [(A, PLATE), (B, PLATE), ("", TAILGATING)]


def test_a_loop_below_a_boom_that_is_down_tells_of_nobody() -> None:
    street = Street()
    street.read(X)
    street.drive()
    assert street.passes == []


def test_a_vehicle_that_stands_on_the_loop_when_the_boom_rises_passes() -> None:
    street = Street()
    street.under = True
    street.read(A, admitted=True)
    street.wait(1)
    street.raise_boom()
    street.drive()
    assert street.told == [(A, PLATE)]


def test_a_lorry_between_its_axles_is_one_vehicle() -> None:
    street = Street()
    street.read(A, admitted=True)
    street.raise_boom()
    street.under = True
    street.wait()
    street.under = False
    street.look()
    street.now += GAP_S / 2
    street.under = True
    street.look()
    street.drive()
    assert street.told == [(A, PLATE)]


def test_without_a_loop_the_gate_opened_for_it_is_all_that_is_known() -> None:
    street = Street(loops=False)
    street.read(A, admitted=True)
    assert street.passes == []
    street.raise_boom()
    assert [(each.reading.plate, each.means, each.confirmed) for each in street.passes] == [(A, PLATE, False)]
    street.lower_boom()
    street.read(A, admitted=True)
    street.raise_boom()
    assert len(street.passes) == 1, "the boom came down before it went"
    street.read(X)
    street.wait(5)
    assert len(street.passes) == 1, "whether it follows, nobody sees"
    street.wait(AGAIN_S)
    street.read(A, admitted=True)
    street.raise_boom()
    assert len(street.passes) == 2, "it is back"


def test_without_any_contact_an_admission_is_a_pass_and_a_refusal_is_none() -> None:
    street = Street(loops=False, contacts=False)
    street.read(X)
    assert street.told == []
    assert street.lane.waiting
    street.command()
    street.read(A, admitted=True)
    assert street.told == [(X, COMMAND), (A, PLATE)]
    street.command()
    street.read("鲁E10001")
    street.read("鲁F20002")
    assert street.told[2:] == [("鲁E10001", COMMAND)], "a command lets one pass"


def test_with_a_loop_alone_two_after_one_another_are_told_apart() -> None:
    street = Street(contacts=False)
    street.read(A, admitted=True)
    street.drive()
    street.drive()
    street.wait(OPENS_S + 1)
    street.drive()
    assert street.told == [(A, PLATE), ("", TAILGATING), ("", Means.UNKNOWN)]


def test_a_replay_is_one_pass_that_nobody_saw() -> None:
    street = Street()
    old = Reading(ident="old", plate=A)
    (passed,) = street.lane.replayed(old, street.now - 3600)
    assert (passed.replay, passed.confirmed, passed.at) == (True, False, street.now - 3600)
    twice = Reading(ident="twice", plate=A)
    assert street.lane.replayed(twice, street.now - 3580) == [], "the camera saw it twice"
    assert len(street.lane.replayed(twice, street.now - 1800)) == 1


def test_a_replay_of_a_vehicle_that_was_seen_to_pass_is_none() -> None:
    street = Street()
    street.read(A, admitted=True)
    street.raise_boom()
    street.drive()
    assert street.lane.replayed(Reading(ident="old", plate=A), street.now - 3) == []


def test_who_waits_is_forgotten_when_it_has_left() -> None:
    street = Street()
    street.read(X)
    street.wait(WAITS_S - 1)
    assert street.lane.waiting
    street.wait(2)
    assert not street.lane.waiting


def test_an_approach_loop_tells_how_long_somebody_waits() -> None:
    street = Street(approach=True)
    street.before = True
    street.read(X)
    street.wait(WAITS_S * 3)
    assert street.lane.waiting
    street.before = False
    street.wait(LEFT_S * 2 + 1)
    assert not street.lane.waiting
    street.before = True
    street.read(X)
    street.wait(STUCK_S + 1)
    assert not street.lane.waiting, "nobody waits that long"


def test_another_vehicle_at_a_boom_that_is_down_means_that_the_one_before_has_left() -> None:
    street = Street()
    street.read(X)
    street.wait(10)
    street.read(B)
    street.command()
    street.raise_boom()
    street.drive()
    street.drive()
    assert street.told == [(B, COMMAND), ("", TAILGATING)]


def test_a_board_that_is_lost_and_found_makes_no_vehicles() -> None:
    street = Street()
    street.read(A, admitted=True)
    street.raise_boom()
    street.passes += street.lane.lost(street.now)
    street.now += 5
    street.look()
    street.drive()
    street.lower_boom()
    assert street.told == [(A, PLATE)]
    assert street.passes[0].confirmed


def test_a_vehicle_that_passed_while_the_board_was_lost_is_told_though_nobody_saw_it() -> None:
    street = Street()
    street.read(A, admitted=True)
    street.raise_boom()
    street.under = True
    street.wait()
    street.passes += street.lane.lost(street.now)
    street.now += 20
    street.under = False
    street.lower_boom()
    assert [(each.reading.plate, each.confirmed) for each in street.passes] == [(A, False)]


def test_a_vehicle_that_has_just_left_when_the_board_is_lost_has_passed() -> None:
    street = Street()
    street.read(A, admitted=True)
    street.raise_boom()
    street.under = True
    street.wait()
    street.under = False
    street.look()
    street.passes += street.lane.lost(street.now)
    assert street.told == [(A, PLATE)]


def test_the_table_is_total_and_every_way_ends() -> None:
    assert all(NEXT[way].keys() == set(Turn) for way in Way)
    assert UNASKED.keys() == set(Way)
    assert {NEXT[way][Turn.LOWERED] for way in Way} == {Way.SHUT}
    assert UNASKED[Way.ADMITTED] is TAILGATING


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("read"), st.sampled_from([A, B, X, "粤A12346", ""]), st.booleans()),
        st.tuples(st.just("drive")),
        st.tuples(st.just("raise")),
        st.tuples(st.just("lower")),
        st.tuples(st.just("command")),
        st.tuples(st.just("lost")),
        st.tuples(st.just("wait"), st.sampled_from([0.1, 1.0, ECHO_S, 20.0, 70.0])),
        st.tuples(st.just("all"), st.sampled_from([None, Means.FIRE, Means.HELD_OPEN])),
    ),
    max_size=40,
)


def play(street: Street, steps: list[tuple[object, ...]]) -> tuple[int, int]:
    """Let things happen; how many vehicles drove under a boom that was up, and how many were let in."""
    drove = admitted = 0
    for step in steps:
        match step:
            case ("read", str(plate), bool(listed)):
                street.read(plate, admitted=listed)
                admitted += listed
            case ("drive",):
                street.drive()
                drove += not street.down
            case ("raise",):
                street.raise_boom()
            case ("lower",):
                street.lower_boom()
            case ("command",):
                street.command()
            case ("lost",):
                street.passes += street.lane.lost(street.now)
            case ("wait", float(seconds)):
                street.wait(seconds)
            case ("all", means):
                street.to_all = means  # type: ignore[assignment]
    return drove, admitted


@settings(max_examples=200, deadline=None)
@given(STEPS)
def test_never_more_passes_than_vehicles(steps: list[tuple[object, ...]]) -> None:
    street = Street()
    drove, admitted = play(street, [step for step in steps if step[0] != "lost"])
    assert len(street.passes) == drove
    assert all(each.confirmed for each in street.passes)
    assert sum(each.means is PLATE for each in street.passes) <= admitted
    idents = [each.reading.ident for each in street.passes if each.reading.ident]
    assert len(idents) == len(set(idents)), "a reading is of one vehicle"
    assert all(each.dwell_s >= 0 for each in street.passes)


@settings(max_examples=200, deadline=None)
@given(STEPS, st.booleans(), st.booleans())
def test_every_admission_is_at_most_one_pass(
    steps: list[tuple[object, ...]], loops: bool, contacts: bool
) -> None:
    street = Street(loops=loops, contacts=contacts)
    _, admitted = play(street, steps)
    assert sum(each.means is PLATE for each in street.passes) <= admitted
    idents = [each.reading.ident for each in street.passes if each.reading.ident]
    assert len(idents) == len(set(idents))
    if not loops:
        assert all(each.reading.ident for each in street.passes), "nobody is made up"
