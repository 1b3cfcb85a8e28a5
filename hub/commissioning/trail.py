"""What is done about commissioning is in the audit, in the same transaction."""

from typing import Any, Final

from sqlalchemy import Connection

from contract.clock import Clock
from hub.alarms.alarm import HUB, Actor
from hub.audit.chain import append
from hub.audit.entry import AuditEntry
from hub.audit.trail import role_of
from hub.commissioning.proof import Proof
from hub.commissioning.trial import Trial

STARTED: Final = "commissioning.test-started"
ENDED: Final = "commissioning.test-ended"
PROVEN: Final = "commissioning.proven"
NOTHING: Final = "commissioning.nothing-came"
EXPORTED: Final = "commissioning.record-exported"


class Trail:
    """Writes one tenant's audit. Blocking."""

    def __init__(self, tenant: str, clock: Clock) -> None:
        self._tenant = tenant
        self._clock = clock

    def write(self, connection: Connection, by: Actor, what: str, about: str, **details: Any) -> None:
        """Write an entry."""
        entry = AuditEntry(
            tenant=self._tenant,
            ts_ms=self._clock.now_ms(),
            who=by.who,
            role=role_of(connection, self._tenant, by.who),
            address=by.address,
            post=by.post,
            what=what,
            about=about,
            details=details,
        )
        append(connection, entry)

    def proven(self, connection: Connection, trial: Trial, proof: Proof) -> None:
        """Write that the alarm of a test went the whole way."""
        details = {"test": trial.id, "who": trial.who, "alarm": proof.alarm, "sha256": proof.sha256}
        self.write(connection, HUB, PROVEN, trial.device, **details)

    def nothing(self, connection: Connection, trial: Trial) -> None:
        """Write that no alarm came within a test."""
        self.write(connection, HUB, NOTHING, trial.device, test=trial.id, who=trial.who)
