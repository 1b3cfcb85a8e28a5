"""Events and their media on disk, numbered without gaps, until the hub says that they are committed.

The outbox is the driver host's memory of what it still owes the hub. Each file has an id of its own, so that
numbers of a lost or set-aside file are never taken for those of the new one.
"""

import asyncio
import hashlib
import sqlite3
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final, NamedTuple, Self

from contract import codec
from contract.clock import Clock
from contract.errors import InvalidMessage
from contract.messages import Event
from contract.topics import Address
from drivers.runtime.database import Database, StorageError
from drivers.runtime.settings import OutboxLimits

REMEMBERED_IDS: Final = 2048
"""How many of a device's own event ids are known at least, to tell what it offers again."""

SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS outbox (
    id TEXT NOT NULL, last INTEGER NOT NULL, upto INTEGER NOT NULL, bytes INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS events (
    number INTEGER PRIMARY KEY, event BLOB NOT NULL, bytes INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS media (sha256 TEXT PRIMARY KEY, data BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS event_media (
    sha256 TEXT NOT NULL, number INTEGER NOT NULL, PRIMARY KEY (sha256, number)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS event_media_number ON event_media (number);
CREATE TABLE IF NOT EXISTS sequences (
    source TEXT PRIMARY KEY, boot INTEGER NOT NULL, sequence INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS known_ids (
    source TEXT NOT NULL, id TEXT NOT NULL, number INTEGER NOT NULL, PRIMARY KEY (source, id)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS known_ids_number ON known_ids (source, number);
"""


class Occurrence(NamedTuple):
    """An event as a driver reports it. `id` None: it has no number of its own at the device.

    `action`: the id of the action that it came of.
    """

    source: Address
    type: str
    time: datetime
    data: Mapping[str, Any]
    media: Sequence[bytes] = ()
    id: str | None = None
    action: str | None = None


class Kept(NamedTuple):
    """An event that waits in the outbox under `number`."""

    number: int
    event: Event


class Fill(NamedTuple):
    """How full it is: `last` number given, all up to `upto` committed, `bytes` of the others."""

    last: int
    upto: int
    bytes: int


class Outbox:
    """The outbox of one driver host, for one run of it (`boot`)."""

    def __init__(
        self, database: Database, ident: str, fill: Fill, *, host: str, boot: int, limits: OutboxLimits
    ) -> None:
        self.id = ident
        self.changed = asyncio.Event()
        """Set at every new event and every confirmation; whoever waits clears it."""
        self._database = database
        self._fill = fill
        self._host = host
        self._boot = boot
        self._limits = limits
        self._owed: dict[Address, int] = {}

    @classmethod
    async def open(cls, path: Path, *, host: str, boot: int, limits: OutboxLimits, clock: Clock) -> Self:
        """Open or begin the outbox in `path`; StorageError if that is impossible."""
        database = await Database.open(path, SCHEMA, clock)
        ident, fill = await database.do(_begin)
        return cls(database, ident, fill, host=host, boot=boot, limits=limits)

    async def close(self) -> None:
        """Write what is under way and close the file."""
        await self._database.close()

    @property
    def damaged(self) -> asyncio.Event:
        """Set when the file turns out to be damaged while in use."""
        return self._database.damaged

    @property
    def set_aside(self) -> Path | None:
        """Where a damaged predecessor was put, if there was one."""
        return self._database.set_aside

    @property
    def last(self) -> int:
        """The highest number given so far; 0 if none."""
        return self._fill.last

    @property
    def upto(self) -> int:
        """All events up to this number are committed."""
        return self._fill.upto

    @property
    def waiting(self) -> int:
        """How many events the hub has not committed yet."""
        return self._fill.last - self._fill.upto

    @property
    def waiting_bytes(self) -> int:
        """How many bytes wait, media included."""
        return self._fill.bytes

    async def append(self, occurrence: Occurrence) -> int:
        """Keep an event and return its number; when this returns, it is on disk.

        InvalidMessage if the hub would not take it.

        A known id of the same source is not kept twice: its number is returned again. StorageError if the
        outbox or the disk is full; the gap in `sequence` then shows that an event is missing, unless the
        device itself keeps it (`id`) and will offer it again.
        """
        if any(len(each) > codec.MAX_MEDIA_BYTES for each in occurrence.media):
            raise InvalidMessage(f"a picture or clip is over {codec.MAX_MEDIA_BYTES} bytes", code="too-large")
        return await asyncio.shield(self._append(occurrence))  # the fill must not miss what is written

    async def _append(self, occurrence: Occurrence) -> int:
        source = occurrence.source
        owed = self._owed.pop(source, 0)
        try:
            number, self._fill = await self._database.do(
                lambda connection: self._insert(connection, occurrence, owed)
            )
        except StorageError:
            lost = owed + (occurrence.id is None)
            self._owed[source] = self._owed.get(source, 0) + lost
            raise
        self.changed.set()
        return number

    async def after(self, number: int, limit: int) -> list[Kept]:
        """Return the next events above `number`, in order."""
        query = "SELECT number, event FROM events WHERE number > ? ORDER BY number LIMIT ?"
        rows = await self._database.do(
            lambda connection: connection.execute(query, (number, limit)).fetchall()
        )
        return [Kept(number, codec.decode(Event, event)) for number, event in rows]

    async def media(self, sha256: str) -> bytes | None:
        """Return a picture or clip by its hash."""
        query = "SELECT data FROM media WHERE sha256 = ?"
        row = await self._database.do(lambda connection: connection.execute(query, (sha256,)).fetchone())
        return row[0] if row else None

    async def confirm(self, upto: int) -> bool:
        """Forget all events up to `upto`; False, and nothing happens, if that is not news or not ours."""
        if not self._fill.upto < upto <= self._fill.last:
            return False
        await asyncio.shield(self._confirm(upto))
        return True

    async def _confirm(self, upto: int) -> None:
        self._fill = await self._database.do(lambda connection: _confirm(connection, upto))
        self.changed.set()

    def _insert(self, connection: sqlite3.Connection, occurrence: Occurrence, owed: int) -> tuple[int, Fill]:
        """Run in the writer's thread."""
        source = str(occurrence.source)
        fill = _fill(connection)
        if occurrence.id is not None:
            known = _known(connection, source, occurrence.id)
            if known is not None:
                return known, fill
        number = fill.last + 1
        sequence = _next_sequence(connection, source, self._boot, owed)
        event = self._event(occurrence, number, sequence)
        encoded = codec.encode(event)
        codec.decode(Event, encoded)  # what the hub would not take must not get a number
        size = len(encoded) + sum(map(len, occurrence.media))
        self._refuse_if_full(fill, size)
        connection.execute("INSERT INTO events VALUES (?, ?, ?)", (number, encoded, size))
        for sha256, data in zip(event.media, occurrence.media, strict=True):
            connection.execute("INSERT OR IGNORE INTO media VALUES (?, ?)", (sha256, data))
            connection.execute("INSERT OR IGNORE INTO event_media VALUES (?, ?)", (sha256, number))
        if occurrence.id is not None:
            _remember_id(connection, source, occurrence.id, number)
            if sequence % 64 == 0:  # now and then: finding the oldest costs a walk over the index
                _forget_old_ids(connection, source)
        fill = Fill(number, fill.upto, fill.bytes + size)
        connection.execute("UPDATE outbox SET last = ?, bytes = ?", (fill.last, fill.bytes))
        return number, fill

    def _event(self, occurrence: Occurrence, number: int, sequence: int) -> Event:
        data = dict(occurrence.data)
        if occurrence.media:
            data["media"] = [hashlib.sha256(each).hexdigest() for each in occurrence.media]
        return Event(
            specversion="1.0",
            id=occurrence.id or str(uuid.uuid4()),
            source=str(occurrence.source),
            type=occurrence.type,
            time=occurrence.time,
            datacontenttype="application/json",
            boot=self._boot,
            sequence=sequence,
            driver=self._host,
            outbox=self.id,
            outboxnumber=number,
            action=occurrence.action,
            data=data,
        )

    def _refuse_if_full(self, fill: Fill, size: int) -> None:
        rows = fill.last - fill.upto
        if rows >= self._limits.max_rows or fill.bytes + size > self._limits.max_bytes:
            raise StorageError(
                f"the outbox is full: {rows} events, {fill.bytes} bytes wait for the hub"
                f" (limits: {self._limits.max_rows} events, {self._limits.max_bytes} bytes)",
                code="outbox-full",
            )


def _begin(connection: sqlite3.Connection) -> tuple[str, Fill]:
    row = connection.execute("SELECT id FROM outbox").fetchone()
    if row is None:
        row = (str(uuid.uuid4()),)
        connection.execute("INSERT INTO outbox VALUES (?, 0, 0, 0)", row)
    return row[0], _fill(connection)


def _fill(connection: sqlite3.Connection) -> Fill:
    return Fill(*connection.execute("SELECT last, upto, bytes FROM outbox").fetchone())


def _known(connection: sqlite3.Connection, source: str, ident: str) -> int | None:
    query = "SELECT number FROM known_ids WHERE source = ? AND id = ?"
    row = connection.execute(query, (source, ident)).fetchone()
    return row[0] if row else None


def _remember_id(connection: sqlite3.Connection, source: str, ident: str, number: int) -> None:
    connection.execute("INSERT INTO known_ids VALUES (?, ?, ?)", (source, ident, number))


def _forget_old_ids(connection: sqlite3.Connection, source: str) -> None:
    connection.execute(
        "DELETE FROM known_ids WHERE source = ?1 AND number <= (SELECT number FROM known_ids"
        " WHERE source = ?1 ORDER BY number DESC LIMIT 1 OFFSET ?2)",
        (source, REMEMBERED_IDS),
    )


def _next_sequence(connection: sqlite3.Connection, source: str, boot: int, owed: int) -> int:
    """Count the source's events in this run, from 1; `owed` are those that could not be kept."""
    query = "SELECT sequence FROM sequences WHERE source = ? AND boot = ?"
    row = connection.execute(query, (source, boot)).fetchone()
    sequence: int = (row[0] if row else 0) + owed + 1
    connection.execute("INSERT OR REPLACE INTO sequences VALUES (?, ?, ?)", (source, boot, sequence))
    return sequence


def _confirm(connection: sqlite3.Connection, upto: int) -> Fill:
    fill = _fill(connection)
    (freed,) = connection.execute(
        "SELECT coalesce(sum(bytes), 0) FROM events WHERE number <= ?", (upto,)
    ).fetchone()
    connection.execute(
        "DELETE FROM media WHERE sha256 IN (SELECT sha256 FROM event_media WHERE number <= ?1)"
        " AND sha256 NOT IN (SELECT sha256 FROM event_media WHERE number > ?1)",
        (upto,),
    )
    connection.execute("DELETE FROM event_media WHERE number <= ?", (upto,))
    connection.execute("DELETE FROM events WHERE number <= ?", (upto,))
    fill = Fill(fill.last, max(fill.upto, upto), fill.bytes - freed)
    connection.execute("UPDATE outbox SET upto = ?, bytes = ?", (fill.upto, fill.bytes))
    return fill
