"""What travels on each channel, as frozen structs that msgspec decodes straight from the bytes.

Times are aware UTC with milliseconds. Unknown fields are ignored, so that a newer driver may say more.
"""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct, field

from contract.topics import is_sha256

Whole = Annotated[int, Meta(ge=-(2**63), le=2**63 - 1)]
"""An integer that every database keeps: 64 bits."""

Scalar = bool | Whole | float | str | None
"""What a property may hold."""

Moment = Annotated[datetime, Meta(tz=True)]
Counter = Annotated[int, Meta(ge=0, le=2**63 - 1)]
Word = Annotated[str, Meta(min_length=1, max_length=256, pattern=r"^[^\x00-\x1f\x7f]*$")]
"""A text of at most 256 characters without control characters, which not every database can hold."""
Id = Annotated[str, Meta(pattern=r"^[a-z0-9-]{1,64}(?![\s\S])")]
"""What may stand in a topic; the end is written so that Python and ECMAScript agree on "\\n"."""
Boot = Whole | Word
"""Which run of a driver host: grows, or at least differs, with each start."""


class AvailabilityStatus(StrEnum):
    """Whether a thing can be talked to."""

    INIT = "init"
    READY = "ready"
    DISCONNECTED = "disconnected"
    SLEEPING = "sleeping"
    LOST = "lost"


class ActionStatus(StrEnum):
    """What became of an action; all but ACCEPTED are final."""

    ACCEPTED = "accepted"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    REFUSED = "refused"
    EXPIRED = "expired"

    @property
    def final(self) -> bool:
        """Whether nothing more follows."""
        return self is not ActionStatus.ACCEPTED


class Availability(Struct, frozen=True, kw_only=True, gc=False):
    """Channel `availability`, retained; the driver host's own one is its last will."""

    status: AvailabilityStatus
    ts: Moment
    reason: str | None = None


class State(Struct, frozen=True, kw_only=True):
    """Channel `state`, retained: the full set of properties, on change and at a heartbeat."""

    ts: Moment
    boot: Boot
    seq: Counter
    properties: dict[str, Scalar]


class Telemetry(Struct, frozen=True, kw_only=True):
    """Channel `telemetry`: measurements for history, QoS 0."""

    ts: Moment
    boot: Boot
    seq: Counter
    values: dict[str, bool | Whole | float]


class Event(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Channel `event`: CloudEvents 1.0 in structured JSON.

    `id` is unique per `source`. Extension attributes: `boot` and `sequence` count the device's events, so
    that a gap shows; `driver`, `outbox` and `outboxnumber` say where the driver host keeps it until the hub
    has committed it, and `outboxfirst` is the lowest number that it still keeps: all below are confirmed, so
    that a hub with a new ledger knows where to begin. `action` is the id of the action that it came of.
    `data["media"]`, if there, lists the SHA-256 of the pictures and clips that belong to the event.
    """

    specversion: Literal["1.0"]
    id: Word
    source: Word
    type: Word
    time: Moment
    datacontenttype: str | None = None
    subject: str | None = None
    boot: Boot | None = None
    sequence: Counter | str | None = None
    driver: Id | None = None
    outbox: Word | None = None
    outboxnumber: Counter | None = None
    outboxfirst: Counter | None = None
    action: Word | None = None
    data: dict[str, Any] = field(default_factory=dict)

    @property
    def media(self) -> tuple[str, ...]:
        """SHA-256 of each picture or clip the event names; what is none is left out."""
        named = self.data.get("media")
        if not named or not isinstance(named, list | tuple):
            return ()
        return tuple(each for each in named if isinstance(each, str) and is_sha256(each))


class Action(Struct, frozen=True, kw_only=True):
    """Channel `action`: do this once, before `expires`, or not at all."""

    id: Word
    action: Word
    input: dict[str, Any]
    issuer: Word
    expires: Moment


class Problem(Struct, frozen=True, kw_only=True):
    """Why an action did not succeed: `code` for machines, `message` for people."""

    code: str
    message: str


class Result(Struct, frozen=True, kw_only=True):
    """Channel `result`: what became of the action with this id."""

    id: Word
    status: ActionStatus
    ts: Moment
    error: Problem | None = None


class Committed(Struct, frozen=True, kw_only=True, gc=False):
    """Channel `committed` of a driver host: all events of `outbox` up to number `upto` are in the ledger."""

    outbox: Word
    upto: Counter


Message = Availability | State | Telemetry | Event | Action | Result | Committed
