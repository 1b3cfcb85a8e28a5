"""Every step of a work order is in the audit, in the same transaction."""

from typing import Final

from sqlalchemy import Connection

from hub.audit.chain import append
from hub.audit.entry import AuditEntry
from hub.audit.trail import role_of
from hub.orders.book import Follower
from hub.orders.order import OrderChange

PREFIX: Final = "order."
"""How `what` begins: `order.reported`, `order.done`, `order.overdue`, …"""


def in_audit(tenant: str) -> Follower:
    """Return what writes a tenant's audit."""

    def follow(connection: Connection, change: OrderChange) -> None:
        order, entry = change.after, change.entry
        append(
            connection,
            AuditEntry(
                tenant=tenant,
                ts_ms=entry.ts_ms,
                who=entry.who,
                role=role_of(connection, tenant, entry.who),
                address=change.by.address,
                post=entry.post,
                what=PREFIX + entry.kind.value,
                about=order.id,
                reason=entry.note,
                details={"n": entry.n, "alarm": order.alarm, "state": order.state.value},
            ),
        )

    return follow
