"""What is done about commissioning is in the audit, in the same transaction."""

from typing import Final

from sqlalchemy import Connection

from hub.alarms.alarm import HUB
from hub.audit.writer import AuditWriter
from hub.commissioning.proof import Proof
from hub.commissioning.trial import Trial

STARTED: Final = "commissioning.test-started"
ENDED: Final = "commissioning.test-ended"
PROVEN: Final = "commissioning.proven"
NOTHING: Final = "commissioning.nothing-came"
EXPORTED: Final = "commissioning.record-exported"


class Trail(AuditWriter):
    """Writes one tenant's audit. Blocking."""

    def proven(self, connection: Connection, trial: Trial, proof: Proof) -> None:
        """Write that the alarm of a test went the whole way."""
        details = {"test": trial.id, "who": trial.who, "alarm": proof.alarm, "sha256": proof.sha256}
        self.write(connection, HUB, PROVEN, trial.device, **details)

    def nothing(self, connection: Connection, trial: Trial) -> None:
        """Write that no alarm came within a test."""
        self.write(connection, HUB, NOTHING, trial.device, test=trial.id, who=trial.who)
