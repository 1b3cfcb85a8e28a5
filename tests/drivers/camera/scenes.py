"""Drawn scenes as a camera's decoder gives them, in every light, with what happens in front of a camera."""

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from drivers.camera.picture import Grey, Measures, measure
from simulators.camera.look import Look
from simulators.camera.picture import film

Pixels = NDArray[np.uint8]

SCENES = ("lane", "courtyard", "bike-shed", "facade", "garage")


@lru_cache(maxsize=256)
def picture(scene: str = "courtyard", at: int = 0, **look: object) -> Pixels:
    """Draw picture number `at` of a film, with the noise of a sensor and the clock that cameras write."""
    for number, drawn in enumerate(film(Look(scene=scene, **look))):  # type: ignore[arg-type]  # tests name fields
        if number == at:
            return np.asarray(drawn, np.uint8)
    raise IndexError(at)


def planes(pixels: Pixels) -> tuple[Grey, Grey]:
    """Return brightness and blue difference as video has them: 16 is black, 235 white (ITU-R BT.601)."""
    whole = cv2.cvtColor(pixels, cv2.COLOR_BGR2YUV_I420)
    height, width = pixels.shape[:2]
    quarter = height * width // 4
    blue = whole[height:].reshape(-1)[:quarter].reshape(height // 2, width // 2)
    return np.ascontiguousarray(whole[:height]), np.ascontiguousarray(blue)


def measured(pixels: Pixels) -> Measures:
    """Take the measures of a picture."""
    return measure(*planes(pixels))


def blurred(pixels: Pixels, sigma: float) -> Pixels:
    """Turn the lens out of focus; the sensor's noise stays sharp."""
    soft = cv2.GaussianBlur(pixels, (0, 0), sigma).astype(np.int16)
    noise = np.random.default_rng(5).normal(0, 2, pixels.shape)
    return np.clip(soft + noise, 0, 255).astype(np.uint8)


def rainy(pixels: Pixels) -> Pixels:
    """Let it pour."""
    chance, wet = np.random.default_rng(3), pixels.copy()
    for x, y in zip(chance.integers(0, 640, 400), chance.integers(0, 360, 400), strict=True):
        cv2.line(wet, (int(x), int(y)), (int(x) + 2, int(y) + 18), (200, 200, 200), 1)
    return wet


def behind_a_lorry(pixels: Pixels) -> Pixels:
    """Let a lorry's side fill 60 % of the width."""
    hidden = pixels.copy()
    hidden[:, 120:520] = (60, 60, 70)
    return hidden


def lit(pixels: Pixels, gain: float) -> Pixels:
    """Change the light."""
    return np.clip(pixels.astype(np.float32) * gain, 0, 255).astype(np.uint8)


def night_with_one_lamp() -> Pixels:
    """Draw a night in which nothing is seen but a lamp far away."""
    pixels = np.full((360, 640, 3), 4, np.uint8)
    cv2.circle(pixels, (400, 150), 9, (230, 240, 250), cv2.FILLED)
    return pixels


def behind_a_cap() -> Pixels:
    """Draw what a covered sensor sees at full gain: noise."""
    noise = np.random.default_rng(9).normal(6, 6, (360, 640, 3))
    return np.clip(noise, 0, 255).astype(np.uint8)


def plain_wall() -> Pixels:
    """Draw a view without anything in it."""
    wall = np.full((360, 640, 3), 140, np.int16)
    noise = np.random.default_rng(9).normal(0, 2, wall.shape)
    return np.clip(wall + noise, 0, 255).astype(np.uint8)
