"""Writes the audit for routes and workers: durable before they answer, many at once in one transaction."""

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from msgspec import Struct
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from contract.clock import Clock, rfc3339_ms
from hub.access.roles import Principal
from hub.audit.chain import Head, append, append_all, head
from hub.audit.checkpoints import Checkpoint, Checkpoints
from hub.audit.entry import AuditEntry
from hub.audit.looks import Looks
from hub.audit.queries import AuditView, Wanted, find, last_of
from hub.ledger.transactions import Transactions

logger = logging.getLogger(__name__)

MAX_GROUP: Final = 500
CHECKPOINT_ENTRIES: Final = 256
CHECKPOINT_S: Final = 60.0
"""So much of the end can be cut off unseen: what was written since the last checkpoint."""


class Caller(Struct, frozen=True, kw_only=True):
    """Who asks, and from which network address."""

    principal: Principal
    address: str | None = None
    post: str | None = None


class Auditor:
    """One tenant's audit. Lives on the hub's event loop."""

    def __init__(
        self, transactions: Transactions, tenant: str, clock: Clock, checkpoints: Checkpoints
    ) -> None:
        self._transactions = transactions
        self._tenant = tenant
        self._clock = clock
        self._checkpoints = checkpoints
        self._looks = Looks()
        self._waiting: list[tuple[AuditEntry, asyncio.Future[None]]] = []
        self._writing: asyncio.Task[None] | None = None
        self._kept = 0

    async def record(
        self, caller: Caller, what: str, about: str, *, reason: str = "", **details: Any
    ) -> None:
        """Write an entry; it is durable when this returns. If the ledger takes nothing, this raises."""
        await self._write(self._entry(caller, what, about, reason, details))

    async def looked(
        self, caller: Caller, what: str, about: str, *, reason: str = "", **details: Any
    ) -> None:
        """Write that somebody looks at something; who goes on looking is written down once (`Looks`)."""
        key = (caller.principal.name, what, about, reason)
        count = self._looks.count(key, self._clock.now_ms())
        if count is None:
            return
        if count > 1:
            details["looks"] = count
        try:
            await self._write(self._entry(caller, what, about, reason, details))
        except BaseException:
            self._looks.forget(key)
            raise

    async def do(
        self,
        caller: Caller,
        what: str,
        about: str,
        reason: str,
        work: Callable[[Connection, AuditEntry], None],
    ) -> None:
        """Do something that writes the entry itself: `work` gets it, and both stand or fall together."""
        entry = self._entry(caller, what, about, reason, {})
        await self._transactions.write(lambda connection: work(connection, entry))

    def within(self, caller: Caller, what: str, about: str, **details: Any) -> Callable[[Connection], None]:
        """Return what writes an entry in the transaction of whoever calls it."""
        entry = self._entry(caller, what, about, "", details)

        def write(connection: Connection) -> None:
            append(connection, entry)

        return write

    async def last_of(self, people: Iterable[str]) -> Mapping[str, int]:
        """When each of these principals last did something that is written here, in ms since 1970."""
        return await self._transactions.read(lambda connection: last_of(connection, self._tenant, people))

    async def find(self, wanted: Wanted) -> Sequence[AuditView]:
        """Read entries."""
        return await self._transactions.read(lambda connection: find(connection, self._tenant, wanted))

    async def run(self) -> None:
        """Keep checkpoints of the chain until cancelled, and a last one then."""
        try:
            while True:
                await self._checkpoint()
                await asyncio.sleep(CHECKPOINT_S)
        finally:
            await self._checkpoint()

    def _entry(
        self, caller: Caller, what: str, about: str, reason: str, details: dict[str, Any]
    ) -> AuditEntry:
        return AuditEntry(
            tenant=self._tenant,
            ts_ms=self._clock.now_ms(),
            who=caller.principal.name,
            role=caller.principal.role.value,
            address=caller.address,
            post=caller.post,
            what=what,
            about=about,
            reason=reason,
            details=details,
        )

    async def _write(self, entry: AuditEntry) -> None:
        """Wait until the entry is written: with the next group, as soon as the one before is done."""
        written = asyncio.get_running_loop().create_future()
        self._waiting.append((entry, written))
        if self._writing is None:
            self._writing = asyncio.create_task(self._write_waiting())
        await written

    async def _write_waiting(self) -> None:
        try:
            while self._waiting:
                group, self._waiting = self._waiting[:MAX_GROUP], self._waiting[MAX_GROUP:]
                await self._write_group(group)
        finally:
            self._writing = None
            for _, written in self._waiting:
                written.cancel()
            self._waiting.clear()

    async def _write_group(self, group: Sequence[tuple[AuditEntry, "asyncio.Future[None]"]]) -> None:
        entries = [entry for entry, _ in group]

        def work(connection: Connection) -> Head:
            append_all(connection, entries)
            return head(connection, self._tenant)

        try:
            at = await self._transactions.write(work)
        except Exception as wrong:  # whatever it is, those who wait must hear of it
            for _, written in group:
                if not written.done():
                    written.set_exception(wrong)
            return
        for _, written in group:
            if not written.done():
                written.set_result(None)
        if at.n - self._kept >= CHECKPOINT_ENTRIES:
            await self._keep(at)

    async def _checkpoint(self) -> None:
        try:
            at = await self._transactions.read(lambda connection: head(connection, self._tenant))
        except SQLAlchemyError as wrong:
            logger.error("the ledger does not say where the audit stands: %s", wrong)  # noqa: TRY400 - no bug of ours
            return
        if at.n > self._kept:
            await self._keep(at)

    async def _keep(self, at: Head) -> None:
        checkpoint = Checkpoint(
            tenant=self._tenant, n=at.n, hash=at.hash, ts=rfc3339_ms(self._clock.now_ms())
        )
        try:
            await asyncio.to_thread(self._checkpoints.keep, checkpoint)
        except OSError as wrong:
            logger.error("the audit's checkpoint cannot be kept: %s", wrong)  # noqa: TRY400 - no bug of ours
            return
        self._kept = at.n
