"""What is sent to a host that has come so far: in order, a few at a time, again if it does not get on."""

import pytest

from contract.lists import Held, Staged
from hub.lists.following import LONGEST_PATIENCE_S, PATIENCE_S, WINDOW, Following, Wanted
from hub.lists.reading import Head

HEAD = Head("one", 100)


def held(revision: int, edition: str = "one", staged: int | None = None) -> Held:
    coming = None if staged is None else Staged(edition="one", revision=staged)
    return Held(edition=edition, revision=revision, entries=0, staged=coming)


@pytest.fixture
def following() -> Following:
    return Following()


def pushing(following: Following) -> bool:
    return following.pushing


def test_whoever_has_all_gets_nothing(following: Following) -> None:
    following.heard(held(100), 0)
    assert following.current(HEAD)
    assert following.wanted(HEAD, 0) is None
    assert following.due(HEAD) == float("inf")


def test_a_host_gets_what_it_lacks(following: Following) -> None:
    following.heard(held(90), 0)
    wanted = following.wanted(HEAD, 0)
    assert wanted == Wanted(90, 0)
    following.sent(wanted, HEAD, 100, 0)
    assert following.wanted(HEAD, 0) is None
    assert pushing(following)
    # A change that comes meanwhile does not wait for the host's word.
    assert following.wanted(Head("one", 101), 0) == Wanted(100, 0)
    following.heard(held(100), 1)
    assert following.wanted(HEAD, 1) is None
    assert not pushing(following)


@pytest.mark.parametrize(
    "first",
    [held(0, edition=""), held(0), held(40, edition="two")],
    ids=["never", "empty", "another edition"],
)
def test_a_host_begins_anew(following: Following, first: Held) -> None:
    following.heard(first, 0)
    assert following.wanted(HEAD, 0) == Wanted(0, 100)


def test_a_list_that_was_never_written_replaces_none(following: Following) -> None:
    following.heard(held(40, edition="two"), 0)
    assert following.wanted(Head("one", 0), 0) is None
    assert not pushing(following)
    following.heard(held(0, edition=""), 0)
    assert following.wanted(Head("one", 0), 0) == Wanted(0, 0)


def test_a_host_goes_on_where_it_was(following: Following) -> None:
    following.heard(held(40, edition="two", staged=60), 0)
    assert following.wanted(HEAD, 0) == Wanted(60, 0)


def test_what_came_whole_but_is_not_in_force_is_asked_for_once_more(following: Following) -> None:
    following.heard(held(40, edition="two", staged=100), 0)
    wanted = following.wanted(HEAD, 0)
    assert wanted == Wanted(100, 0)
    following.sent(wanted, HEAD, 100, 0)
    assert following.wanted(HEAD, 0) is None
    assert following.wanted(HEAD, PATIENCE_S) == wanted


def push(following: Following, now: float = 0) -> list[int]:
    """Send in tens until no more may be under way; from where each began."""
    begun = []
    while (wanted := following.wanted(HEAD, now)) is not None:
        begun.append(wanted.after)
        following.sent(wanted, HEAD, min(wanted.after + 10, 100), now)
    return begun


def test_only_so_much_is_under_way(following: Following) -> None:
    following.heard(held(0, edition=""), 0)
    assert push(following) == [0, 10, 20, 30]
    assert WINDOW == 4
    following.heard(held(0, edition="", staged=20), 0)
    assert push(following) == [40, 50]
    following.heard(held(0, edition="", staged=60), 0)
    assert push(following) == [60, 70, 80, 90]
    following.heard(held(100), 0)
    assert push(following) == []


def test_what_brings_no_progress_is_sent_again_ever_more_rarely(following: Following) -> None:
    following.heard(held(0, edition=""), 0)
    push(following)
    following.heard(held(0, edition="", staged=20), 1)
    push(following, 1)
    assert push(following, 1 + PATIENCE_S - 0.1) == []
    assert following.due(HEAD) == 1 + PATIENCE_S
    again = 1 + PATIENCE_S
    assert push(following, again) == [20, 30, 40, 50]
    assert not pushing(following)
    assert push(following, again + PATIENCE_S) == []
    for _ in range(10):
        again += LONGEST_PATIENCE_S
        assert push(following, again) == [20, 30, 40, 50]
    following.heard(held(0, edition="", staged=60), again)
    assert pushing(following)
    assert push(following, again) == [60, 70, 80, 90]


def test_a_host_that_starts_again_begins_again(following: Following) -> None:
    following.heard(held(40, edition="two"), 0)
    push(following)
    following.heard(held(40, edition="two", staged=20), 0)
    following.heard(held(40, edition="two"), 0)
    assert push(following) == [0, 10, 20, 30]
    following.heard(held(40, edition="two", staged=40), 0)
    following.heard(held(40, edition="two", staged=10), 0)
    assert push(following) == [10, 20, 30, 40]


def test_what_was_sent_before_something_else_began_does_not_count(following: Following) -> None:
    following.heard(held(0, edition=""), 0)
    wanted = following.wanted(HEAD, 0)
    assert wanted is not None
    following.forget()
    following.sent(wanted, HEAD, 10, 0)
    assert following.wanted(HEAD, 0) == wanted
    following.sent(wanted, Head("two", 100), 10, 0)
    assert following.wanted(HEAD, 0) == wanted


def test_another_edition_of_the_ledger_begins_anew(following: Following) -> None:
    following.heard(held(90), 0)
    push(following)
    assert following.wanted(Head("three", 5), 0) == Wanted(0, 5)


def test_a_host_may_be_ahead(following: Following) -> None:
    following.heard(held(101), 0)
    assert following.ahead(HEAD)
    following.heard(held(40, edition="two", staged=101), 0)
    assert following.ahead(HEAD)
    following.heard(held(101, edition="two"), 0)
    assert not following.ahead(HEAD)


def test_it_is_known_since_when_a_host_lacks_something(following: Following) -> None:
    following.note(HEAD, 1)
    following.note(HEAD, 2)
    assert following.behind_since_ms == 1
    following.heard(held(100), 0)
    following.note(HEAD, 3)
    assert following.behind_since_ms is None
