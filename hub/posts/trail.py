"""What happens at posts is in the audit, in the same transaction."""

from typing import Final

from sqlalchemy import Connection

from hub.audit.chain import append
from hub.audit.entry import AuditEntry
from hub.audit.trail import role_of
from hub.posts.records import DutyEntry
from hub.posts.roster import Record

PREFIX: Final = "post."
"""How `what` begins: `post.signed-on`, `post.handed-over`, `post.presence-missed`, …"""


def in_audit(tenant: str) -> Record:
    """Return what writes a tenant's audit."""

    def record(connection: Connection, entry: DutyEntry) -> None:
        append(
            connection,
            AuditEntry(
                tenant=tenant,
                ts_ms=entry.ts_ms,
                who=entry.who,
                role=role_of(connection, tenant, entry.who),
                post=entry.post,
                what=PREFIX + entry.kind.value,
                about=entry.post,
                reason=entry.note,
                details=entry.data,
            ),
        )

    return record
