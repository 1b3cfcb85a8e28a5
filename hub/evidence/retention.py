"""How long what was gathered is kept, and what must be kept whatever its age. There is no way to delete more.

Rows of alarms, timelines and the audit are never deleted: they are small. Only files go: pictures and clips
that nothing names any more that is within its retention or held.
"""

from collections.abc import Mapping
from typing import Final

from msgspec import Struct
from sqlalchemy import Connection, select

from contract.errors import InvalidMessage
from hub.alarms.schema import alarms
from hub.audit.chain import append
from hub.audit.entry import AuditEntry
from hub.evidence.piece import OPEN, Piece
from hub.evidence.schema import holds
from hub.ledger.dialect import dialect_of

DAY_MS: Final = 86_400_000


class RecordRetention(Struct, frozen=True, kw_only=True):
    """Days that files are kept: of evidence from its alarm's end, of other events from their coming.

    GA/T 1742-2020 asks for video of 30 days and event records of 365; PIPL §19 for no longer than needed.
    """

    evidence_days: int = 365
    media_days: int = 90


def may_go(
    piece: Piece, *, closed_ms: int | None, held: bool, now_ms: int, retention: RecordRetention
) -> bool:
    """Whether a piece's file is no longer needed for its sake: `closed_ms` None is an open alarm."""
    if held or closed_ms is None or piece.state in OPEN:
        return False
    latest_ms = max(closed_ms, piece.around_ms, piece.received_ms or 0)
    return now_ms - latest_ms > retention.evidence_days * DAY_MS


def hold(connection: Connection, entry: AuditEntry) -> None:
    """Keep whatever belongs to alarm `entry.about` until `release`; `entry` says who wants it and why.

    InvalidMessage if no reason is given, or there is no such alarm.
    """
    _check(connection, entry)
    values = {"who": entry.who, "reason": entry.reason, "since_ms": entry.ts_ms, "released_ms": None}
    added = dialect_of(connection).insert(holds).values(tenant=entry.tenant, alarm=entry.about, **values)
    connection.execute(added.on_conflict_do_update(index_elements=["tenant", "alarm"], set_=values))
    append(connection, entry)


def release(connection: Connection, entry: AuditEntry) -> None:
    """Let what belongs to alarm `entry.about` go at the end of its retention, as `entry` says why."""
    _check(connection, entry)
    where = (holds.c.tenant == entry.tenant) & (holds.c.alarm == entry.about)
    connection.execute(holds.update().where(where).values(released_ms=entry.ts_ms))
    append(connection, entry)


def held(connection: Connection, tenant: str) -> set[str]:
    """Return the alarms that are held."""
    query = select(holds.c.alarm).where(holds.c.tenant == tenant, holds.c.released_ms.is_(None))
    return set(connection.execute(query).scalars())


def ends(connection: Connection, tenant: str) -> Mapping[str, int | None]:
    """Return when each alarm was closed; None: it is open."""
    query = select(alarms.c.id, alarms.c.closed_ms).where(alarms.c.tenant == tenant)
    return dict(connection.execute(query).all())


def _check(connection: Connection, entry: AuditEntry) -> None:
    if not entry.reason.strip():
        raise InvalidMessage("say why", code="no-reason")
    query = select(alarms.c.id).where(alarms.c.tenant == entry.tenant, alarms.c.id == entry.about)
    if connection.execute(query).first() is None:
        raise InvalidMessage("there is no such alarm", code="unknown-alarm")
