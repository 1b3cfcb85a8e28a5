"""How a camera is asked, until when that makes sense, and which event brings the answer. Pure."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from contract.clock import epoch_ms
from contract.messages import Event
from contract.things import ActionSeen
from hub.evidence.piece import Piece, PieceKind

TAKEN: Final[Mapping[PieceKind, str]] = MappingProxyType(
    {PieceKind.SNAPSHOT: "hemei.camera.snapshot-taken", PieceKind.CLIP: "hemei.camera.clip-cut"}
)
"""The event that carries what was asked for; the action is called like the kind of piece."""

WITHIN_MS: Final = 120_000
"""What a camera has of two minutes later may still show who was there."""

REACH_S: Final = 60.0
"""How far back a camera's ring is taken to reach if its description does not say."""

EXPIRY_S: Final = 10.0
DOUBTFUL_MS: Final = 1_000
"""Clocks further apart than this are said to be so."""


class Answer(NamedTuple):
    """An event in the ledger that may be the answer."""

    seq: int
    event: Event
    received_ms: int


def latest_ms(piece: Piece) -> int:
    """Return until when it makes sense to ask."""
    return piece.around_ms + WITHIN_MS


def input_of(piece: Piece, spec: ActionSeen | None, now_ms: int) -> dict[str, Any]:
    """Return the action's input: of a clip as much more before as has passed since the alarm."""
    if piece.kind is PieceKind.SNAPSHOT:
        return {}
    passed_s = max(0.0, (now_ms - piece.around_ms) / 1000)
    before_s = min(piece.wanted.before_s + passed_s, _most(spec, "before_s", REACH_S))
    after_s = min(max(0.0, piece.wanted.after_s - passed_s), _most(spec, "after_s", REACH_S))
    return {"before_s": round(before_s, 3), "after_s": round(after_s, 3)}


def _most(spec: ActionSeen | None, name: str, otherwise: float) -> float:
    schema = spec.input.properties.get(name) if spec else None
    return otherwise if schema is None or schema.maximum is None else schema.maximum


def skew_ms(made_ms: int, asked_ms: int, received_ms: int) -> int:
    """Return how far the maker's clock is from ours, at least; negative: it is behind."""
    if made_ms < asked_ms:
        return made_ms - asked_ms
    return max(0, made_ms - received_ms)


def details_of(piece: Piece, answer: Answer, skew: int) -> dict[str, Any]:
    """Return what is said of a picture or clip: its event's own words, and whether it shows the moment."""
    event = answer.event
    said = {name: value for name, value in event.data.items() if name != "media"}
    said |= {"event_seq": answer.seq, "matched": "by action" if event.action == piece.action else "by time"}
    if abs(skew) > DOUBTFUL_MS:
        said["clock_doubtful"] = True
    length_s = event.data.get("duration_s")
    if piece.kind is PieceKind.CLIP and isinstance(length_s, int | float):
        begin_ms = epoch_ms(event.time) - skew - round(length_s * 1000)
        said["shows_moment"] = begin_ms <= piece.around_ms
    return said
