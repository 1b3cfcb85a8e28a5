"""What is wrong with a picture, from its signs; when it is believed; what is reported when it changes.

Nothing but tables: `picture.py` measures, `signs.py` says what the measures mean, `watch.py` knows the time.
"""

from collections.abc import Mapping, Set
from enum import StrEnum
from typing import Final


class Picture(StrEnum):
    """How the picture of a camera is."""

    OK = "ok"
    NO_SIGNAL = "no-signal"
    STALLED = "stalled"
    FROZEN = "frozen"
    BLACK = "black"
    COVERED = "covered"
    OUT_OF_FOCUS = "out-of-focus"
    MOVED = "moved"


class Sign(StrEnum):
    """What can be seen in a picture."""

    DARK = "dark"
    BARE = "bare"
    STILL = "still"
    BLURRED = "blurred"
    DISPLACED = "displaced"


SIGNAL_LOST: Final = "hemei.camera.signal-lost"
SIGNAL_RESTORED: Final = "hemei.camera.signal-restored"
PICTURE_RESTORED: Final = "hemei.camera.picture-restored"

EVENT_OF: Final[Mapping[Picture, str]] = {
    Picture.NO_SIGNAL: SIGNAL_LOST,
    Picture.STALLED: SIGNAL_LOST,
    Picture.FROZEN: "hemei.camera.picture-frozen",
    Picture.BLACK: "hemei.camera.picture-black",
    Picture.COVERED: "hemei.camera.covered",
    Picture.OUT_OF_FOCUS: "hemei.camera.out-of-focus",
    Picture.MOVED: "hemei.camera.moved",
}

LOST: Final = frozenset({Picture.NO_SIGNAL, Picture.STALLED})
SPOILT: Final = frozenset(Picture) - LOST - {Picture.OK}

PRECEDENCE: Final[tuple[tuple[Sign, Picture], ...]] = (
    (Sign.DARK, Picture.BLACK),  # a black picture is also bare and still
    (Sign.BARE, Picture.COVERED),  # and a covered one may be still
    (Sign.STILL, Picture.FROZEN),
    (Sign.BLURRED, Picture.OUT_OF_FOCUS),
    (Sign.DISPLACED, Picture.MOVED),
)
"""The first sign that a picture has says what is wrong with it."""

CONFIRM_S: Final[Mapping[Picture, float]] = {
    Picture.OK: 2.0,
    Picture.NO_SIGNAL: 0.0,
    Picture.STALLED: 0.0,  # waited for already
    Picture.FROZEN: 0.0,  # the same
    Picture.BLACK: 3.0,  # longer than a camera's switch to night and back
    Picture.COVERED: 5.0,  # longer than a passer-by fills the picture
    Picture.OUT_OF_FOCUS: 7.0,  # longer than an autofocus hunts
    Picture.MOVED: 7.0,  # longer than a gust of wind or a knock shakes the pole
}
"""For how long, in seconds, looks must agree. All under 10 s, so that a camera is known bad within 10 s."""


def judge(signs: Set[Sign]) -> Picture:
    """Say how a picture with these signs is."""
    return next((picture for sign, picture in PRECEDENCE if sign in signs), Picture.OK)


def _reported(before: Picture | None, after: Picture) -> tuple[str, ...]:
    if before is after:
        return ()
    reported = []
    if before in LOST and after not in LOST:
        reported.append(SIGNAL_RESTORED)
    if before in SPOILT and after is Picture.OK:
        reported.append(PICTURE_RESTORED)
    if after in EVENT_OF and EVENT_OF[after] != (EVENT_OF.get(before) if before else None):
        reported.append(EVENT_OF[after])
    return tuple(reported)


CHANGES: Final[Mapping[tuple[Picture | None, Picture], tuple[str, ...]]] = {
    (before, after): _reported(before, after) for before in (None, *Picture) for after in Picture
}
"""The events that a change of the picture gives, from every state (None: not known yet) to every other."""
