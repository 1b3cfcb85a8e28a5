"""The lists that people keep, in the host's own file: there at every start, hub or no hub.

A change counts once it is on disk. A list that begins anew is gathered in memory, and takes the place of the
old one, on disk too, when it is whole.
"""

import asyncio
import logging
import sqlite3
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, Self, TypeVar

import msgspec

from contract.clock import Clock
from contract.errors import InvalidMessage
from contract.lists import LIST_OF, Entry, Held, ListName, Portion
from drivers.runtime.database import Database
from drivers.runtime.interface import Listed
from drivers.runtime.listed import InMemory, Staging, entries_of

log = logging.getLogger(__name__)

EntryT = TypeVar("EntryT", bound=Entry)

SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS lists (
    list TEXT PRIMARY KEY, edition TEXT NOT NULL, revision INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS entries (
    list TEXT NOT NULL, key TEXT NOT NULL, entry BLOB NOT NULL, PRIMARY KEY (list, key)) WITHOUT ROWID;
"""

_DECODERS: Final[Mapping[ListName, msgspec.json.Decoder[Any]]] = MappingProxyType(
    {name: msgspec.json.Decoder(kind) for kind, name in LIST_OF.items()}
)

Work = Callable[[sqlite3.Connection], None]


class Lists:
    """The lists of one driver host."""

    def __init__(self, database: Database, lists: dict[ListName, InMemory[Any]]) -> None:
        self.news = asyncio.Event()
        """Set when a driver first asks for a list, and when one has come further; whoever waits clears it."""
        self._database = database
        self._lists = lists
        self._used: set[ListName] = set()
        self._ever = any(each.known for each in lists.values())

    @classmethod
    async def open(cls, path: Path, clock: Clock) -> Self:
        """Open or begin the file; what it holds is in memory when this returns."""
        database = await Database.open(path, SCHEMA, clock)
        return cls(database, await database.do(_load))

    async def close(self) -> None:
        """Write what is under way and close the file."""
        await self._database.close()

    @property
    def damaged(self) -> asyncio.Event:
        """Set when the file turns out to be damaged while in use."""
        return self._database.damaged

    @property
    def entries(self) -> int:
        """How many entries the host holds, of all lists together."""
        return sum(len(each.entries) for each in self._lists.values())

    def listed(self, kind: type[EntryT]) -> Listed[EntryT]:
        """Return the list of `kind`; from the first call on it counts as used."""
        name = LIST_OF[kind]  # type: ignore[index]  # mypy does not see that it is one of the three
        if name not in self._used:
            self._used.add(name)
            self.news.set()
        asked: InMemory[EntryT] = self._lists[name]
        return asked

    def held(self) -> dict[ListName, Held] | None:
        """Return how far the host has the lists that its drivers use; None if it never used any."""
        if not self._used and not self._ever:
            return None
        return {name: self._lists[name].held for name in ListName if name in self._used}

    async def take(self, portion: Portion) -> bool:
        """Apply a portion; whether it was the last, for now. InvalidMessage if it does not fit, StorageError.

        Called one at a time.
        """
        put = _checked(portion)
        mine = self._lists[portion.list]
        if portion.edition == mine.edition and portion.head < mine.revision:
            raise InvalidMessage(f"the portion is older than what is here: {mine.held}", code="out-of-step")
        if portion.after == 0:
            mine.staging = Staging(portion.edition)
        if mine.staging is not None and _follows(portion, mine.staging):
            await self._stage(mine, mine.staging, put, portion)
        elif _follows(portion, mine):
            await self._database.do(_amending(portion, put))
            mine.staging = None
            mine.amend(put, portion)
        else:
            raise InvalidMessage(f"the portion does not follow what is here: {mine.held}", code="out-of-step")
        self.news.set()
        return portion.upto == portion.head

    async def _stage(
        self, mine: InMemory[Any], staging: Staging[Any], put: Mapping[str, Any], portion: Portion
    ) -> None:
        staging.add(put, portion)
        if portion.upto == portion.head:
            await self._database.do(_replacing(portion, staging.entries))
            mine.swap(staging)
            self._ever = True


def _follows(portion: Portion, here: InMemory[Any] | Staging[Any]) -> bool:
    return portion.edition == here.edition and portion.after == here.revision


def _checked(portion: Portion) -> dict[str, Any]:
    """Return what the portion puts, by key."""
    if not portion.after <= portion.upto <= portion.head:
        raise InvalidMessage("a portion must lead on, and not beyond the list's head", code="bad-fields")
    entries = entries_of(portion)
    if len(entries) < len(portion.levels) + len(portion.people) + len(portion.vehicles):
        raise InvalidMessage(f"a portion of {portion.list} holds entries of another list", code="bad-fields")
    return {entry.key: entry for entry in entries}


def _replacing(portion: Portion, entries: Mapping[str, Entry]) -> Work:
    def work(connection: sqlite3.Connection) -> None:
        connection.execute("DELETE FROM entries WHERE list = ?", (portion.list.value,))
        _insert(connection, portion.list, entries.values())
        _move(connection, portion)

    return work


def _amending(portion: Portion, put: Mapping[str, Entry]) -> Work:
    def work(connection: sqlite3.Connection) -> None:
        gone = [(portion.list.value, key) for key in portion.drop]
        connection.executemany("DELETE FROM entries WHERE list = ? AND key = ?", gone)
        _insert(connection, portion.list, put.values())
        _move(connection, portion)

    return work


def _insert(connection: sqlite3.Connection, name: ListName, entries: Iterable[Entry]) -> None:
    rows = ((name.value, entry.key, msgspec.json.encode(entry)) for entry in entries)
    connection.executemany("INSERT OR REPLACE INTO entries VALUES (?, ?, ?)", rows)


def _move(connection: sqlite3.Connection, portion: Portion) -> None:
    row = (portion.list.value, portion.edition, portion.upto)
    connection.execute("INSERT OR REPLACE INTO lists VALUES (?, ?, ?)", row)


def _load(connection: sqlite3.Connection) -> dict[ListName, InMemory[Any]]:
    lists: dict[ListName, InMemory[Any]] = {name: InMemory() for name in ListName}
    for name, edition, revision in connection.execute("SELECT list, edition, revision FROM lists").fetchall():
        try:
            lists[ListName(name)] = InMemory(edition, revision, _entries(connection, ListName(name)))
        except (msgspec.DecodeError, ValueError) as wrong:
            log.error("the list %s cannot be read, and is asked for anew: %s", name, wrong)  # noqa: TRY400 - the line says it all
    return lists


def _entries(connection: sqlite3.Connection, name: ListName) -> dict[str, Any]:
    decoder = _DECODERS[name]
    rows = connection.execute("SELECT key, entry FROM entries WHERE list = ?", (name.value,))
    return {key: decoder.decode(entry) for key, entry in rows}
