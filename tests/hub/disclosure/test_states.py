"""The way of a disclosure: a total table, drawn in the docs as it is; no walk lets data out alone."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from hub.disclosure import moves
from hub.disclosure.bases import in_force
from hub.disclosure.moves import By, Press, Terms
from hub.disclosure.request import TOLD, Disclosure, Draft
from hub.disclosure.scope import DAY_MS
from hub.disclosure.states import OVER, PRESSES, WAYS, State, Step, diagram, possible
from tests.hub.disclosure.made import BUNDLE, CHEN, HE, ZHAO, draft

PAGE = Path(__file__).parents[3] / "docs" / "police-desk.md"
TERMS = Terms(in_force(()), decide_days=7, keep_days=30)
WHOLE = frozenset({State.READY, State.HANDED_OVER})


def disclosure() -> Disclosure:
    asked = draft()
    return Disclosure(
        **{name: getattr(asked, name) for name in Draft.__struct_fields__},
        id="0" * 32,
        tenant="default",
        year=2026,
        n=7,
        terms=TERMS.bases["criminal"],
        requested_by=ZHAO.who,
        requested_ms=0,
        expires_ms=7 * DAY_MS,
    )


def test_every_state_has_an_answer_to_every_step_and_every_step_a_word() -> None:
    assert set(WAYS) == set(State)
    assert all(set(steps) == set(Step) for steps in WAYS.values())
    assert set(TOLD) == set(Step)
    assert disclosure().number == "2026-0007"


def test_every_state_is_reached_and_only_the_last_lead_nowhere() -> None:
    reached, new = set(), {State.REQUESTED}
    while new - reached:
        reached |= new
        new = {after for state in new for after in WAYS[state].values() if after is not None}
    assert reached == set(State)
    assert {state for state in State if not any(WAYS[state].values())} == OVER
    assert all(possible(state) for state in State if state not in OVER)


def test_the_page_shows_the_way_as_it_is() -> None:
    assert f"```mermaid\n{diagram()}```" in PAGE.read_text(encoding="utf-8")


steps = st.tuples(
    st.sampled_from(Step),
    st.sampled_from([ZHAO.who, CHEN.who, HE.who, "token:desk", "link:supervisor", "hub"]),
    st.integers(0, 3),
)


@given(st.lists(steps, max_size=12))
def test_no_walk_lets_data_out_by_one_person_or_after_its_time(walk: list[tuple[Step, str, int]]) -> None:
    found, now_ms, released_ms = disclosure(), 0, None
    for step, who, days in walk:
        now_ms += days * DAY_MS
        by = By(who, now_ms, releases=True)
        if moves.is_over(found, now_ms):
            found = moves.moved(found, Press(step=Step.LAPSE), by, TERMS)
        if moves.refusal(found, step, by, TERMS) is not None or step is Step.LAPSE:
            continue
        before, found = found, moves.moved(found, Press(step=step, to="周正", made=BUNDLE), by, TERMS)
        assert found.version == before.version + 1
        released_ms = now_ms if step is Step.APPROVE else released_ms
        if found.state in WHOLE | {State.APPROVED, State.MAKING}:
            assert found.decided_by in (CHEN.who, HE.who)
            assert found.decided_by != found.requested_by
        if found.state in WHOLE:
            assert found.made == BUNDLE
        if step is Step.BEGIN and before.state is State.APPROVED:
            assert released_ms is not None
            assert now_ms < released_ms + found.terms.release_days * DAY_MS
    if found.state in OVER:
        assert found.expires_ms is None


def test_people_press_what_stands_among_the_presses_alone() -> None:
    assert {Step.BEGIN, Step.FINISH, Step.FAIL, Step.LAPSE}.isdisjoint(PRESSES)
    assert possible(State.REQUESTED) == [Step.APPROVE, Step.REJECT, Step.WITHDRAW]
    assert possible(State.READY) == [Step.WITHDRAW, Step.HAND]
