"""Gaps in a device's events, and how far an outbox is complete."""

import random

from hypothesis import given
from hypothesis import strategies as st

from hub.ledger.numbering import MAX_RUNS, OutboxProgress, Position


def heard(*events: tuple[str, int]) -> Position:
    position = Position()
    for boot, sequence in events:
        position = position.after(boot, sequence)
    return position


def test_first_event_ever_says_nothing_about_those_before() -> None:
    assert heard(("7", 40)).missed == 0
    assert heard(("7", 40), ("7", 39)).missed == 0


def test_gap_counts_as_missed_until_it_is_filled_late() -> None:
    assert heard(("7", 1), ("7", 4)).missed == 2
    assert heard(("7", 1), ("7", 4), ("7", 2)).missed == 1
    assert heard(("7", 1), ("7", 4), ("7", 2), ("7", 3)).missed == 0


def test_later_run_begins_at_one() -> None:
    assert heard(("7", 5), ("8", 3)).missed == 2


def test_event_without_number_changes_nothing() -> None:
    position = heard(("7", 5), ("7", 7))
    assert position.after(None, None) == position


def test_what_very_old_runs_missed_stays_missed() -> None:
    position = heard(("0", 1), ("0", 4), *((str(boot), 1) for boot in range(1, 3 * MAX_RUNS)))
    assert (len(position.runs), position.missed) == (MAX_RUNS, 2)


@given(
    st.lists(st.integers(1, 12), min_size=1, max_size=MAX_RUNS - 1),
    st.randoms(use_true_random=False),
    st.data(),
)
def test_runs_may_arrive_in_any_order(lengths: list[int], order: random.Random, data: st.DataObject) -> None:
    sent = [(str(boot), number) for boot, length in enumerate(lengths) for number in range(1, length + 1)]
    arrived = data.draw(st.lists(st.sampled_from(sent), unique=True))
    order.shuffle(arrived)
    highest = dict(sorted(arrived))
    below = [(boot, number) for boot, number in sent if number <= highest.get(boot, 0)]
    assert heard(("first", 1), *arrived).missed == len(set(below) - set(arrived))


@given(st.integers(1, 60), st.randoms(use_true_random=False))
def test_outbox_is_complete_whatever_the_order(count: int, order: random.Random) -> None:
    numbers = list(range(1, count + 1))
    order.shuffle(numbers)
    progress = OutboxProgress("a")
    for number in numbers:
        before = progress.upto
        progress = progress.with_numbers([number], 1)
        assert progress.upto >= before
    assert progress == OutboxProgress("a", count)


@given(st.sets(st.integers(1, 40)))
def test_nothing_is_missing_below_upto(numbers: set[int]) -> None:
    progress = OutboxProgress("a").with_numbers(numbers, None)
    assert set(range(1, progress.upto + 1)) <= numbers
    assert progress.upto + 1 not in numbers


def test_new_ledger_begins_where_the_host_still_keeps_events() -> None:
    progress = OutboxProgress("a").with_numbers([503], 501)
    assert progress.upto == 500
    assert progress.with_numbers([501, 502], 501).upto == 503
