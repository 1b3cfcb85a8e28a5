"""Plans what an alarm gathers, as rows in the transaction that raises it."""

import secrets
from collections.abc import Mapping
from typing import Final

import msgspec
from sqlalchemy import Connection, select

from contract.topics import is_sha256
from hub.alarms.alarm import Alarm, Change, EntryKind
from hub.alarms.definition import Definition, Evidence, Priority
from hub.alarms.lifecycle import Suppression
from hub.evidence.piece import Piece, PieceKind
from hub.evidence.store import PieceStore
from hub.ledger.schema import events

MOST_ROUNDS: Final = 5
"""Times that one alarm gathers, if it comes again and again: a chattering device must not fill the disk."""

UNSEEN: Final = frozenset({Suppression.SUPPRESSED_BY_DESIGN, Suppression.OUT_OF_SERVICE})
"""Folded under its cause, or being mended: of a power cut's hundred alarms, one asks the cameras."""

GRAVE: Final = frozenset({Priority.CRITICAL, Priority.HIGH})
_NOTHING: Final = Evidence()


def plan(
    connection: Connection, change: Change, definitions: Mapping[str, Definition], store: PieceStore
) -> None:
    """Plan what the definition asks for, if this change alerts people."""
    alarm = change.after
    if change.entry.kind is not EntryKind.RAISED:
        return
    if change.before is not None and store.rounds(connection, alarm.id) >= MOST_ROUNDS:
        return
    definition = definitions.get(alarm.key)
    wanted = definition.evidence if definition else _NOTHING
    around_ms = min(alarm.last_ms, change.entry.ts_ms)
    pieces = [_piece(alarm, PieceKind.PICTURE, wanted, around_ms, sha) for sha in _named(connection, alarm)]
    if alarm.suppression in UNSEEN:
        store.add(connection, pieces)
        return
    if wanted.snapshot or wanted.clip:
        pieces.append(_piece(alarm, PieceKind.CAMERAS, wanted, around_ms))
    if wanted.history_s > 0 and (wanted.snapshot or wanted.clip or alarm.priority in GRAVE):
        pieces.append(_piece(alarm, PieceKind.DATA, wanted, around_ms))
    store.add(connection, pieces)


def _named(connection: Connection, alarm: Alarm) -> list[str]:
    """Return the pictures that the raising event names."""
    if alarm.event_seq is None:
        return []
    query = select(events.c.payload).where(events.c.tenant == alarm.tenant, events.c.seq == alarm.event_seq)
    payload = connection.execute(query).scalar()
    data = msgspec.json.decode(payload).get("data") if payload else None
    named = data.get("media") if isinstance(data, dict) else None
    if not isinstance(named, list):
        return []
    return [each for each in named if isinstance(each, str) and is_sha256(each)]


def _piece(
    alarm: Alarm, kind: PieceKind, wanted: Evidence, around_ms: int, sha256: str | None = None
) -> Piece:
    return Piece(
        id=secrets.token_hex(16),
        tenant=alarm.tenant,
        alarm=alarm.id,
        kind=kind,
        device=str(alarm.address),
        area=alarm.area,
        wanted=wanted,
        around_ms=around_ms,
        details={"named": sha256, "event_seq": alarm.event_seq} if sha256 else {},
    )


def of_camera(piece: Piece, camera: str) -> list[Piece]:
    """Return what one camera is asked for in place of `piece`, which only says that cameras are."""
    kinds = [
        kind
        for kind, asked in ((PieceKind.SNAPSHOT, piece.wanted.snapshot), (PieceKind.CLIP, piece.wanted.clip))
        if asked
    ]
    return [
        Piece(
            id=secrets.token_hex(16),
            tenant=piece.tenant,
            alarm=piece.alarm,
            kind=kind,
            device=camera,
            area=piece.area,
            wanted=piece.wanted,
            around_ms=piece.around_ms,
        )
        for kind in kinds
    ]
