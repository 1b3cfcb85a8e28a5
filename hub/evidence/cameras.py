"""Which cameras can show an alarm: those of its area, nearest first, or the camera that it is about. Pure."""

import math
from collections.abc import Iterable
from typing import Final, NamedTuple

from msgspec import Struct

from contract.things import Description, Location
from contract.topics import Address

CAMERA: Final = "camera"
MOST: Final = 15
"""Cameras asked for one alarm: as many as Milestone XProtect shows beside one."""


class Camera(Struct, frozen=True):
    """A camera, where it stands, and what it can be asked."""

    address: Address
    description: Description


class Choice(NamedTuple):
    """The cameras to ask, and how many more there would be."""

    cameras: tuple[Camera, ...]
    left_out: int


def choose(
    cameras: Iterable[Camera], about: Address, area: str | None, place: Location | None, most: int = MOST
) -> Choice:
    """Choose the cameras for an alarm about device `about`, which stands at `place` in `area`."""
    known = list(cameras)
    if about.kind == CAMERA:
        return Choice(tuple(each for each in known if each.address == about), 0)
    beside = [each for each in known if area is not None and _area(each) == area]
    beside = [each for each in beside if each.address.site == about.site]
    ordered = sorted(beside, key=lambda each: (_distance(each, place), each.address))
    return Choice(tuple(ordered[:most]), max(0, len(ordered) - most))


def _area(camera: Camera) -> str | None:
    location = camera.description.location
    return location.area if location else None


def _distance(camera: Camera, place: Location | None) -> tuple[int, float]:
    """Floors first, then across the plan; who does not say where it stands comes last."""
    location = camera.description.location
    if location is None or place is None:
        return (0, math.inf)
    floors = abs(location.floor - place.floor)
    if location.x is None or location.y is None or place.x is None or place.y is None:
        return (floors, math.inf)
    return (floors, math.hypot(location.x - place.x, location.y - place.y))
