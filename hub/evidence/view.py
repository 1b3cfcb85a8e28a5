"""A piece of evidence as the API and the readable page show it."""

from typing import Any

from msgspec import Struct

from contract.clock import rfc3339_ms
from hub.evidence.piece import Piece, PieceKind, PieceState


class PieceView(Struct, frozen=True, kw_only=True):
    """One piece; times are RFC 3339 or null. `GET /media/{sha256}` has the bytes, until they are `gone`.

    `made` is by the clock of who made it, which was at least `skew_ms` from ours; `held`: kept whatever its
    age.
    """

    id: str
    kind: PieceKind
    state: PieceState
    device: str
    around: str
    sha256: str | None
    size: int | None
    made: str | None
    received: str | None
    skew_ms: int | None
    details: dict[str, Any]
    error: str | None
    gone: str | None
    held: bool


def piece_view(piece: Piece, *, held: bool = False) -> PieceView:
    """Show a piece."""
    return PieceView(
        id=piece.id,
        kind=piece.kind,
        state=piece.state,
        device=piece.device,
        around=rfc3339_ms(piece.around_ms),
        sha256=piece.sha256,
        size=piece.size,
        made=_text(piece.made_ms),
        received=_text(piece.received_ms),
        skew_ms=piece.skew_ms,
        details=piece.details,
        error=piece.error,
        gone=_text(piece.gone_ms),
        held=held,
    )


def _text(at_ms: int | None) -> str | None:
    return None if at_ms is None else rfc3339_ms(at_ms)
