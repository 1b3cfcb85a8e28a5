"""Looks in the ledger for the event with which a camera answered. Blocking."""

from typing import Final

from sqlalchemy import Connection, select

from contract.codec import decode
from contract.messages import Event
from hub.evidence.asking import TAKEN, Answer
from hub.evidence.piece import Piece
from hub.evidence.store import PieceStore
from hub.ledger.schema import events

LOOKED_AT: Final = 100
"""Events of a camera since it was asked; more would be a camera gone mad."""


def by_action(connection: Connection, piece: Piece) -> Answer | None:
    """Return the event that names the action of `piece`."""
    found = _since_asked(connection, piece)
    return next((each for each in found if each.event.action == piece.action), None)


def by_time(connection: Connection, piece: Piece, store: PieceStore) -> Answer | None:
    """Return the first event since the asking that names no action and is nobody's evidence.

    For cameras whose driver does not say which action an event came of.
    """
    found = [each for each in _since_asked(connection, piece) if each.event.action is None]
    named = {sha256 for each in found for sha256 in each.event.media}
    taken = store.taken(connection, piece.device, named)
    return next((each for each in found if taken.isdisjoint(each.event.media)), None)


def _since_asked(connection: Connection, piece: Piece) -> list[Answer]:
    site, kind, device = piece.address
    columns = (events.c.seq, events.c.payload, events.c.received_ms)
    query = select(*columns).where(
        events.c.tenant == piece.tenant,
        events.c.site == site,
        events.c.kind == kind,
        events.c.device == device,
        events.c.type == TAKEN[piece.kind],
        events.c.received_ms >= (piece.asked_ms or 0),
    )
    rows = connection.execute(query.order_by(events.c.seq.desc()).limit(LOOKED_AT)).all()
    found = [Answer(seq, decode(Event, payload.encode()), received) for seq, payload, received in rows]
    return [each for each in reversed(found) if each.event.media]
