"""Takes what gates and doors report from the ledger: each event once, in the transaction it changes.

Blocking. An event that makes no sense is counted and left out; it stays in the ledger.
"""

import logging
from collections.abc import Sequence
from itertools import chain
from typing import Final

import msgspec
from sqlalchemy import Connection, RowMapping, select

from contract.passes import GATE_KIND, PLATE_RECOGNISED
from hub.ledger.schema import events
from hub.passes.order import PassOrder
from hub.passes.presence import Presence
from hub.passes.reading import READERS, Seen, read, seen_in
from hub.passes.record import Outcome, Pass
from hub.passes.store import PassStore, completed

logger = logging.getLogger(__name__)

AT_ONCE: Final = 10
"""Events of one transaction: after an outage there are many, each commit waits for the disk, and alarms wait
for no longer than one takes."""


class Taken(msgspec.Struct, frozen=True):
    """What a transaction took: passes and attempts that are new, events that made no sense."""

    recorded: int
    malformed: int


class Intake:
    """Keeps one tenant's record."""

    def __init__(self, store: PassStore, presence: Presence) -> None:
        self._store = store
        self._presence = presence
        self._order = PassOrder(store.tenant, presence)

    def next(self, connection: Connection, most: int = AT_ONCE) -> Taken | None:
        """Take the next events, so many at most; None if there are none."""
        rows = self._rows(connection, most)
        if not rows:
            return None
        wrong: list[str] = []
        recorded = 0
        for row in rows:
            try:
                told = read(dict(row))
            except msgspec.MsgspecError as error:
                wrong.append(f"event {row['seq']} ({row['type']}): {error}")
                continue
            if told is not None:
                recorded += self._take(connection, row, told)
        self._store.cursor.move(connection, rows[-1]["seq"])
        if wrong:
            logger.warning("not in the record of passes: %d events, such as %s", len(wrong), wrong[0])
        return Taken(recorded, len(wrong))

    def skip(self, connection: Connection) -> None:
        """Leave out the next event, which cannot be taken: it must not keep all others back."""
        for row in self._rows(connection, 1):
            logger.error("event %d (%s) is left out of the record of passes", row["seq"], row["type"])
            self._store.cursor.move(connection, row["seq"])

    def _rows(self, connection: Connection, most: int) -> Sequence[RowMapping]:
        """Read the next events: of each type a stretch of the index, as most events are of other types."""
        after = self._store.cursor.seq(connection)
        found = chain.from_iterable(self._of_type(connection, each, after, most) for each in READERS)
        return sorted(found, key=lambda row: row["seq"])[:most]

    def _of_type(self, connection: Connection, of: str, after: int, most: int) -> Sequence[RowMapping]:
        ours = (events.c.tenant == self._store.tenant, events.c.type == of, events.c.seq > after)
        query = select(events).where(*ours).order_by(events.c.seq).limit(most)
        return connection.execute(query).mappings().all()

    def _take(self, connection: Connection, row: RowMapping, told: Pass | Seen) -> bool:
        if isinstance(told, Seen):
            return self._take_reading(connection, row, told)
        if told.recognised is not None:
            told = self._with_reading(connection, row, told, told.recognised)
        told = self._order.judged(connection, told)
        self._store.add(connection, told)
        if self._presence.moves(told):
            self._presence.take(connection, told)
        return True

    def _take_reading(self, connection: Connection, row: RowMapping, seen: Seen) -> bool:
        """Give a reading to the pass that was told before it; record what is to be known of it alone."""
        known = self._store.of_reading(connection, row["site"], row["device"], seen.id)
        for each in known:
            self._store.complete(connection, each, seen, row["seq"])
        if seen.own is None or (known and seen.own.outcome is Outcome.SEEN):
            return False
        self._store.add(connection, seen.own)
        return True

    def _with_reading(self, connection: Connection, row: RowMapping, told: Pass, recognised: str) -> Pass:
        """Return a pass with what the camera read, if that is in the ledger: no mere reading any more."""
        known = self._store.of_reading(connection, row["site"], row["device"], recognised)
        mere = [each for each in known if each.outcome is Outcome.SEEN]
        self._store.remove(connection, mere, row["seq"])
        source = (
            events.c.tenant == told.tenant,
            events.c.site == told.site,
            events.c.source == row["source"],
        )
        query = select(events).where(*source, events.c.id == recognised, events.c.type == PLATE_RECOGNISED)
        found = connection.execute(query).mappings().first()
        try:
            return completed(told, seen_in(dict(found))) if found and found["kind"] == GATE_KIND else told
        except msgspec.MsgspecError:
            return told
