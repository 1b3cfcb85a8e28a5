"""What a pretend camera sees: a scene in some light, what passes, what is wrong, noise, and a clock."""

import math
from collections.abc import Iterator
from functools import lru_cache
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from simulators.camera.look import ACT_S, LOOP_S, Light, Look
from simulators.camera.scenes import HEIGHT, SCENES, WIDTH, Picture, car, person

cv2.setNumThreads(1)  # films are made beside the pretend hardware, not instead of it

FALL_S = 2.0
FALL_FROM_S = 0.5
_NOISE_FIELDS = 8
_MIX: dict[Light, tuple[float, float, float]] = {
    "day": (1, 1, 1),
    "evening": (0.5, 0.58, 0.7),
    "night": (0.36,) * 3,
}


def film(look: Look) -> Iterator[Picture]:
    """Paint all pictures of a film, in order."""
    noise = _noise(look.width, look.height)
    chance = np.random.default_rng(11)
    for number in range(look.length):
        at = 0 if look.flaw == "freeze" else number
        picture = _seen(look, at / look.fps)
        if look.flaw != "freeze":
            grain = np.roll(noise[at % _NOISE_FIELDS], tuple(chance.integers(0, 90, 2)), (0, 1))
            picture = cast(Picture, cv2.add(picture, grain, dtype=cv2.CV_8U))
        _clock(picture, look, at / look.fps)
        yield picture


def jpeg(look: Look, at_s: float = 0.0) -> bytes:
    """Paint one picture, `at_s` seconds after the start of the film, as a JPEG."""
    picture = _seen(look, at_s)
    _clock(picture, look, at_s)
    return bytes(cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 80])[1])


def _seen(look: Look, at_s: float) -> Picture:
    if look.flaw == "black":
        return np.zeros((look.height, look.width, 3), np.uint8)
    scene = SCENES[look.scene]
    picture = _still(look.scene).copy()
    scene.moving(picture, at_s % LOOP_S / LOOP_S)
    _pass(picture, look, at_s)
    lit = cv2.multiply(picture, _lighting(look.scene, look.light, look.lamps), dtype=cv2.CV_8U)
    if look.light == "night":
        lit = cv2.cvtColor(cv2.cvtColor(lit, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
    if look.flaw == "cover":  # a bag over the lens: a little light, no shapes
        lit = cv2.addWeighted(cv2.blur(lit, (301, 301)), 0.25, np.full_like(lit, 40), 0.5, 0)
    elif look.flaw == "defocus":
        lit = cv2.GaussianBlur(lit, (0, 0), 13)
    elif look.flaw == "move":
        lit = np.concatenate([lit[:, WIDTH // 3 :], lit[:, -1 : -WIDTH // 3 : -1]], axis=1)
    if (look.width, look.height) != (WIDTH, HEIGHT):
        lit = cv2.resize(lit, (look.width, look.height), interpolation=cv2.INTER_AREA)
    return cast(Picture, lit)


def _pass(picture: Picture, look: Look, at_s: float) -> None:
    left, left_y, right, right_y, size = SCENES[look.scene].way
    along = at_s / ACT_S
    x, y = int(left + (right - left) * along), int(left_y + (right_y - left_y) * along)
    if look.act == "person-passes":
        person(picture, x, y, size, along * 8, (60, 120, 40))
    elif look.act == "car-passes":
        car(picture, x, y, size, (170, 90, 40))
    elif look.act == "object-falls" and at_s >= FALL_FROM_S:
        fell_s = at_s - FALL_FROM_S
        fallen = HEIGHT * (fell_s / FALL_S) ** 2  # steady acceleration, from the upper edge to the lower
        centre = (250 + 12 * fell_s, 20 + fallen)
        corners = cv2.boxPoints((centre, (13, 9), 140 * fell_s))
        cv2.fillConvexPoly(picture, corners.astype(np.int32), (30, 30, 40))


@lru_cache(maxsize=len(SCENES))
def _still(scene: str) -> Picture:
    picture: Picture = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    SCENES[scene].still(picture)
    return picture


@lru_cache(maxsize=2 * len(SCENES))
def _lighting(scene: str, light: Light, lamps: bool) -> NDArray[np.float32]:
    gain = np.empty((HEIGHT, WIDTH, 3), np.float32)
    gain[:] = _MIX[light]
    if lamps and light != "day":
        y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
        for lamp_x, lamp_y, radius in SCENES[scene].lamps:
            pool = np.exp(-(((x - lamp_x) / radius) ** 2 + ((y - lamp_y) / radius) ** 2) * 3)
            gain += 0.45 * pool[:, :, None]
    return gain


@lru_cache(maxsize=4)
def _noise(width: int, height: int) -> list[NDArray[np.int16]]:
    chance = np.random.default_rng(7)
    shape = (height, width, 3)
    return [np.rint(chance.normal(0, 2.5, shape)).astype(np.int16) for _ in range(_NOISE_FIELDS)]


def _clock(picture: Picture, look: Look, at_s: float) -> None:
    """Write what most cameras do, and turn a hand: the film repeats, so it shows no time of day."""
    text = f"{look.scene.upper()} {at_s:04.1f}"
    for colour, thickness in (((0, 0, 0), 3), ((255, 255, 255), 1)):
        cv2.putText(picture, text, (8, 18), cv2.FONT_HERSHEY_SIMPLEX, 0.45, colour, thickness, cv2.LINE_AA)
    centre, turn = (look.width - 16, 16), 2 * math.pi * at_s
    cv2.circle(picture, centre, 9, (255, 255, 255), cv2.FILLED)
    tip = (int(centre[0] + 8 * math.sin(turn)), int(centre[1] - 8 * math.cos(turn)))
    cv2.line(picture, centre, tip, (0, 0, 0), 2)
