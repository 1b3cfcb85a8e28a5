"""One SQLite file, owned by one thread, written in groups: many writers share one sync to disk.

Nobody hears that something is written before it is on disk (WAL, synchronous=FULL). A damaged file is set
aside under another name, never deleted, and a new one begins.
"""

import asyncio
import contextlib
import logging
import queue
import sqlite3
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple, Self, TypeVar

from contract.clock import Clock
from contract.errors import HemeiError

log = logging.getLogger(__name__)

T = TypeVar("T")
Work = Callable[[sqlite3.Connection], T]

GROUP: Final = 1000
"""Most jobs in one transaction."""

_DAMAGED: Final = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})


class StorageError(HemeiError):
    """What should be kept could not be written: the disk or the outbox is full, or a file is damaged."""

    retryable = True
    default_code = "storage"


class _Job(NamedTuple):
    work: Work[Any]
    done: asyncio.Future[Any]


class Database:
    """A file with a schema. Every method is called from the event loop in which it was opened."""

    def __init__(self, path: Path, connection: sqlite3.Connection, *, set_aside: Path | None) -> None:
        self.path = path
        self.set_aside = set_aside
        """Where a damaged predecessor was put at the opening."""
        self.damaged = asyncio.Event()
        """Set when the file is found damaged while in use: the host must start anew."""
        self._connection = connection
        self._loop = asyncio.get_running_loop()
        self._closed = False
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._serve, name=f"writes {path.name}", daemon=True)
        self._thread.start()

    @classmethod
    async def open(cls, path: Path, schema: str, clock: Clock) -> Self:
        """Open or create; StorageError if the file cannot be used at all."""
        try:
            connection, set_aside = await asyncio.to_thread(_open, path, schema, clock)
        except (sqlite3.Error, OSError) as wrong:
            raise StorageError(f"{path}: {wrong}") from wrong
        if set_aside is not None:
            log.error("%s was damaged; it is kept as %s and a new one begins", path, set_aside.name)
        return cls(path, connection, set_aside=set_aside)

    async def do(self, work: Work[T]) -> T:
        """Run `work` in a transaction; when this returns, what it wrote is on disk.

        An exception of `work` undoes what `work` did, and nothing else.
        """
        if self._closed:
            raise StorageError(f"{self.path} is closed")
        done: asyncio.Future[T] = self._loop.create_future()
        self._jobs.put(_Job(work, done))
        return await done

    async def close(self) -> None:
        """Finish what is waiting and close the file."""
        self._closed = True
        self._jobs.put(None)
        await asyncio.to_thread(self._thread.join)

    def _serve(self) -> None:
        with contextlib.closing(self._connection):
            while (job := self._jobs.get()) is not None:
                group, last = self._group(job)
                outcomes = self._run(group)
                with contextlib.suppress(RuntimeError):  # the loop is gone; so are those who wait
                    self._loop.call_soon_threadsafe(_deliver, group, outcomes)
                if last:
                    return

    def _group(self, first: _Job) -> tuple[list[_Job], bool]:
        """Take what else is waiting; whether the end was among it."""
        group = [first]
        while len(group) < GROUP:
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                break
            if job is None:
                return group, True
            group.append(job)
        return group, False

    def _run(self, group: Sequence[_Job]) -> list[Any]:
        connection = self._connection
        try:
            connection.execute("BEGIN")
            outcomes = [self._run_one(job.work) for job in group]
            connection.execute("COMMIT")
        except sqlite3.Error as wrong:
            with contextlib.suppress(sqlite3.Error):
                connection.execute("ROLLBACK")
            return [self._explain(wrong)] * len(group)
        return outcomes

    def _run_one(self, work: Work[Any]) -> Any:
        self._connection.execute("SAVEPOINT one")
        try:
            outcome = work(self._connection)
        except sqlite3.Error:
            raise
        except Exception as wrong:
            self._connection.execute("ROLLBACK TO one")
            outcome = wrong
        self._connection.execute("RELEASE one")
        return outcome

    def _explain(self, wrong: sqlite3.Error) -> StorageError:
        if getattr(wrong, "sqlite_errorcode", None) in _DAMAGED:
            with contextlib.suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self.damaged.set)
            return StorageError(f"{self.path} is damaged: {wrong}", code="storage-damaged")
        full = getattr(wrong, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL
        return StorageError(f"{self.path}: {wrong}", code="storage-full" if full else None)


def _deliver(group: Sequence[_Job], outcomes: Sequence[Any]) -> None:
    for job, outcome in zip(group, outcomes, strict=True):
        if job.done.done():
            continue
        if isinstance(outcome, Exception):
            job.done.set_exception(outcome)
        else:
            job.done.set_result(outcome)


def _open(path: Path, schema: str, clock: Clock) -> tuple[sqlite3.Connection, Path | None]:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        return _connect(path, schema), None
    except sqlite3.DatabaseError as wrong:
        if getattr(wrong, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) not in _DAMAGED:
            raise
    stamp = clock.now().strftime("%Y%m%dT%H%M%S%f")[:-3]
    aside = path.with_name(f"{path.name}.damaged-{stamp}")
    for suffix in ("", "-wal", "-shm"):
        part = path.with_name(path.name + suffix)
        if part.exists():
            part.rename(aside.with_name(aside.name + suffix))
    return _connect(path, schema), aside


def _connect(path: Path, schema: str) -> sqlite3.Connection:
    path.touch(mode=0o600)  # codes and cards are in it; SQLite gives what it lays beside it the same mode
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        _check(connection)
        connection.executescript(schema)
    except BaseException:
        connection.close()
        raise
    return connection


def _check(connection: sqlite3.Connection) -> None:
    (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if verdict != "ok":
        raise sqlite3.DatabaseError(verdict)
