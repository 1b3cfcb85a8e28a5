"""Reads events of gates and doors as what they mean to the record: bytes and meaning. Pure."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

import msgspec
from msgspec import Struct

from contract.passes import (
    ACCESS_DENIED,
    ACCESS_GRANTED,
    DOOR_KIND,
    GATE_KIND,
    GATE_PASSED,
    LIVENESS_FAILED,
    PLATE_RECOGNISED,
    STRANGER,
    AccessGranted,
    Decision,
    Direction,
    GatePassed,
    Means,
    PlateColour,
    PlateRecognised,
    Reason,
)
from contract.plates import MOST_CHARACTERS, folded, normalised
from contract.topics import is_sha256
from hub.passes.record import Outcome, Pass
from hub.passes.settings import KNOWN

MOST_PICTURES: Final = 16
"""Of one event."""


class Denied(Struct, frozen=True, kw_only=True, rename="kebab"):
    """Data of a door's refusals, as far as the record wants it."""

    holder: str | None = None
    reason: str = ""
    means: Means | None = None
    direction: Direction = Direction.UNKNOWN
    replay: bool = False


class Seen(Struct, frozen=True, kw_only=True):
    """What a camera read. `id`: the event's; `own`: what is recorded of it alone."""

    id: str
    pictures: tuple[str, ...]
    colour: PlateColour
    own: Pass | None


Read = Pass | Seen
Row = Mapping[str, Any]
"""A row of the ledger's events."""


class _Body(Struct):
    data: msgspec.Raw = msgspec.Raw(b"{}")


class _Media(Struct):
    media: Any = None


_body: Final = msgspec.json.Decoder(_Body).decode
_media: Final = msgspec.json.Decoder(_Media).decode
_recognised: Final = msgspec.json.Decoder(PlateRecognised).decode
_passed: Final = msgspec.json.Decoder(GatePassed).decode
_granted: Final = msgspec.json.Decoder(AccessGranted).decode
_denied: Final = msgspec.json.Decoder(Denied).decode


def read(row: Row) -> Read | None:
    """Read an event; None if its type is another kind's word. msgspec.MsgspecError if it makes no sense."""
    kind, reader = READERS[row["type"]]
    return reader(row, _body(row["payload"]).data) if row["kind"] == kind else None


def seen_in(row: Row) -> Seen:
    """Read an event of a camera's reading."""
    return _seen(row, _body(row["payload"]).data)


def _seen(row: Row, data: msgspec.Raw) -> Seen:
    said, shown = _recognised(data), _pictures(data)
    return Seen(id=row["id"], pictures=shown, colour=said.colour, own=_own(row, said, shown))


def _own(row: Row, said: PlateRecognised, shown: tuple[str, ...]) -> Pass | None:
    """Return what is recorded of a reading by itself: whom it refused, what it saw while nobody listened."""
    outage = said.decision is Decision.RECORDED and said.reason is Reason.REPLAY
    if said.decision is not Decision.REFUSED and not outage:
        return None
    return _pass(
        row,
        _by_plate(said),
        outcome=Outcome.SEEN if outage else Outcome.REFUSED,
        reason=said.reason.value,
        direction=said.direction,
        means=Means.PLATE,
        colour=said.colour,
        recognised=row["id"],
        pictures=shown,
        replay=said.replay or outage,
    )


def _gate(row: Row, data: msgspec.Raw) -> Pass:
    said = _passed(data)
    return _pass(
        row,
        _by_plate(said),
        outcome=Outcome.PASSED,
        direction=said.direction,
        means=said.means,
        recognised=_text(said.recognised, 256),
        pictures=_pictures(data),
        confirmed=said.confirmed,
        replay=said.replay,
        passback=said.passback,
        passback_told=said.passback,
        dwell_s=said.dwell_s,
    )


def _door(row: Row, data: msgspec.Raw) -> Pass:
    said = _granted(data)
    return _pass(
        row,
        {"person": _text(said.holder)},
        outcome=Outcome.PASSED,
        direction=said.direction,
        means=said.means,
        pictures=_pictures(data),
        replay=said.replay,
    )


def _refusing(means: Means, reason: str) -> Callable[[Row, msgspec.Raw], Pass]:
    """Return what reads a door's refusals, with what is meant if they say nothing else."""

    def refused(row: Row, data: msgspec.Raw) -> Pass:
        said = _denied(data)
        return _pass(
            row,
            {"person": _text(said.holder)},
            outcome=Outcome.REFUSED,
            reason=_text(said.reason) or reason,
            direction=said.direction,
            means=said.means or means,
            pictures=_pictures(data),
            replay=said.replay,
        )

    return refused


READERS: Final[Mapping[str, tuple[str, Callable[[Row, msgspec.Raw], Read]]]] = MappingProxyType(
    {
        PLATE_RECOGNISED: (GATE_KIND, _seen),
        GATE_PASSED: (GATE_KIND, _gate),
        ACCESS_GRANTED: (DOOR_KIND, _door),
        ACCESS_DENIED: (DOOR_KIND, _refusing(Means.CARD, Reason.UNKNOWN.value)),
        STRANGER: (DOOR_KIND, _refusing(Means.FACE, "stranger")),
        LIVENESS_FAILED: (DOOR_KIND, _refusing(Means.FACE, "liveness-failed")),
    }
)
"""Of which kind of device each type of event is, and what reads it."""


def _pass(row: Row, whose: Mapping[str, Any], **fields: Any) -> Pass:
    """Make a record; a clock that is ahead cannot have a pass happen later than it was told."""
    place = {name: row[name] for name in ("seq", "tenant", "site", "kind", "device", "received_ms")}
    return Pass(**place, at_ms=min(row["time_ms"], row["received_ms"]), **whose, **fields)


def _by_plate(said: PlateRecognised | GatePassed) -> dict[str, str | None]:
    plate = _text(normalised(said.plate), MOST_CHARACTERS)
    return {
        "plate": plate,
        "folded": folded(plate) if plate else None,
        "vehicle": _text(said.vehicle),
        "person": _text(said.person),
        "category": said.category if said.category in KNOWN else None,
    }


def _pictures(data: msgspec.Raw) -> tuple[str, ...]:
    """Return the SHA-256 of each picture that an event's data names; what is none is left out."""
    named = _media(data).media
    found = (
        [each for each in named if isinstance(each, str) and is_sha256(each)]
        if isinstance(named, list)
        else []
    )
    return tuple(found[:MOST_PICTURES])


def _text(text: str | None, longest: int = 64) -> str | None:
    """Return what every database can hold and a column has room for; None if there is nothing."""
    return (text or "").replace("\0", "�")[:longest] or None
