"""A piece of evidence: planned with its alarm, asked for, then there or not."""

from enum import StrEnum
from typing import Any

from msgspec import Struct, field

from contract.topics import Address, address
from hub.alarms.definition import Evidence


class PieceKind(StrEnum):
    """What a piece is."""

    CAMERAS = "cameras"
    """Not a piece yet: which cameras are there is found out when they can be asked."""
    PICTURE = "picture"
    """Named by the event that raised the alarm."""
    SNAPSHOT = "snapshot"
    CLIP = "clip"
    DATA = "data"
    """The device's own data, before and after."""


class PieceState(StrEnum):
    """How far it is; after `planned` and `asked` comes something even when the hub was killed between."""

    PLANNED = "planned"
    ASKED = "asked"
    GOT = "got"
    FAILED = "failed"
    DONE = "done"


OPEN: tuple[PieceState, ...] = (PieceState.PLANNED, PieceState.ASKED)


class Piece(Struct, frozen=True, kw_only=True):
    """One row; times in ms since 1970. `device` is who is asked, or whose data it is.

    `skew_ms`: how far the clock of who made it was from ours, at least: 0 if its time lies between our asking
    and our having it. `details`: what its event says of it. `gone_ms`: its retention was over, its file went.
    """

    id: str
    tenant: str
    alarm: str
    kind: PieceKind
    device: str
    area: str | None
    wanted: Evidence
    around_ms: int
    state: PieceState = PieceState.PLANNED
    tries: int = 0
    next_ms: int = 0
    action: str | None = None
    asked_ms: int | None = None
    sha256: str | None = None
    size: int | None = None
    made_ms: int | None = None
    received_ms: int | None = None
    skew_ms: int | None = None
    details: dict[str, Any] = field(default_factory=dict)
    error: str | None = None
    gone_ms: int | None = None

    @property
    def address(self) -> Address:
        """The device."""
        return address(self.device)


def told(piece: Piece) -> dict[str, Any]:
    """Return what the alarm's timeline says of a piece that is there, or that there is none."""
    said: dict[str, Any] = {"piece": piece.id, "kind": piece.kind.value, "device": piece.device}
    if piece.state is PieceState.FAILED:
        return said | {"missing": True, "error": piece.error or "unknown"}
    said |= {"sha256": piece.sha256, "size": piece.size, "made_ms": piece.made_ms, "skew_ms": piece.skew_ms}
    return said | piece.details
