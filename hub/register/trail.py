"""What is done to the register is in the audit, in the same transaction: pseudonyms and fields, no names."""

from collections.abc import Iterable
from typing import Any, Final

from sqlalchemy import Connection

from contract.clock import Clock
from hub.alarms.alarm import Actor
from hub.audit.chain import append, append_all
from hub.audit.entry import AuditEntry
from hub.audit.trail import role_of

ITSELF: Final = Actor(who="register")
"""The hub, when it tidies up by itself."""
RESIDENT: Final = "resident"
"""Whoever has a household's link: nobody in particular."""


class RegisterTrail:
    """Writes one tenant's audit. Blocking."""

    def __init__(self, tenant: str, clock: Clock) -> None:
        self.tenant = tenant
        self.clock = clock

    def write(
        self, connection: Connection, by: Actor, what: str, about: str, *, reason: str = "", **details: Any
    ) -> int:
        """Write an entry, such as `person.added` or `plate.blocked`; return its number."""
        return append(connection, self._entry(connection, by)(what, about, reason, details))

    def write_all(
        self, connection: Connection, by: Actor, lines: Iterable[tuple[str, str, dict[str, Any]]]
    ) -> None:
        """Write many entries: what, about, details."""
        entry = self._entry(connection, by)
        entries = [entry(what, about, "", details) for what, about, details in lines]
        if entries:
            append_all(connection, entries)

    def _entry(self, connection: Connection, by: Actor) -> Any:
        role, now_ms = role_of(connection, self.tenant, by.who), self.clock.now_ms()

        def entry(what: str, about: str, reason: str, details: dict[str, Any]) -> AuditEntry:
            return AuditEntry(
                tenant=self.tenant,
                ts_ms=now_ms,
                who=by.who,
                role=role,
                address=by.address,
                post=by.post,
                what=what,
                about=about,
                reason=reason,
                details=details,
            )

        return entry
