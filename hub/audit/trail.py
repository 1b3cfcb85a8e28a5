"""Every change of an alarm is in the audit, in the same transaction, with the hash of its timeline entry."""

from typing import Final

from sqlalchemy import Connection, Table, select

from hub.access.roles import Role
from hub.access.schema import tokens, users
from hub.alarms.alarm import Change
from hub.alarms.changes import Participant
from hub.audit.canonical import digest_of
from hub.audit.chain import append
from hub.audit.entry import AuditEntry

TIMELINE: Final = "alarm."
"""How `what` begins in entries of the trail: `alarm.raised`, `alarm.acknowledged`, …"""

_NAMED_IN: Final = {"user": users, "token": tokens}


class AuditTrail(Participant):
    """Writes what people and the hub itself do to alarms.

    What the hub does is there too: only so a timeline can be checked from its first entry to its last.
    """

    def within(self, connection: Connection, change: Change) -> None:
        """Write the change."""
        alarm, entry = change.after, change.entry
        append(
            connection,
            AuditEntry(
                tenant=alarm.tenant,
                ts_ms=entry.ts_ms,
                who=entry.who,
                role=role_of(connection, alarm.tenant, entry.who),
                address=_text(entry.data.get("from")),
                post=entry.post,
                what=TIMELINE + entry.kind.value,
                about=alarm.id,
                reason=entry.note,
                details={"device": str(alarm.address), "n": entry.n, "sha256": digest_of(entry)},
            ),
        )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def role_of(connection: Connection, tenant: str, who: str) -> str:
    """Return the role that a principal has now; empty for the hub itself and for whom the ledger has none."""
    sort, _, name = who.partition(":")
    if sort == "link":
        return name if name in set(Role) else ""
    table: Table | None = _NAMED_IN.get(sort)
    if table is None:
        return ""
    query = select(table.c.role).where(table.c.tenant == tenant, table.c.name == name)
    return connection.execute(query).scalar() or ""
