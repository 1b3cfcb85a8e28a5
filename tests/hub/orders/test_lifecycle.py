"""The chain is a total table, its diagram is the one in the docs, and no walk through it goes astray."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from contract.errors import HemeiError
from hub.orders.book import Draft
from hub.orders.calendar import Calendar
from hub.orders.kinds import WorkingHours
from hub.orders.lifecycle import CHAIN, OVER, State, Step, diagram, possible
from hub.orders.limits import Due, due, next_ms, to_tell
from hub.orders.moves import Moment, Press, pictured, pressed
from hub.orders.order import Times, WorkOrder
from tests.hub.orders.made import CHECKED, MINUTE, SHANGHAI

PAGE = Path(__file__).parents[3] / "docs" / "work-orders.md"
CALENDAR = Calendar(WorkingHours(), SHANGHAI)
PEOPLE = ("user:li.wei", "user:wang.fang")


def test_every_state_has_an_answer_to_every_step() -> None:
    assert set(CHAIN) == set(State)
    assert all(set(steps) == set(Step) for steps in CHAIN.values())


def test_every_state_is_reached_and_none_is_a_trap() -> None:
    reached, new = set(), {State.REPORTED}
    while new - reached:
        reached |= new
        new = {after for state in new for after in CHAIN[state].values() if after is not None}
    assert reached == set(State)
    assert all(possible(state) for state in State)
    assert all(possible(state) == [Step.REOPEN] for state in OVER)


def test_the_page_shows_the_chain_as_it_is() -> None:
    assert f"```mermaid\n{diagram()}```" in PAGE.read_text(encoding="utf-8")


def order() -> WorkOrder:
    draft = Draft(kind=CHECKED, site="hemei", title=CHECKED.title, start_ms=0)
    return WorkOrder(
        id="0" * 32,
        tenant="default",
        number=1,
        site=draft.site,
        kind=CHECKED.key,
        terms=CHECKED,
        title=draft.title,
        start_ms=0,
        made_ms=0,
        respond=Times(near_ms=8 * MINUTE, by_ms=10 * MINUTE),
        resolve=Times(near_ms=45 * MINUTE, by_ms=60 * MINUTE),
    )


presses = st.builds(
    Press,
    step=st.sampled_from(Step),
    note=st.sampled_from(["", " ", "看过了"]),
    to=st.sampled_from([None, *PEOPLE]),
)
walks = st.lists(st.tuples(st.one_of(st.none(), presses), st.sampled_from(PEOPLE), st.integers(0, 30)))


@given(walks)
def test_whatever_people_do_an_order_makes_sense(walk: list[tuple[Press | None, str, int]]) -> None:
    """A press of None is a picture."""
    now, now_ms = order(), 0
    for press, who, minutes in walk:
        now_ms += minutes * MINUTE
        before = now
        try:
            now = pictured(now) if press is None else pressed(now, press, Moment(who, now_ms, CALENDAR))
        except HemeiError:
            continue
        assert press is None or now.state is CHAIN[before.state][press.step]
        assert now.open == (now.state not in OVER)
        assert (now.done_ms is not None) == (now.state in (State.DONE, State.CLOSED))
        assert (now.taken_by is not None) >= (now.state in (State.TAKEN, State.ON_SITE))
        assert now.state is not State.CLOSED or now.closed_by != now.done_by
        assert now.state is not State.DONE or before.proofs > 0 or before.state is State.DONE
        assert before.responded_ms in (None, now.responded_ms), "the first response stays"
        if not now.open or now.state is State.DONE:
            assert (due(now, now_ms), next_ms(now), to_tell(now, now_ms)) == (Due.IN_TIME, None, None)
