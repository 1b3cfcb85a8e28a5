"""What gates and doors report of who passes: the events from which the hub keeps one record per pass.

A plate is told, for the gate's camera reads it from the street; a person never is: `person` and `vehicle` are
keys of the register's lists, empty where nobody in them was recognised.
"""

from enum import StrEnum
from typing import Annotated, Final

from msgspec import Meta, Struct

GATE_KIND: Final = "gate"
DOOR_KIND: Final = "door"

PLATE_RECOGNISED: Final = "hemei.gate.plate-recognised"
GATE_PASSED: Final = "hemei.gate.passed"
TAILGATED: Final = "hemei.gate.tailgated"
BLOCKED_PLATE: Final = "hemei.gate.blocked-plate"

ACCESS_GRANTED: Final = "hemei.door.access-granted"
ACCESS_DENIED: Final = "hemei.door.access-denied"
STRANGER: Final = "hemei.door.stranger"
LIVENESS_FAILED: Final = "hemei.door.liveness-failed"
FACE_REMOVED: Final = "hemei.door.face-removed"


class Direction(StrEnum):
    """Which way somebody passed, seen from the community."""

    IN = "in"
    OUT = "out"
    UNKNOWN = "unknown"


class PlateColour(StrEnum):
    """The ground of a plate (GA 36): green is new energy, yellow-green its large vehicles."""

    BLUE = "blue"
    YELLOW = "yellow"
    WHITE = "white"
    BLACK = "black"
    GREEN = "green"
    YELLOW_GREEN = "yellow-green"
    UNKNOWN = "unknown"


class Decision(StrEnum):
    """What a gate did about a plate. RECORDED: a replay or a repeat, which never opens anything."""

    ADMITTED = "admitted"
    REFUSED = "refused"
    RECORDED = "recorded"


class Reason(StrEnum):
    """Why a gate or a door let somebody pass, or did not."""

    LISTED = "listed"
    UNKNOWN = "unknown"
    BLOCKED = "blocked"
    NOT_YET_VALID = "not-yet-valid"
    EXPIRED = "expired"
    NO_LEVEL = "no-access-level"
    OUTSIDE_SCHEDULE = "outside-schedule"
    NO_PLATE = "no-plate"
    UNCERTAIN = "uncertain"
    """The camera does not trust its own reading."""
    FAKE_PLATE = "fake-plate"
    PASSBACK = "passback"
    """It went in and never came out, or the other way round."""
    NO_LIST = "no-list"
    """The gate was never given a list."""
    REPLAY = "replay"
    REPEAT = "repeat"
    FREE_EXIT = "free-exit"
    """This gate lets everybody out who is not blocked."""


class Means(StrEnum):
    """By what somebody passed."""

    PLATE = "plate"
    CARD = "card"
    CODE = "code"
    FACE = "face"
    COMMAND = "command"
    HELD_OPEN = "held-open"
    FIRE = "fire"
    BY_HAND = "by-hand"
    TAILGATING = "tailgating"
    EXIT_BUTTON = "exit-button"
    UNKNOWN = "unknown"


Whose = Annotated[str, Meta(max_length=64)]


class PlateRecognised(Struct, frozen=True, kw_only=True, rename="kebab"):
    """Data of `PLATE_RECOGNISED`: every reading of a plate camera, once; its pictures are the event's media.

    `plate` is empty where none was read; `confidence` in %, None if the camera does not say. `category`: a
    word of `contract.lists.Category`, or empty. `record`: the camera's own number. `BLOCKED_PLATE`: the same.
    """

    plate: str = ""
    colour: PlateColour = PlateColour.UNKNOWN
    confidence: Annotated[float, Meta(ge=0, le=100)] | None = None
    direction: Direction = Direction.UNKNOWN
    decision: Decision
    reason: Reason
    vehicle: Whose = ""
    person: Whose = ""
    category: str = ""
    record: str = ""
    replay: bool = False


class GatePassed(Struct, frozen=True, kw_only=True, rename="kebab"):
    """Data of `GATE_PASSED`: one vehicle went through, once; the event's time is when.

    `recognised` is the id of the `PLATE_RECOGNISED` event of this vehicle, empty if there was none.
    `confirmed`: a loop or the boom saw it pass; without, that the gate opened for it is all that is known.
    `dwell_s`: from the first reading until it had passed.
    """

    plate: str = ""
    vehicle: Whose = ""
    person: Whose = ""
    category: str = ""
    direction: Direction = Direction.UNKNOWN
    means: Means = Means.UNKNOWN
    recognised: str = ""
    confirmed: bool = True
    replay: bool = False
    passback: bool = False
    dwell_s: Annotated[float, Meta(ge=0)] = 0.0


class Tailgated(Struct, frozen=True, kw_only=True, rename="kebab"):
    """Data of `TAILGATED`: a vehicle followed another through one opening without being let in itself."""

    plate: str = ""
    recognised: str = ""
    before: str = ""
    """The plate that the gate was opened for, if known."""


class AccessGranted(Struct, frozen=True, kw_only=True, rename="kebab"):
    """Data of `ACCESS_GRANTED`, as far as the hub's record of passes wants it. `holder`: the person's key."""

    holder: str | None = None
    credential: str | None = None
    means: Means = Means.CARD
    direction: Direction = Direction.UNKNOWN
    replay: bool = False


class FaceRemoved(Struct, frozen=True, kw_only=True, rename="kebab"):
    """Data of `FACE_REMOVED`: what a terminal did about a withdrawn consent, which proves it.

    `since`: the entry's `face_since`, RFC 3339. `held`: whether the terminal had the person. `acknowledged`:
    it said that it deleted. `absent`: asked afterwards, it did not know the face; None: it cannot be asked.
    """

    person: str
    since: str = ""
    held: bool = True
    acknowledged: bool
    absent: bool | None = None
