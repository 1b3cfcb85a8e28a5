"""Who takes part in a change of an alarm: in the same transaction, and once it is committed."""

from collections.abc import Sequence

from sqlalchemy import Connection

from hub.alarms.alarm import Change


class Participant:
    """Plans what follows from a change; by itself it does nothing.

    What `within` writes stands or falls with the change: after a crash either both are there or neither.
    """

    def within(self, connection: Connection, change: Change) -> None:
        """Write what follows, in the change's own transaction; called in the ledger's thread. Never slow."""

    def committed(self, changes: Sequence[Change]) -> None:
        """Take that changes are committed; called on the event loop, in their order."""
