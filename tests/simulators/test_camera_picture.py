"""What pretend cameras see: scenes that live, what is wrong with a picture, what passes, and its encoding."""

import itertools
from dataclasses import replace
from functools import cache
from typing import Any

import av
import cv2
import numpy as np
import pytest

from simulators.camera.h264 import payloads
from simulators.camera.look import Look
from simulators.camera.loops import encode
from simulators.camera.picture import FALL_FROM_S, FALL_S, film, jpeg
from simulators.camera.scenes import SCENES, Picture

SMALL = {"width": 320, "height": 180, "fps": 5}


@cache
def seen(scene: str = "lane", **looks: Any) -> list[Picture]:
    return list(itertools.islice(film(Look(scene=scene, **{**SMALL, **looks})), 8))  # type: ignore[arg-type]  # any scene


def below_the_text(picture: Picture) -> Picture:
    return picture[30:]


def grey(picture: Picture) -> Picture:
    return np.asarray(cv2.cvtColor(below_the_text(picture), cv2.COLOR_BGR2GRAY), np.uint8)


def sharpness(picture: Picture) -> float:
    return float(cv2.Laplacian(grey(picture), cv2.CV_64F).var())


@pytest.mark.parametrize("scene", SCENES)
def test_a_healthy_picture_never_stands_still(scene: str) -> None:
    pictures = seen(scene)
    assert all(np.any(one != other) for one, other in itertools.pairwise(pictures))
    changed = [
        np.abs(grey(one).astype(int) - grey(other)).mean() for one, other in itertools.pairwise(pictures)
    ]
    assert min(changed) > 0.5, "its sensor has noise"
    assert 60 < grey(pictures[0]).mean() < 200


def test_a_film_is_the_same_again() -> None:
    again = list(itertools.islice(film(Look(scene="lane", **SMALL)), 8))
    assert all(np.array_equal(one, other) for one, other in zip(seen(), again, strict=True))


def test_it_grows_dark_and_lamps_help() -> None:
    day, evening, night = (float(grey(seen(light=light)[0]).mean()) for light in ("day", "evening", "night"))
    lit = float(grey(seen(light="night", lamps=True)[0]).mean())
    assert day > evening > night > 15
    assert lit > night + 10
    assert not np.ptp(below_the_text(seen(light="night")[0]).astype(int).mean(axis=(0, 1))) > 2, (
        "infra-red is grey"
    )


def test_a_frozen_picture_is_the_same_to_the_last_pixel() -> None:
    first, *others = seen(flaw="freeze")
    assert all(np.array_equal(first, other) for other in others)


def test_a_black_picture_is_black_but_lives() -> None:
    first, second, *_ = seen(flaw="black")
    assert grey(first).mean() < 3
    assert np.any(first != second)


def test_a_covered_picture_has_no_shapes() -> None:
    covered = seen(flaw="cover")[0]
    assert grey(covered).mean() > 8
    assert cv2.blur(grey(covered), (15, 15)).std() < 0.2 * cv2.blur(grey(seen()[0]), (15, 15)).std()


def test_an_unsharp_picture_is_as_bright_but_unsharp() -> None:
    sharp, unsharp = seen()[0], seen(flaw="defocus")[0]
    assert sharpness(unsharp) < 0.3 * sharpness(sharp)
    assert abs(grey(unsharp).mean() - grey(sharp).mean()) < 5


def test_a_moved_picture_shows_what_stood_a_third_to_the_right() -> None:
    here, moved = grey(seen()[0]), grey(seen(flaw="move")[0])
    assert np.abs(here[:, 108:].astype(int) - moved[:, 2:214]).mean() < 8
    assert np.abs(here.astype(int) - moved).mean() > 15


def test_what_falls_falls_ever_faster() -> None:
    still, falls = (Look(scene="facade", width=640, height=360, act=act) for act in (None, "object-falls"))
    heights = []
    for part in (0.3, 0.5, 0.7, 0.9):
        at_s = FALL_FROM_S + part * FALL_S
        before, now = (
            cv2.imdecode(np.frombuffer(jpeg(look, at_s), np.uint8), cv2.IMREAD_GRAYSCALE)
            for look in (still, falls)
        )
        rows, _ = np.nonzero(cv2.absdiff(before, now)[30:] > 60)
        heights.append(float(rows.mean()))
    steps = [after - before for before, after in itertools.pairwise(heights)]
    assert heights == sorted(heights)
    assert steps == sorted(steps)


@pytest.mark.parametrize("act", ["person-passes", "car-passes"])
def test_what_passes_is_seen_in_the_middle_of_its_way(act: str) -> None:
    look = Look(scene="garage", act=act)
    there, gone = jpeg(look, 2.0), jpeg(replace(look, act=None), 2.0)
    one, other = (cv2.imdecode(np.frombuffer(each, np.uint8), cv2.IMREAD_GRAYSCALE) for each in (there, gone))
    assert (cv2.absdiff(one, other) > 40).sum() > 500


def decoded(look: Look) -> list[Picture]:
    """Put the RTP payloads of a film together again, and let FFmpeg decode them."""
    decoder = av.CodecContext.create("h264", "r")
    pictures = []
    for shot in encode(look).shots:
        stream = b""
        for payload in shot.payloads:
            if payload[0] & 0x1F != 28:
                stream += b"\0\0\0\1" + payload
            else:
                start = (
                    b"\0\0\0\1" + bytes((payload[0] & 0xE0 | payload[1] & 0x1F,))
                    if payload[1] & 0x80
                    else b""
                )
                stream += start + payload[2:]
        pictures += decoder.decode(av.Packet(stream))
    pictures += decoder.decode(None)
    return [picture.to_ndarray(format="gray") for picture in pictures]


def test_a_film_is_encoded_with_a_key_picture_every_second() -> None:
    look = Look(scene="courtyard", **SMALL)
    made = encode(look)
    assert [shot.key for shot in made.shots] == [number % 5 == 0 for number in range(40)]
    assert made.shots[0].payloads[:2] == (made.sps, made.pps)
    assert max(len(payload) for shot in made.shots for payload in shot.payloads) <= 1400
    originals = [cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY) for picture in film(look)]
    for one, other in zip(decoded(look), originals, strict=True):
        assert np.abs(one.astype(int) - (16 + other.astype(int) * 219 // 255)).mean() < 6


def test_what_is_frozen_is_so_after_decoding_too() -> None:
    first, *others = decoded(Look(scene="lane", flaw="freeze", **SMALL))
    assert all(np.array_equal(first, other) for other in others)


def test_all_films_of_a_camera_have_the_same_parameter_sets() -> None:
    """A reader need not set up its decoder anew when another film begins."""
    day, night = (encode(Look(scene="lane", light=light, **SMALL)) for light in ("day", "night"))
    assert (day.sps, day.pps) == (night.sps, night.pps)
    assert list(payloads(day.sps)) == [day.sps]
