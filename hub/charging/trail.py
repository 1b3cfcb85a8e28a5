"""What is done about charging is in the audit, in the same transaction."""

from typing import Any, Final

from sqlalchemy import Connection

from contract.clock import Clock
from hub.alarms.alarm import Actor
from hub.audit.chain import append
from hub.audit.entry import AuditEntry
from hub.audit.trail import role_of

RESIDENT: Final = "resident"
"""Whoever stands at a post with a phone: nobody in particular."""
ITSELF: Final = Actor(who="charging")
"""The hub, when it ends a charge by itself."""


class ChargingTrail:
    """Writes one tenant's audit. Blocking."""

    def __init__(self, tenant: str, clock: Clock) -> None:
        self.tenant = tenant
        self.clock = clock

    def write(
        self, connection: Connection, by: Actor, what: str, about: str, reason: str = "", /, **details: Any
    ) -> None:
        """Write an entry, such as `charge.settled`, `money.held` or `code.made`."""
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
