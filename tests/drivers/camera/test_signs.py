"""What pictures measure, on both sides of every threshold, and what must not raise an alarm.

Drawn scenes, our own: no footage of real cameras could be had.
"""

from collections.abc import Callable

import numpy as np
import pytest

from drivers.camera.health import Sign
from drivers.camera.picture import Stillness, encode_jpeg
from drivers.camera.reference import Learner, Reference
from drivers.camera.signs import signs
from tests.drivers.camera import scenes
from tests.drivers.camera.scenes import SCENES, Pixels, measured, picture


def learnt(*pictures: Pixels) -> Reference:
    """Learn a view from a second of it."""
    learner = Learner(0.1)
    for number, pixels in enumerate(pictures):
        learner.take(measured(pixels), number * 0.2)
    assert learner.learnt is not None
    return learner.learnt


def seen(pixels: Pixels, reference: Reference | None) -> set[Sign]:
    return set(signs(measured(pixels), still=False, learnt=reference))


@pytest.fixture(params=SCENES)
def scene(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def view(scene: str) -> Reference:
    return learnt(picture(scene), picture(scene, 10), picture(scene, 20))


SPOILT: list[tuple[str, Callable[[str], Pixels], Sign]] = [
    ("black", lambda scene: picture(scene, 5, flaw="black"), Sign.DARK),
    ("covered", lambda scene: picture(scene, 5, flaw="cover"), Sign.BARE),
    ("far out of focus", lambda scene: picture(scene, 5, flaw="defocus"), Sign.BLURRED),
    ("out of focus", lambda scene: scenes.blurred(picture(scene, 5), 5), Sign.BLURRED),
    ("turned by a third", lambda scene: picture(scene, 5, flaw="move"), Sign.DISPLACED),
    ("turned a little", lambda scene: np.roll(picture(scene, 5), 40, 1), Sign.DISPLACED),
]

HEALTHY: list[tuple[str, Callable[[str], Pixels]]] = [
    ("a second later", lambda scene: picture(scene, 15)),
    ("half the light", lambda scene: scenes.lit(picture(scene, 5), 0.5)),
    ("glaring light", lambda scene: scenes.lit(picture(scene, 5), 1.5)),
    ("evening", lambda scene: picture(scene, 5, light="evening")),
    ("evening, lamps on", lambda scene: picture(scene, 5, light="evening", lamps=True)),
    ("night", lambda scene: picture(scene, 5, light="night")),
    ("night, lamps on", lambda scene: picture(scene, 5, light="night", lamps=True)),
    ("rain", lambda scene: scenes.rainy(picture(scene, 5))),
    ("a car", lambda scene: picture(scene, 20, act="car-passes")),
    ("a person", lambda scene: picture(scene, 20, act="person-passes")),
    ("a lorry close by", lambda scene: scenes.behind_a_lorry(picture(scene, 5))),
    ("a shaking pole", lambda scene: np.roll(picture(scene, 5), 6, 1)),
]


@pytest.mark.parametrize(("draw", "sign"), [each[1:] for each in SPOILT], ids=[each[0] for each in SPOILT])
def test_spoilt_pictures(scene: str, view: Reference, draw: Callable[[str], Pixels], sign: Sign) -> None:
    assert seen(draw(scene), view) == {sign}


@pytest.mark.parametrize("draw", [each[1] for each in HEALTHY], ids=[each[0] for each in HEALTHY])
def test_what_is_no_fault(scene: str, view: Reference, draw: Callable[[str], Pixels]) -> None:
    assert seen(draw(scene), view) == set()


@pytest.mark.parametrize("flaw", ["cover", "defocus", "move"])
def test_spoilt_at_night_beside_the_view_of_the_night(scene: str, flaw: str) -> None:
    night = learnt(*(picture(scene, at, light="night", lamps=True) for at in (0, 10)))
    expected = {"cover": Sign.BARE, "defocus": Sign.BLURRED, "move": Sign.DISPLACED}
    assert seen(picture(scene, 5, light="night", lamps=True, flaw=flaw), night) == {expected[flaw]}


def test_black_and_nothing_at_all_need_no_learnt_view(scene: str) -> None:
    assert seen(picture(scene, flaw="black"), None) == {Sign.DARK}
    assert seen(scenes.behind_a_cap(), None) == {Sign.DARK}
    for light in ("day", "night"):
        assert seen(picture(scene, 5, flaw="cover", light=light), None) == {Sign.BARE}
        assert seen(picture(scene, 5, light=light), None) == set()


def test_a_night_with_a_lamp_is_not_black() -> None:
    assert seen(scenes.night_with_one_lamp(), None) == set()


def test_a_plain_wall_is_neither_covered_nor_blurred() -> None:
    wall = learnt(scenes.plain_wall(), scenes.plain_wall())
    assert seen(scenes.lit(scenes.plain_wall(), 0.8), wall) == set()


def test_infra_red_is_told_from_colours() -> None:
    assert measured(picture()).coloured
    assert not measured(picture(light="night")).coloured


class TestStillness:
    def still_s(self, pictures: list[Pixels]) -> float:
        still = Stillness()
        return [still.look(scenes.planes(each)[0], float(at)) for at, each in enumerate(pictures)][-1]

    def test_the_same_picture_is_still(self) -> None:
        assert self.still_s([picture()] * 6) == 5

    def test_a_clock_that_goes_on_is_not(self) -> None:
        frozen = [picture(at=1) for _ in range(3)]
        assert self.still_s([*frozen, picture(at=11)]) == 0

    def test_noise_is_not(self) -> None:
        chance = np.random.default_rng(1)
        noisy = [np.clip(picture() + chance.normal(0, 1.5, (360, 640, 1)), 0, 255) for _ in range(4)]
        assert self.still_s([each.astype(np.uint8) for each in noisy]) == 0

    def test_what_a_codec_does_to_a_still_picture_is(self) -> None:
        chance = np.random.default_rng(1)
        recoded = [picture() + chance.integers(0, 2, (360, 640, 1), np.uint8) // 2 for _ in range(4)]
        assert self.still_s(recoded) == 3


class TestReference:
    def test_it_survives_being_written(self, view: Reference) -> None:
        assert Reference.parse(view.text()) == view
        assert len(view.text()) < 4096

    @pytest.mark.parametrize("text", [None, 7, "", "{}", '{"textured":1,"focus":1,"view":"AAAA"}'])
    def test_nonsense_is_no_view(self, text: object) -> None:
        assert Reference.parse(text) is None

    def test_it_follows_the_daylight_and_not_a_passer_by(self) -> None:
        learner = Learner(0.1)
        for at in (0.0, 0.2):
            learner.take(measured(picture()), at)
        first = learner.learnt
        assert first is not None
        for step in range(25):
            learner.take(measured(scenes.behind_a_lorry(picture())), 0.2 + step * 0.2)
        assert learner.learnt is not None
        assert abs(learner.learnt.textured - first.textured) < 0.01
        for step in range(3600):
            learner.take(measured_once, 5.2 + step)
        assert np.abs(learner.learnt.picture.astype(int) - measured_once.view).mean() < 2


measured_once = measured(picture(light="evening"))


def test_a_jpeg_fits_or_is_refused() -> None:
    noise = np.random.default_rng(2).integers(0, 255, (720, 1280, 3), np.uint8)
    assert len(encode_jpeg(noise, limit=700_000)) <= 700_000
    with pytest.raises(ValueError, match="does not fit"):
        encode_jpeg(noise, limit=1000)
