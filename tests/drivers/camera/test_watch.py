"""A picture watched over time: what is believed when, what is reported once, and what never."""

from collections.abc import Callable

import pytest

from drivers.camera.picture import compare
from drivers.camera.reference import Reference
from drivers.camera.watch import Look, Watch
from drivers.runtime.interface import Happening
from tests.drivers.camera import scenes
from tests.drivers.camera.scenes import Pixels, measured, picture

FPS = 5


class Player:
    """Shows pictures to a watch, five a second."""

    def __init__(self, watch: Watch | None = None) -> None:
        self.watch = watch or Watch(learn_s=4.0, frozen_s=5.0, stalled_s=3.0)
        self.at = 0.0
        self.reports: list[tuple[float, Happening]] = []

    def show(self, pixels: Pixels, seconds: float, *, still: bool = False) -> None:
        """Show one picture for a while; `still` says that nothing in it moves."""
        measures, began = measured(pixels), self.at
        for _ in range(round(seconds * FPS)):
            self.at += 1 / FPS
            look = Look(self.at, measures, self.at - began if still else 0.0)
            self.reports += [(self.at - began, each) for each in self.watch.look(look)]

    def types(self) -> list[str]:
        """Return what was reported, in short."""
        return [report.type.removeprefix("hemei.camera.") for _, report in self.reports]


@pytest.fixture
def player() -> Player:
    """Give a player whose watch has learnt the view."""
    player = Player()
    player.show(picture(), 6)
    assert player.watch.picture == "ok"
    assert player.reports == []
    return player


def test_nothing_is_said_to_be_fine_before_the_view_is_learnt() -> None:
    player = Player()
    player.show(picture(), 3)
    assert player.watch.picture is None
    player.show(picture(), 3)
    assert player.watch.picture == "ok"


@pytest.mark.parametrize(
    ("draw", "state"),
    [
        (lambda: picture(flaw="black"), "black"),
        (lambda: picture(flaw="cover"), "covered"),
        (lambda: picture(flaw="defocus"), "out-of-focus"),
        (lambda: picture(flaw="move"), "moved"),
    ],
)
def test_it_is_known_within_ten_seconds_told_once_and_so_is_its_end(
    player: Player, draw: Callable[[], Pixels], state: str
) -> None:
    player.show(draw(), 30)
    assert player.watch.picture == state
    ((after_s, _),) = player.reports
    assert after_s <= 10
    player.show(picture(), 5)
    assert player.watch.picture == "ok"
    assert player.types()[1:] == ["picture-restored"]
    assert player.reports[1][1].data == {"was": state}


def test_a_frozen_picture_is_known_within_ten_seconds(player: Player) -> None:
    player.show(picture(), 12, still=True)
    assert player.types() == ["picture-frozen"]
    assert player.reports[0][0] <= 10
    player.show(picture(), 5)
    assert player.types() == ["picture-frozen", "picture-restored"]


@pytest.mark.parametrize(
    ("draw", "seconds"),
    [
        (lambda: scenes.behind_a_lorry(picture()), 60.0),
        (lambda: scenes.rainy(picture()), 60.0),
        (lambda: picture(light="evening"), 60.0),
        (lambda: picture(light="evening", lamps=True), 60.0),
        (lambda: picture(flaw="cover"), 3.0),  # somebody passes so close that nothing else is seen
        (lambda: picture(flaw="black"), 2.0),  # a camera switches to night
        (lambda: picture(flaw="defocus"), 5.0),  # an autofocus hunts
        (lambda: picture(flaw="move"), 5.0),  # a gust of wind
    ],
)
def test_no_false_alarm(player: Player, draw: Callable[[], Pixels], seconds: float) -> None:
    for _ in range(3):
        player.show(draw(), seconds)
        player.show(picture(), 5)
    assert player.reports == []


def test_a_glitch_does_not_begin_the_waiting_anew(player: Player) -> None:
    for _ in range(2):
        player.show(picture(flaw="cover"), 4)
        player.show(scenes.rainy(picture()), 0.2)
    assert player.types() == ["covered"]


def test_night_is_learnt_beside_the_day_without_an_alarm(player: Player) -> None:
    for _ in range(2):
        player.show(picture(light="night", lamps=True), 20)
        player.show(picture(), 20)
    assert player.reports == []
    assert all(player.watch.views.values())
    player.show(picture(light="night", lamps=True, flaw="move"), 10)
    assert player.types() == ["moved"]


def test_a_covered_camera_that_loses_its_colours_does_not_learn_the_cover(player: Player) -> None:
    grey = picture("bike-shed", flaw="cover")
    grey[:] = grey.mean(axis=2, keepdims=True).astype(grey.dtype)
    player.show(grey, 60)
    assert player.watch.picture == "covered"
    assert player.watch.views[False] is None


def test_a_view_may_be_learnt_anew(player: Player) -> None:
    player.show(picture(flaw="move"), 10)
    assert player.watch.picture == "moved"
    player.watch.forget_view()
    player.show(picture(flaw="move"), 10)
    assert player.watch.picture == "ok"
    assert player.types() == ["moved", "picture-restored"]


def test_packets_that_do_not_come_and_pictures_that_cannot_be_made(player: Player) -> None:
    assert player.watch.quiet(2.9, 2.9) == []
    assert [each.data for each in player.watch.quiet(3.1, 3.1)] == [{"cause": "stalled"}]
    assert player.watch.quiet(4.0, 4.0) == []
    assert player.watch.lost() == [], "one loss"
    player.show(picture(), 3)
    assert player.types() == ["signal-restored"]
    assert [each.data for each in player.watch.quiet(0.1, 9.0)] == [{"cause": "stalled"}]


def test_what_was_told_and_learnt_outlives_a_restart(player: Player) -> None:
    player.show(picture(flaw="cover"), 10)
    told, views = player.watch.told, player.watch.views
    again = Player()
    again.watch.recall(str(told), {key: view and Reference.parse(view.text()) for key, view in views.items()})
    again.show(picture(flaw="cover"), 10)
    assert again.watch.picture == "covered"
    assert again.reports == [], "it is told once"
    again.show(picture(), 3)
    assert again.types() == ["picture-restored"]


@pytest.mark.parametrize("told", [None, 3, "nonsense"])
def test_a_memory_that_makes_no_sense_is_none(told: object) -> None:
    player = Player()
    player.watch.recall(told, {True: None, False: None})
    player.show(picture(flaw="black"), 5)
    assert player.types() == ["picture-black"]


def test_a_slow_drift_is_followed_but_not_a_turn(player: Player) -> None:
    first = player.watch.views[True]
    player.show(picture(light="evening"), 600)
    second = player.watch.views[True]
    assert first is not None
    assert second is not None
    assert first.picture.mean() - second.picture.mean() > 15
    assert compare(second.picture, first.picture).likeness > 0.9
    assert player.reports == []
