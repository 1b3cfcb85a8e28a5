"""The places that pretend cameras look at, painted at 640 × 360: what stands there, and what moves by itself.

`phase` runs from 0 to 1 over a loop of the film, and what moves by itself is back in its place at 1.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

Picture: TypeAlias = NDArray[np.uint8]
"""Height × width × 3, blue, green, red."""

Colour: TypeAlias = tuple[int, int, int]

WIDTH, HEIGHT = 640, 360


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One place: its still part, its moving part, the line that people and cars keep to, and its lamps.

    `way` is (x, y) of its left and right end and the size of what passes there; `lamps` are (x, y, radius).
    """

    still: Callable[[Picture], None]
    moving: Callable[[Picture, float], None]
    way: tuple[int, int, int, int, float]
    lamps: tuple[tuple[int, int, int], ...]


def _box(picture: Picture, left: int, top: int, right: int, bottom: int, colour: Colour) -> None:
    cv2.rectangle(picture, (left, top), (right, bottom), colour, cv2.FILLED)


def _lane(picture: Picture) -> None:
    picture[:130] = (205, 180, 150)
    picture[130:] = (95, 100, 98)
    _box(picture, 0, 100, 250, 150, (70, 120, 80))
    _box(picture, 460, 60, 600, 230, (150, 165, 175))  # the guard's booth
    _box(picture, 480, 85, 560, 140, (120, 90, 60))
    cv2.fillConvexPoly(picture, np.array([(60, 360), (250, 130), (390, 130), (560, 360)]), (75, 75, 78))
    for y in range(150, 360, 50):
        _box(picture, 306, y, 314, y + 22, (220, 225, 225))
    _box(picture, 120, 170, 150, 300, (40, 90, 200))  # the barrier's post
    for x in range(150, 470, 40):  # and its arm
        _box(picture, x, 190, x + 20, 202, (60, 60, 220))
        _box(picture, x + 20, 190, x + 40, 202, (235, 235, 235))


def _lane_moves(picture: Picture, phase: float) -> None:
    on = int(phase * 16) % 2
    cv2.circle(picture, (135, 165), 6, (40, 190, 255) if on else (20, 60, 90), cv2.FILLED)
    _tree(picture, 40, 140, phase)


def _courtyard(picture: Picture) -> None:
    picture[:110] = (215, 195, 165)
    picture[110:] = (90, 140, 95)
    for left in (20, 220, 440):
        _box(picture, left, 20, left + 160, 130, (140, 160, 185))
        for x in range(left + 15, left + 150, 35):
            for y in (35, 70):
                _box(picture, x, y, x + 18, y + 22, (110, 85, 60))
    cv2.fillConvexPoly(picture, np.array([(0, 230), (640, 200), (640, 300), (0, 340)]), (165, 170, 175))
    cv2.ellipse(picture, (470, 180), (80, 22), 0, 0, 360, (190, 150, 90), cv2.FILLED)  # the pond
    _box(picture, 90, 205, 190, 213, (50, 80, 120))  # a bench
    _box(picture, 98, 213, 104, 232, (40, 60, 90))
    _box(picture, 176, 213, 182, 232, (40, 60, 90))


def _courtyard_moves(picture: Picture, phase: float) -> None:
    _tree(picture, 330, 200, phase)
    _tree(picture, 590, 190, phase + 0.3)
    there = 1 - abs(2 * phase - 1)  # to the other end, and back
    person(picture, int(200 + 330 * there), int(262 - 12 * there), 0.8, phase * 16, (70, 70, 190))


def _bike_shed(picture: Picture) -> None:
    picture[:] = (120, 125, 130)
    _box(picture, 0, 0, 640, 60, (85, 95, 110))
    for x in (30, 230, 430, 620):
        _box(picture, x, 40, x + 12, 300, (70, 75, 80))
    picture[290:] = (100, 105, 108)
    for x in range(60, 620, 72):
        cv2.circle(picture, (x, 270), 22, (35, 35, 35), 4)
        cv2.circle(picture, (x + 38, 270), 22, (35, 35, 35), 4)
        cv2.line(picture, (x, 270), (x + 20, 235), (180, 90, 40), 4)
        cv2.line(picture, (x + 20, 235), (x + 38, 270), (180, 90, 40), 4)
        _box(picture, x + 8, 140, x + 30, 175, (190, 195, 200))  # a charger


def _bike_shed_moves(picture: Picture, phase: float) -> None:
    for number, x in enumerate(range(60, 620, 72)):
        on = (int(phase * 8) + number) % 3 == 0
        cv2.circle(picture, (x + 19, 150), 3, (60, 230, 60) if on else (40, 80, 40), cv2.FILLED)


