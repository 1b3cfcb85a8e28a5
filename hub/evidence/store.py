"""Writes and reads pieces of evidence inside the caller's transaction. Blocking."""

from collections.abc import Collection, Sequence
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, RowMapping, distinct, func, insert, select, update

from hub.evidence.piece import OPEN, Piece, PieceState
from hub.evidence.schema import evidence
from hub.ledger.converting import convert

_JSON_COLUMNS = ("wanted", "details")


class PieceStore:
    """One tenant's evidence."""

    def __init__(self, tenant: str) -> None:
        self.tenant = tenant

    def add(self, connection: Connection, pieces: Sequence[Piece]) -> None:
        """Plan pieces."""
        if pieces:
            connection.execute(insert(evidence), [_values(piece) for piece in pieces])

    def put(self, connection: Connection, piece: Piece) -> None:
        """Write how far a piece is."""
        connection.execute(update(evidence).where(evidence.c.id == piece.id).values(_values(piece)))

    def open(self, connection: Connection) -> list[Piece]:
        """Read what is planned and not done, oldest moment first, snapshots before clips, which take long."""
        return self._find(connection, evidence.c.state.in_([state.value for state in OPEN]))

    def of_alarm(self, connection: Connection, alarm: str) -> list[Piece]:
        """Read everything of an alarm, in the order of the moments it shows."""
        return self._find(connection, evidence.c.alarm == alarm)

    def rounds(self, connection: Connection, alarm: str) -> int:
        """How often evidence of an alarm was planned so far."""
        query = select(func.count(distinct(evidence.c.around_ms)))
        ours = (evidence.c.tenant == self.tenant) & (evidence.c.alarm == alarm)
        return connection.execute(query.where(ours)).scalar_one()

    def taken(self, connection: Connection, device: str, sha256: Collection[str]) -> set[str]:
        """Which of these pictures of a device are evidence of some alarm already."""
        query = select(evidence.c.sha256).where(evidence.c.tenant == self.tenant, evidence.c.device == device)
        return set(connection.execute(query.where(evidence.c.sha256.in_(sha256))).scalars())

    def revive(self, connection: Connection, actions: Collection[str]) -> None:
        """Let pieces that were given up wait again: what they asked for has come after all."""
        given_up = (evidence.c.tenant == self.tenant) & (evidence.c.state == PieceState.FAILED.value)
        late = update(evidence).where(given_up, evidence.c.action.in_(actions))
        connection.execute(late.values(state=PieceState.ASKED.value, next_ms=0))

    def _find(self, connection: Connection, where: ColumnElement[bool]) -> list[Piece]:
        query = select(evidence).where(evidence.c.tenant == self.tenant, where)
        rows = connection.execute(
            query.order_by(evidence.c.around_ms, evidence.c.kind.desc(), evidence.c.id)
        ).mappings()
        return [piece_of(row) for row in rows]


def piece_of(row: RowMapping) -> Piece:
    """Read a row of `evidence`."""
    values = {name: row[name] for name in Piece.__struct_fields__}
    values |= {name: msgspec.json.decode(values[name]) for name in _JSON_COLUMNS}
    return convert(values, Piece)


def _values(piece: Piece) -> dict[str, Any]:
    values = msgspec.structs.asdict(piece)
    values |= {name: msgspec.json.encode(values[name]).decode() for name in _JSON_COLUMNS}
    return values | {"kind": piece.kind.value, "state": piece.state.value}
