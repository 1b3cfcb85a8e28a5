"""The two machines of an alarm: total tables, and what holds whatever happens in whatever order."""

from itertools import product

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from contract.errors import Refused
from hub.alarms import moves
from hub.alarms.alarm import Alarm
from hub.alarms.definition import Definition, Kind
from hub.alarms.lifecycle import LIFECYCLE, SUPPRESSION, Hiding, State, Suppression, Trigger
from tests.hub.alarms.made import definition, over, raised


def test_the_tables_are_total() -> None:
    assert {(s, t) for s, row in LIFECYCLE.items() for t in row} == set(product(State, Trigger))
    assert {(s, h) for s, row in SUPPRESSION.items() for h in row} == set(product(Suppression, Hiding))


@pytest.mark.parametrize("state", State)
def test_only_a_person_makes_an_alarm_known(state: State) -> None:
    unknown = {State.UNACKNOWLEDGED, State.RETURNED_UNACKNOWLEDGED}
    for trigger in set(Trigger) - {Trigger.ACKNOWLEDGE}:
        if state in unknown:
            assert LIFECYCLE[state][trigger] in unknown, "nothing but a press takes it off the list"
    assert LIFECYCLE[state][Trigger.ACKNOWLEDGE] not in unknown
    assert LIFECYCLE[state][Trigger.RAISE] is State.UNACKNOWLEDGED, "who is alerted anew must press anew"


@pytest.mark.parametrize("suppression", Suppression)
def test_what_is_out_of_service_stays_so_until_it_is_mended(suppression: Suppression) -> None:
    assert SUPPRESSION[suppression][Hiding.TAKE_OUT_OF_SERVICE] is Suppression.OUT_OF_SERVICE
    for hiding in set(Hiding) - {Hiding.RETURN_TO_SERVICE}:
        assert SUPPRESSION[Suppression.OUT_OF_SERVICE][hiding] is Suppression.OUT_OF_SERVICE


PEOPLE = st.sampled_from(["user:li.wei", "user:wang.fang"])


class LifeOfAnAlarm(RuleBasedStateMachine):
    """One alarm, and whatever guards, rules and causes do to it, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.now_ms = 1_000
        self.presses = 0
        self.ended_folded = False
        self.alarm: Alarm
        self.definition: Definition

    @initialize(latching=st.booleans(), review=st.booleans(), kind=st.sampled_from(Kind))
    def begin(self, *, latching: bool, review: bool, kind: Kind) -> None:
        self.definition = definition(latching=latching and kind is Kind.CONDITION, review=review, kind=kind)
        moved = moves.first(raised(self.definition, self.now_ms), "a1", "default", self.now_ms)
        self.alarm = moves.entered(*moved)

    def does(self, move: moves.Move) -> bool:
        self.now_ms += 10_000
        if not self.alarm.open:
            return False
        try:
            moved = move(self.alarm)
        except Refused:
            return False
        self.alarm = moves.entered(*moved)
        return True

    @rule()
    def occurs(self) -> None:
        if self.alarm.kind is Kind.CONDITION:
            self.does(lambda alarm: moves.again(alarm, raised(self.definition, self.now_ms)))

    @rule()
    def ends(self) -> None:
        moved = moves.returned(self.alarm, over(self.definition, self.now_ms))
        if moved is not None and self.alarm.open:
            self.ended_folded |= self.alarm.suppression is Suppression.SUPPRESSED_BY_DESIGN
            self.alarm = moves.entered(*moved)

    @rule(who=PEOPLE)
    def acknowledges(self, who: str) -> None:
        before = self.alarm
        if self.does(lambda alarm: moves.acknowledged(alarm, who, self.now_ms)):
            self.presses += 1
            assert before.state in (State.UNACKNOWLEDGED, State.RETURNED_UNACKNOWLEDGED)
            assert self.alarm.acknowledged_by == who

    @rule(who=PEOPLE, forced=st.booleans())
    def closes(self, who: str, *, forced: bool) -> None:
        before = self.alarm
        if self.does(lambda alarm: moves.closed(alarm, who, self.now_ms, forced=forced)):
            assert before.state is State.ACKNOWLEDGED
            assert forced or before.kind is Kind.INCIDENT or not before.active

    @rule(who=PEOPLE)
    def resets(self, who: str) -> None:
        before = self.alarm
        if self.does(lambda alarm: moves.reset(alarm, who, self.now_ms)):
            assert before.latching
            assert not before.active

    @rule(who=PEOPLE)
    def reviews(self, who: str) -> None:
        before = self.alarm
        if self.does(lambda alarm: moves.reviewed(alarm, who, self.now_ms)):
            assert who not in (before.acknowledged_by, before.closed_by), "four eyes"
            assert before.state is State.NORMAL

    @rule()
    def shelves(self) -> None:
        self.does(lambda alarm: moves.shelved(alarm, self.now_ms + 60_000))

    @rule(move=st.sampled_from([moves.unshelved, moves.taken_out, moves.put_back, moves.unfolded]))
    def hides_or_shows(self, move: moves.Move) -> None:
        self.does(move)

    @rule()
    def folds(self) -> None:
        self.does(lambda alarm: moves.folded(alarm, "p1"))

    @invariant()
    def closed_means_that_nothing_is_left_to_do(self) -> None:
        if not self.alarm.open:
            assert self.alarm.state is State.NORMAL
        elif not self.alarm.review:
            assert self.alarm.state is not State.NORMAL, "what is over and needs no review is closed"

    @invariant()
    def nobody_misses_it(self) -> None:
        """Let it end unseen only where its cause was announced in its stead."""
        if self.alarm.state in (State.NORMAL, State.ACKNOWLEDGED) and self.presses == 0:
            assert self.ended_folded

    @invariant()
    def a_latching_alarm_holds_until_a_person_lets_it_go(self) -> None:
        if self.alarm.latching and self.alarm.state is State.NORMAL:
            assert self.alarm.closed_by is not None

    @invariant()
    def a_shelf_has_an_end_and_only_a_shelf(self) -> None:
        shelved = self.alarm.suppression is Suppression.SHELVED
        assert (self.alarm.shelved_until_ms is not None) == shelved

    @invariant()
    def what_has_no_cause_is_not_folded(self) -> None:
        if self.alarm.suppression is Suppression.SUPPRESSED_BY_DESIGN:
            assert self.alarm.parent == "p1"

    @invariant()
    def versions_never_outrun_the_timeline(self) -> None:
        assert 1 <= self.alarm.version <= self.alarm.entries


TestLifeOfAnAlarm = LifeOfAnAlarm.TestCase
TestLifeOfAnAlarm.settings = settings(max_examples=150, stateful_step_count=30, deadline=None)