def _facade(picture: Picture) -> None:
    picture[:] = (225, 190, 150)
    cv2.fillConvexPoly(picture, np.array([(110, 0), (530, 0), (610, 360), (30, 360)]), (165, 175, 185))
    for floor in range(9):
        y, spread = 12 + floor * 40, floor / 9
        left, right = int(118 - 70 * spread), int(522 + 70 * spread)
        cv2.line(picture, (left, y + 30), (right, y + 30), (130, 140, 150), 2)
        for column in range(6):
            x = left + (right - left) * (2 * column + 1) // 12
            _box(picture, x - 13, y, x + 13, y + 22, (115, 90, 65))
            if column in (1, 4):  # balconies
                _box(picture, x - 24, y + 18, x + 24, y + 30, (195, 200, 205))


def _facade_moves(picture: Picture, phase: float) -> None:
    for number, (x, y) in enumerate(((30, 60), (600, 110))):  # clouds
        drift = int(12 * math.sin(2 * math.pi * (phase + number / 2)))
        cv2.ellipse(picture, (x + drift, y), (34, 12), 0, 0, 360, (240, 235, 230), cv2.FILLED)
    for x, y in ((186, 112), (456, 232)):  # washing
        sway = int(3 * math.sin(2 * math.pi * 4 * phase))
        cv2.line(picture, (x, y), (x + sway, y + 14), (200, 60, 60), 6)


def _garage(picture: Picture) -> None:
    picture[:] = (105, 108, 112)
    picture[:90] = (80, 84, 88)
    cv2.fillConvexPoly(picture, np.array([(0, 360), (200, 150), (440, 150), (640, 360)]), (88, 96, 90))
    for x in (90, 210, 420, 540):
        _box(picture, x, 60, x + 24, 260, (150, 150, 150))
        _box(picture, x, 200, x + 24, 225, (40, 200, 230))
    car(picture, 150, 250, 0.9, (120, 60, 40))
    car(picture, 500, 250, 0.9, (60, 60, 60))


def _garage_moves(picture: Picture, phase: float) -> None:
    flicker = 190 if int(phase * 40) % 7 == 0 else 245
    for x in (120, 300, 480):
        _box(picture, x, 30, x + 60, 36, (flicker if x == 300 else 245,) * 3)


def _tree(picture: Picture, x: int, y: int, phase: float) -> None:
    sway = int(4 * math.sin(2 * math.pi * 3 * phase))
    _box(picture, x - 4, y - 30, x + 4, y, (50, 70, 95))
    cv2.circle(picture, (x + sway, y - 50), 28, (60, 115, 55), cv2.FILLED)
    cv2.circle(picture, (x + sway // 2 - 18, y - 36), 20, (50, 100, 48), cv2.FILLED)


def person(picture: Picture, x: int, y: int, size: float, stride: float, colour: Colour) -> None:
    """Paint somebody whose feet are at (x, y); `size` 1 is 76 pixels tall; `stride` counts steps."""
    swing = int(9 * size * math.sin(2 * math.pi * stride))
    hip = int(y - 30 * size)
    for foot in (x - swing, x + swing):
        cv2.line(picture, (x, hip), (foot, y), (50, 45, 40), max(2, int(7 * size)))
    cv2.ellipse(
        picture, (x, int(y - 46 * size)), (int(11 * size), int(19 * size)), 0, 0, 360, colour, cv2.FILLED
    )
    cv2.circle(picture, (x, int(y - 70 * size)), max(2, int(8 * size)), (135, 165, 200), cv2.FILLED)


def car(picture: Picture, x: int, y: int, size: float, colour: Colour) -> None:
    """Paint a car with its wheels on (x, y); `size` 1 is 130 pixels long."""
    long, tall = int(65 * size), int(24 * size)
    _box(picture, x - long, y - 2 * tall + 6, x + long, y - 6, colour)
    roof = [
        (x - long // 2, y - 2 * tall),
        (x - long // 4, y - 3 * tall),
        (x + long // 3, y - 3 * tall),
        (x + long // 2 + 8, y - 2 * tall + 6),
    ]
    cv2.fillConvexPoly(picture, np.array(roof), (150, 130, 110))
    for wheel in (x - long // 2, x + long // 2):
        cv2.circle(picture, (wheel, y - 8), max(3, int(11 * size)), (25, 25, 25), cv2.FILLED)


SCENES = {
    "lane": Scene(
        still=_lane,
        moving=_lane_moves,
        way=(-80, 300, 720, 280, 1.0),
        lamps=((480, 60, 260), (135, 150, 160)),
    ),
    "courtyard": Scene(
        still=_courtyard,
        moving=_courtyard_moves,
        way=(-60, 300, 700, 265, 0.9),
        lamps=((150, 180, 230), (480, 200, 230)),
    ),
    "bike-shed": Scene(
        still=_bike_shed, moving=_bike_shed_moves, way=(-60, 330, 700, 330, 1.1), lamps=((320, 60, 420),)
    ),
    "facade": Scene(
        still=_facade, moving=_facade_moves, way=(-60, 355, 700, 355, 0.5), lamps=((320, 380, 260),)
    ),
    "garage": Scene(
        still=_garage, moving=_garage_moves, way=(-80, 330, 720, 330, 1.2), lamps=((320, 120, 420),)
    ),
}
