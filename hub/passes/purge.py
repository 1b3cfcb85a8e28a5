"""Ends what was kept for long enough, in the order in which it was recorded, a little at a time.

With the passes go the events that told them: plates and people stand in both. What happened around an alarm
that is held stays, and so does a vehicle that is inside: it will come out.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from functools import partial
from itertools import takewhile
from typing import Final, NamedTuple

from sqlalchemy import Connection, delete, func, select
from sqlalchemy.exc import SQLAlchemyError

from contract.clock import rfc3339_ms
from hub.alarms.schema import alarms
from hub.audit.writer import AuditWriter
from hub.evidence.retention import DAY_MS
from hub.evidence.schema import holds
from hub.ledger.by_number import of_tenant
from hub.ledger.schema import events
from hub.ledger.transactions import Transactions
from hub.passes.reading import READERS
from hub.passes.schema import inside, passes, past, tallies
from hub.passes.store import PassStore, pass_of
from hub.passes.trail import ITSELF, PURGED

logger = logging.getLogger(__name__)

FIRST_S: Final = 600.0
EVERY_S: Final = 86_400.0
AT_ONCE: Final = 50
"""In one transaction: alarms wait for no longer than that takes."""

AROUND_MS: Final = 600_000
"""So long before and after an alarm what passes there belongs to it."""


class Held(NamedTuple):
    """Where, and from when until when, nothing goes."""

    kind: str
    device: str
    from_ms: int
    to_ms: int


def covered(held: Sequence[Held], kind: str, device: str, at_ms: int) -> bool:
    """Whether what happened there and then is kept."""
    return any((kind, device) == each[:2] and each.from_ms <= at_ms <= each.to_ms for each in held)


class Step(NamedTuple):
    """How far a purge is, how many passes have gone, and whether the audit has it that something went."""

    seq: int = 0
    gone: int = 0
    said: bool = False


class PassPurge:
    """One tenant's record, and what told it: each row is kept for `days` from when it was heard of."""

    def __init__(self, ledger: Transactions, store: PassStore, trail: AuditWriter, days: int) -> None:
        self._ledger = ledger
        self._store = store
        self._trail = trail
        self._days = days

    async def run(self) -> None:
        """Purge once a day until cancelled, and not while the hub starts."""
        await asyncio.sleep(FIRST_S)
        while True:
            try:
                await self.once()
            except SQLAlchemyError:
                logger.exception("the record of passes is not purged; it is tried again")
            await asyncio.sleep(EVERY_S)

    async def once(self) -> int:
        """Delete what is too old; return how many passes went."""
        before_ms = self._trail.clock.now_ms() - self._days * DAY_MS
        done = await self._all(self._purge, Step(), before_ms)
        for each in READERS:
            done = await self._all(partial(self._purge_events, each), done._replace(seq=0), before_ms)
        await self._ledger.write(partial(self._finish, before_ms))
        return done.gone

    async def _all(
        self, purge: Callable[[Step, int, Connection], Step | None], begun: Step, before_ms: int
    ) -> Step:
        """Let `purge` delete again and again until there is nothing left; return how far it came."""
        last = begun
        while (step := await self._ledger.write(partial(purge, last, before_ms))) is not None:
            last = step
        return last

    def _purge(self, last: Step, before_ms: int, connection: Connection) -> Step | None:
        """Delete some passes; None if there is nothing that is too old."""
        ours = (of_tenant(passes, self._store.tenant), passes.c.seq > last.seq)
        query = select(passes).where(*ours).order_by(passes.c.seq).limit(AT_ONCE)
        found = (pass_of(row) for row in connection.execute(query).mappings())
        old = list(takewhile(lambda each: each.received_ms < before_ms, found))
        if not old:
            return None
        held = self._held(connection)
        gone = [each for each in old if not covered(held, each.kind, each.device, each.at_ms)]
        self._store.forget(connection, gone)
        said = self._say(connection, last, before_ms, went=bool(gone))
        return Step(old[-1].seq, last.gone + len(gone), said)

    def _purge_events(self, of: str, last: Step, before_ms: int, connection: Connection) -> Step | None:
        """Delete some events of a type, but not a device's last: it tells how far its numbers go."""
        later, place = events.alias(), ("tenant", "site", "kind", "device")
        newest = select(func.max(later.c.seq)).where(*(later.c[name] == events.c[name] for name in place))
        ours = (events.c.tenant == self._store.tenant, events.c.type == of, events.c.seq > last.seq)
        columns = (events.c[name] for name in ("seq", "kind", "device", "time_ms", "received_ms"))
        query = select(*columns, newest.scalar_subquery().label("newest")).where(*ours)
        rows = connection.execute(query.order_by(events.c.seq).limit(AT_ONCE))
        old = list(takewhile(lambda row: row.received_ms < before_ms, rows))
        if not old:
            return None
        held = self._held(connection)
        older = (row for row in old if row.seq != row.newest)
        gone = [row.seq for row in older if not covered(held, row.kind, row.device, row.time_ms)]
        connection.execute(delete(events).where(events.c.seq.in_(gone)))
        return Step(old[-1].seq, last.gone, self._say(connection, last, before_ms, went=bool(gone)))

    def _say(self, connection: Connection, last: Step, before_ms: int, *, went: bool) -> bool:
        """Have the audit say once that something went; return whether it does."""
        if went and not last.said:
            before = rfc3339_ms(before_ms)
            self._trail.write(connection, ITSELF, PURGED, "", "retention", received_before=before)
        return went or last.said

    def _finish(self, before_ms: int, connection: Connection) -> None:
        tenant = self._store.tenant
        out = (inside.c.tenant == tenant, inside.c.inside.is_(False), inside.c.at_ms < before_ms)
        connection.execute(delete(inside).where(*out))
        forgotten = past.c.seq.not_in(select(passes.c.seq).where(passes.c.seq == past.c.seq))
        over = (past.c.tenant == tenant, past.c.received_ms < before_ms, forgotten)
        connection.execute(delete(past).where(*over))
        old = (tallies.c.tenant == tenant, tallies.c.hour_ms < before_ms)
        connection.execute(delete(tallies).where(*old))

    def _held(self, connection: Connection) -> list[Held]:
        named = (alarms.c.device_kind, alarms.c.device, alarms.c.raised_ms, alarms.c.last_ms)
        query = select(*named).join(holds, holds.c.alarm == alarms.c.id)
        ours = (holds.c.tenant == self._store.tenant, alarms.c.tenant == self._store.tenant)
        rows = connection.execute(query.where(*ours, holds.c.released_ms.is_(None)))
        return [Held(kind, device, first - AROUND_MS, last + AROUND_MS) for kind, device, first, last in rows]
