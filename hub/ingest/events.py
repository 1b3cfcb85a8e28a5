"""Commits events in groups, and only then lets the broker and the driver hosts forget them."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby, islice
from typing import Final, NamedTuple, TypeVar

from sqlalchemy import Engine, insert
from sqlalchemy.exc import DataError, IntegrityError, StatementError

from contract.errors import InvalidMessage
from contract.mqtt import Connection, Incoming
from hub.counters import Counters
from hub.ingest.rejects import Reject
from hub.ledger.commit import Arrival, Committed, EventWriter
from hub.ledger.schema import rejected

logger = logging.getLogger(__name__)

MAX_GROUP: Final = 2048
MAX_WAITING: Final = 20_000
RETRY_S: Final = 1.0

T = TypeVar("T")


class Delivery(NamedTuple):
    """An event and how it came, so that it can be acknowledged there."""

    arrival: Arrival
    link: Connection
    message: Incoming


class Committer:
    """One thread that writes the ledger; groups form while it is busy with the one before."""

    def __init__(
        self,
        engine: Engine,
        tenant: str,
        counters: Counters,
        on_commit: Callable[[Committed], None],
        on_reject: Callable[[Delivery, InvalidMessage], None],
    ) -> None:
        self.thread = ThreadPoolExecutor(1, "ledger")
        self.writer = EventWriter(engine, tenant)
        self._engine = engine
        self._tenant = tenant
        self._counters = counters
        self._on_commit = on_commit
        self._on_reject = on_reject
        self._waiting: deque[Delivery] = deque()
        self._group: Sequence[Delivery] = ()
        self._rejects: list[Reject] = []
        self._arrived = asyncio.Event()
        self._room = asyncio.Event()
        self._room.set()
        self.failing = False
        """Whether the last commit failed: the ledger takes nothing just now."""

    @property
    def waiting(self) -> int:
        """How many events are not committed yet."""
        return len(self._waiting)

    @property
    def oldest_ms(self) -> int | None:
        """When the oldest event came that is not committed yet, in ms since 1970; None: all are."""
        oldest = self._group[:1] or list(islice(self._waiting, 1))
        return oldest[0].arrival.received_ms if oldest else None

    async def put(self, delivery: Delivery) -> None:
        """Queue an event; waits while too many do already, so that the broker keeps the rest."""
        if len(self._waiting) >= MAX_WAITING:
            self._room.clear()
            await self._room.wait()
        self._waiting.append(delivery)
        self._arrived.set()

    def keep_reject(self, reject: Reject) -> None:
        """Queue a sample of what was not understood."""
        self._rejects.append(reject)
        self._arrived.set()

    async def run(self) -> None:
        """Commit until cancelled."""
        try:
            while True:
                await self._arrived.wait()
                self._arrived.clear()
                await self._commit_waiting()
        finally:
            self.thread.shutdown()

    async def _commit_waiting(self) -> None:
        if self._rejects:
            samples, self._rejects = self._rejects, []
            await self._in_thread(self._store_rejects, samples)
        while self._waiting:
            group = [self._waiting.popleft() for _ in range(min(MAX_GROUP, len(self._waiting)))]
            self._room.set()
            self._group = group
            await self._commit(group)
            self._group = ()

    async def _commit(self, group: Sequence[Delivery]) -> None:
        """Commit a group; one that holds something no database takes is split until that is found."""
        try:
            committed = await self._in_thread(self.writer.commit, [each.arrival for each in group])
        except (DataError, IntegrityError, StatementError, ValueError, OverflowError) as wrong:
            if not _is_data_fault(wrong):
                await self._try_again(group, wrong)
            elif len(group) == 1:
                self._on_reject(group[0], InvalidMessage(f"the ledger cannot hold it: {wrong}"))
                _acknowledge(group)
            else:
                await self._commit(group[: len(group) // 2])
                await self._commit(group[len(group) // 2 :])
            return
        except Exception as wrong:  # a full disk, a database gone: whatever it is, nothing may be lost
            await self._try_again(group, wrong)
            return
        self.failing = False
        self._counters.events_committed += len(committed.entries)
        self._counters.events_repeated += committed.repeats
        _acknowledge(group)
        self._on_commit(committed)

    async def _try_again(self, group: Sequence[Delivery], wrong: Exception) -> None:
        self.failing = True
        self._counters.commit_failures += 1
        logger.error("the ledger cannot be written, %d events wait: %s", len(group), wrong)
        self._waiting.extendleft(reversed(group))
        await asyncio.sleep(RETRY_S)

    async def _in_thread(self, call: Callable[..., T], *arguments: object) -> T:
        return await asyncio.get_running_loop().run_in_executor(self.thread, call, *arguments)

    def _store_rejects(self, samples: Iterable[Reject]) -> None:
        rows = [
            {
                "tenant": self._tenant,
                "topic": each.topic,
                "reason": each.reason,
                "payload": each.payload,
                "received_ms": each.received_ms,
            }
            for each in samples
        ]
        try:
            with self._engine.begin() as connection:
                connection.execute(insert(rejected), rows)
        except Exception:  # they are counted and logged; a sample is not worth stopping for
            logger.exception("samples of rejected messages cannot be kept")


def _acknowledge(group: Sequence[Delivery]) -> None:
    for link, deliveries in groupby(group, key=lambda delivery: delivery.link):
        if link.alive:
            link.acknowledge([delivery.message for delivery in deliveries])


def _is_data_fault(wrong: Exception) -> bool:
    """Whether the rows are at fault, not the database: a StatementError wraps either."""
    inner = getattr(wrong, "orig", None) or wrong
    return isinstance(wrong, DataError | IntegrityError) or isinstance(
        inner, ValueError | OverflowError | TypeError
    )
