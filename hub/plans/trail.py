"""What is done to plans, placements and areas is in the audit, in the same transaction."""

from typing import Any

from sqlalchemy import Connection

from contract.clock import Clock
from hub.alarms.alarm import Actor
from hub.audit.chain import append
from hub.audit.entry import AuditEntry
from hub.audit.trail import role_of


class Trail:
    """Writes one tenant's audit. Blocking."""

    def __init__(self, tenant: str, clock: Clock) -> None:
        self._tenant = tenant
        self._clock = clock

    def write(self, connection: Connection, by: Actor, what: str, about: str, **details: Any) -> None:
        """Write an entry, such as `plan.added` or `device.placed`."""
        append(
            connection,
            AuditEntry(
                tenant=self._tenant,
                ts_ms=self._clock.now_ms(),
                who=by.who,
                role=role_of(connection, self._tenant, by.who),
                address=by.address,
                post=by.post,
                what=what,
                about=about,
                reason="",
                details=details,
            ),
        )
