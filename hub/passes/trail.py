"""What people do with the record of passes is in the audit, in the same transaction."""

from typing import Any, Final

from sqlalchemy import Connection

from contract.clock import Clock
from hub.alarms.alarm import Actor
from hub.audit.chain import append
from hub.audit.entry import AuditEntry
from hub.audit.trail import role_of

EXPORTED: Final = "passes.exported"
LEFT: Final = "passes.left"
PURGED: Final = "passes.purged"
ITSELF: Final = Actor(who="hub")


class PassTrail:
    """Writes one tenant's audit. Blocking."""

    def __init__(self, tenant: str, clock: Clock) -> None:
        self.tenant = tenant
        self.clock = clock

    def write(
        self, connection: Connection, by: Actor, what: str, about: str, reason: str = "", **details: Any
    ) -> None:
        """Write an entry."""
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
