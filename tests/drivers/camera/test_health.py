"""The tables of a picture's health: complete, and quick enough."""

from itertools import chain, combinations, product

import pytest

from drivers.camera.health import (
    CHANGES,
    CONFIRM_S,
    EVENT_OF,
    LOST,
    PICTURE_RESTORED,
    PRECEDENCE,
    SIGNAL_LOST,
    SIGNAL_RESTORED,
    SPOILT,
    Picture,
    Sign,
    judge,
)
from drivers.camera.model import CAMERA

P = Picture


def test_every_set_of_signs_is_judged() -> None:
    sets = chain.from_iterable(combinations(Sign, size) for size in range(len(Sign) + 1))
    judged = {frozenset(signs): judge(frozenset(signs)) for signs in sets}
    assert judged[frozenset()] is P.OK
    assert set(judged.values()) == SPOILT | {P.OK}
    for signs, picture in judged.items():
        first = next((each for sign, each in PRECEDENCE if sign in signs), P.OK)
        assert picture is first


def test_a_camera_is_known_bad_within_ten_seconds() -> None:
    assert set(CONFIRM_S) == set(Picture)
    assert max(CONFIRM_S.values()) <= 9


def test_every_change_is_in_the_table_and_reports_what_the_model_has() -> None:
    assert set(CHANGES) == set(product((None, *Picture), Picture))
    assert {event for events in CHANGES.values() for event in events} <= set(CAMERA.events)
    assert set(EVENT_OF) == set(Picture) - {P.OK}


@pytest.mark.parametrize("same", Picture)
def test_what_does_not_change_is_not_reported(same: Picture) -> None:
    assert CHANGES[same, same] == ()


@pytest.mark.parametrize(
    ("before", "after", "events"),
    [
        (None, P.OK, ()),
        (None, P.BLACK, (EVENT_OF[P.BLACK],)),
        (P.OK, P.STALLED, (SIGNAL_LOST,)),
        (P.STALLED, P.NO_SIGNAL, ()),  # one loss, not two
        (P.NO_SIGNAL, P.OK, (SIGNAL_RESTORED,)),
        (P.NO_SIGNAL, P.COVERED, (SIGNAL_RESTORED, EVENT_OF[P.COVERED])),
        (P.COVERED, P.OK, (PICTURE_RESTORED,)),
        (P.COVERED, P.BLACK, (EVENT_OF[P.BLACK],)),
        (P.FROZEN, P.NO_SIGNAL, (SIGNAL_LOST,)),
    ],
)
def test_changes(before: Picture | None, after: Picture, events: tuple[str, ...]) -> None:
    assert CHANGES[before, after] == events


def test_no_loss_goes_unreported_and_no_end_of_it() -> None:
    for before, after in product(Picture, Picture):
        events = CHANGES[before, after]
        assert (SIGNAL_LOST in events) is (after in LOST and before not in LOST)
        assert (SIGNAL_RESTORED in events) is (before in LOST and after not in LOST)
