"""Gaps in a device's events, and how far an outbox is complete."""

import random

from hypothesis import given
from hypothesis import strategies as st

from hub.ledger.numbering import OutboxProgress, Position


def test_first_event_ever_says_nothing_about_those_before() -> None:
    assert Position().after("7", 40) == Position("7", 40, 0)


def test_gap_counts_as_missed_until_it_is_filled_late() -> None:
    position = Position().after("7", 1).after("7", 4)
    assert position.missed == 2
    assert position.after("7", 2).missed == 1
    assert position.after("7", 2).after("7", 3).missed == 0


def test_later_run_begins_at_one() -> None:
    position = Position().after("7", 5).after("8", 3)
    assert position == Position("8", 3, 2)


def test_event_without_number_changes_nothing() -> None:
    position = Position("7", 5, 1)
    assert position.after(None, None) == position


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
