"""Writes what somebody does into the audit, in the transaction of what they do."""

from typing import Any

from sqlalchemy import Connection

from contract.clock import Clock
from hub.alarms.alarm import Actor
from hub.audit.chain import append
from hub.audit.entry import AuditEntry
from hub.audit.trail import role_of


class AuditWriter:
    """Writes one tenant's audit. Blocking."""

    def __init__(self, tenant: str, clock: Clock) -> None:
        self.tenant = tenant
        self.clock = clock

    def write(
        self, connection: Connection, by: Actor, what: str, about: str, reason: str = "", /, **details: Any
    ) -> None:
        """Write an entry, such as `plan.added` or `charge.settled`, with the role that they have now."""
        append(
            connection,
            AuditEntry(
                tenant=self.tenant,
                ts_ms=self.clock.now_ms(),
                who=by.who,
                role=role_of(connection, self.tenant, by.who),
                address=by.address,
                post=by.post,
                what=what,
                about=about,
                reason=reason,
                details=details,
            ),
        )
