"""What one plate result of a Zhenshi (臻识) camera means. Codes: the vendor's HTTP push protocol, §3."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Final

from contract.clock import whole_milliseconds
from contract.passes import Direction, PlateColour
from drivers.plates.age import possible
from drivers.plates.lenient import Leaf, name, number, percent, picture, plate, whole
from drivers.plates.options import PlateOptions
from drivers.plates.sighting import Sighting
from drivers.plates.zhenshi_shapes import PlateResult

COLOURS: Final[Mapping[int, PlateColour]] = {
    1: PlateColour.BLUE,
    2: PlateColour.YELLOW,
    3: PlateColour.WHITE,
    4: PlateColour.BLACK,
    5: PlateColour.GREEN,
    6: PlateColour.YELLOW_GREEN,
}
"""§3.3."""

COLOUR_OF_TYPE: Final[Mapping[int, PlateColour]] = {
    1: PlateColour.BLUE,
    2: PlateColour.BLACK,
    3: PlateColour.YELLOW,
    4: PlateColour.YELLOW,
    19: PlateColour.GREEN,
    20: PlateColour.YELLOW_GREEN,
}
"""§3.2, for cameras that say the type and no colour."""

FAKE_TYPE: Final = 29
"""§3.2: 假车牌."""

MOVES: Final[Mapping[int, str]] = {1: "left", 2: "right", 3: "up", 4: "down"}
"""§3.5, in the picture; 0 is unknown."""

LINGERING: Final = frozenset({64, 65, 66})
"""§3.1: a vehicle stays, goes on, or turns back: nobody asks to pass."""

_MILLISECONDS: Final = 10**11
"""Seconds since 1970 stay below this until the year 5138."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One plate result.

    `timed`: the camera said when, and that can be. `lingers`: no reading of somebody who asks to pass.
    `spoiled`: how many pictures are left out, as they are none or too large. `plate_id` as the camera wrote
    it, to be told that we have it. `channel`: of a camera with several.
    """

    sighting: Sighting
    timed: bool
    lingers: bool
    spoiled: int
    plate_id: int | str | None
    channel: int


def reading(
    result: PlateResult,
    options: PlateOptions,
    now: datetime,
    *,
    serial: str | None,
    channel: Leaf,
    said_at: Leaf = None,
    replay: bool = False,
) -> Reading:
    """Say what a result means. `said_at`: when the message was made, in seconds since 1970."""
    pictures, spoiled = _pictures(result)
    own_time = possible(_own_moment(result), now)
    taken_at = own_time or possible(_moment(said_at, None), now)
    kind = whole(result.type)
    sighting = Sighting(
        plate=plate(result.license),
        record=_record(result, serial or options.serial or "camera", now),
        taken_at=taken_at or now,
        dated=own_time is not None,
        colour=_colour(result),
        confidence=percent(result.confidence),
        direction=_direction(result, options),
        replay=replay or whole(result.offline) == 1,
        fake=whole(result.fake) == 1 or kind == FAKE_TYPE,
        pictures=pictures,
    )
    return Reading(
        sighting=sighting,
        timed=taken_at is not None,
        lingers=whole(result.trigger) in LINGERING,
        spoiled=spoiled,
        plate_id=_plate_id(result.plate_id),
        channel=_channel(channel),
    )


def _pictures(result: PlateResult) -> tuple[tuple[bytes, ...], int]:
    said = [each for each in _said_pictures(result) if each not in (None, "")]
    found = [picture(each) for each in said]
    whole_ones = tuple(each for each in found if each is not None)
    return whole_ones, len(said) - len(whole_ones)


def _said_pictures(result: PlateResult) -> tuple[Leaf, Leaf]:
    return result.image or result.full_image, result.fragment or result.small_image


def _own_moment(result: PlateResult) -> datetime | None:
    timeval = result.time_stamp.timeval if result.time_stamp else None
    return _moment(timeval.sec, timeval.usec) if timeval else None


def _moment(sec: Leaf, usec: Leaf) -> datetime | None:
    seconds, rest = number(sec), whole(usec) or 0
    if seconds is None or not 0 <= seconds < _MILLISECONDS * 1000:
        return None
    if seconds >= _MILLISECONDS:
        seconds /= 1000
    moment = datetime.fromtimestamp(seconds, UTC) + timedelta(microseconds=rest if 0 <= rest < 10**6 else 0)
    return whole_milliseconds(moment)


def _colour(result: PlateResult) -> PlateColour:
    said = COLOURS.get(whole(result.colour) or 0)
    return said or COLOUR_OF_TYPE.get(whole(result.type) or 0, PlateColour.UNKNOWN)


def _direction(result: PlateResult, options: PlateOptions) -> Direction:
    return options.passing(MOVES.get(whole(result.direction) or 0))


def _record(result: PlateResult, serial: str, now: datetime) -> str:
    """Name the reading so that the camera's saying it again is the same, and no other after a restart.

    The camera counts `plateid` anew when it starts, so its time belongs to the name, right or wrong. One
    that says no time is told from others by what it has read; one that says nothing at all that would name
    it, by when we heard it.
    """
    ident = name(result.plate_id) or name(result.unique_id) or "-"
    timeval = result.time_stamp.timeval if result.time_stamp else None
    sec, usec = (whole(timeval.sec), whole(timeval.usec)) if timeval else (None, None)
    if sec is not None and usec is not None and 0 < sec < 10**15 and 0 <= usec < 10**9:
        return f"{serial}-{ident}-{sec}.{usec:06}"
    if ident == "-" and not any(_said_pictures(result)):
        return f"{serial}---{now.timestamp():.3f}"
    return f"{serial}-{ident}-{_fingerprint(result)}"


def _fingerprint(result: PlateResult) -> str:
    """Say the same of a result that is sent again as an offline record."""
    digest = sha256()
    stamp = result.time_stamp.timeval if result.time_stamp else None
    for leaf in (
        stamp and stamp.sec,
        stamp and stamp.usec,
        result.unique_id,
        result.license,
        result.confidence,
        result.image or result.full_image,
        result.fragment or result.small_image,
    ):
        digest.update(f"{leaf}\n".encode("utf-8", "replace"))
    return digest.hexdigest()[:16]


def _plate_id(leaf: Leaf) -> int | str | None:
    if name(leaf) is None:
        return None
    return leaf if isinstance(leaf, str) else whole(leaf)


def _channel(leaf: Leaf) -> int:
    channel = whole(leaf)
    return channel if channel is not None and 0 <= channel < 256 else 0
