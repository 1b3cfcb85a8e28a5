"""What a driver host must not forget: which run it is, which actions it has seen, small facts of drivers."""

import sqlite3
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final, NamedTuple, Self

import msgspec

from contract.clock import Clock, epoch_ms, from_epoch_ms
from contract.messages import Action, ActionStatus, Problem, Result, Scalar
from contract.topics import Address
from drivers.runtime.database import Database

KEPT_AFTER_EXPIRY: Final = timedelta(hours=1)
"""How long an action's id is known after its expiry, for clocks that disagree."""

SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS boots (boot INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS facts (
    thing TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (thing, key)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS actions (
    thing TEXT NOT NULL, id TEXT NOT NULL, expires_ms INTEGER NOT NULL, status TEXT NOT NULL,
    ts_ms INTEGER NOT NULL, code TEXT, message TEXT, delivered INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (thing, id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS described (thing TEXT PRIMARY KEY) WITHOUT ROWID;
"""


class Owed(NamedTuple):
    """A final result that the broker has not confirmed yet."""

    address: Address
    result: Result


class Store:
    """The facts of one driver host; every change is on disk when the call returns."""

    def __init__(self, database: Database, boot: int, facts: dict[tuple[str, str], Scalar]) -> None:
        self.boot = boot
        """Which run of the host this is: one more than the last.

        A host without memory begins at the time in seconds, so that it never repeats a number.
        """
        self._database = database
        self._facts = facts

    @classmethod
    async def open(cls, path: Path, clock: Clock) -> Self:
        """Open or begin the store and count this run."""
        database = await Database.open(path, SCHEMA, clock)
        boot = await database.do(_count_boot(epoch_ms(clock.now()) // 1000))
        facts = await database.do(_read_facts)
        return cls(database, boot, facts)

    async def close(self) -> None:
        """Write what is under way and close the file."""
        await self._database.close()

    def recall(self, thing: Address, key: str) -> Scalar:
        """Return a remembered fact of `thing`, None if there is none."""
        return self._facts.get((str(thing), key))

    async def remember(self, thing: Address, key: str, value: Scalar) -> None:
        """Keep a fact of `thing`; None forgets it."""
        row = (str(thing), key)
        if value is None:
            await self._execute("DELETE FROM facts WHERE thing = ? AND key = ?", row)
            self._facts.pop(row, None)
            return
        stored = msgspec.json.encode(value).decode()
        await self._execute("INSERT OR REPLACE INTO facts VALUES (?, ?, ?)", (*row, stored))
        self._facts[row] = value

    async def describing(self, things: Collection[Address]) -> set[Address]:
        """Note that this host describes `things`; return what else it has ever described."""
        described = await self._database.do(lambda connection: _describe(connection, things))
        return described - set(things)

    async def claim(self, thing: Address, action: Action, now: datetime) -> Result | None:
        """Note that the action has come; None if it is new, else what is known to have become of it."""
        return await self._database.do(lambda connection: _claim(connection, thing, action, now))

    async def finish(self, thing: Address, result: Result) -> None:
        """Note the final result of a claimed action, not yet delivered."""
        error = result.error
        await self._execute(
            "UPDATE actions SET status = ?, ts_ms = ?, code = ?, message = ?, delivered = 0"
            " WHERE thing = ? AND id = ?",
            (
                result.status.value,
                epoch_ms(result.ts),
                error and error.code,
                error and error.message,
                str(thing),
                result.id,
            ),
        )

    async def delivered(self, thing: Address, ident: str) -> None:
        """Note that the broker has the final result."""
        await self._execute(
            "UPDATE actions SET delivered = 1 WHERE thing = ? AND id = ?", (str(thing), ident)
        )

    async def owed(self) -> list[Owed]:
        """Return the final results that the broker has not confirmed, oldest first."""
        query = (
            "SELECT thing, id, status, ts_ms, code, message FROM actions"
            " WHERE delivered = 0 AND status != 'accepted' ORDER BY ts_ms"
        )
        rows = await self._database.do(lambda connection: connection.execute(query).fetchall())
        return [Owed(Address(*thing.split("/")), _result(*rest)) for thing, *rest in rows]

    async def fail_interrupted(self, now: datetime) -> None:
        """Give actions that a former run did not finish their final result: nobody knows it."""
        await self._execute(
            "UPDATE actions SET status = 'failed', ts_ms = ?, code = 'outcome-unknown',"
            " message = 'the driver host ended while the action ran', delivered = 0"
            " WHERE status = 'accepted'",
            (epoch_ms(now),),
        )

    async def prune(self, now: datetime) -> None:
        """Forget actions that have long expired."""
        await self._execute(
            "DELETE FROM actions WHERE expires_ms < ? AND status != 'accepted'",
            (epoch_ms(now - KEPT_AFTER_EXPIRY),),
        )

    async def _execute(self, statement: str, values: tuple[Any, ...]) -> None:
        await self._database.do(lambda connection: connection.execute(statement, values) and None)


def _count_boot(first: int) -> Callable[[sqlite3.Connection], int]:
    def count(connection: sqlite3.Connection) -> int:
        row = connection.execute("SELECT boot FROM boots").fetchone()
        boot: int = row[0] + 1 if row else first
        connection.execute("DELETE FROM boots")
        connection.execute("INSERT INTO boots VALUES (?)", (boot,))
        return boot

    return count


def _read_facts(connection: sqlite3.Connection) -> dict[tuple[str, str], Scalar]:
    rows = connection.execute("SELECT thing, key, value FROM facts")
    return {(thing, key): msgspec.json.decode(value) for thing, key, value in rows}


def _describe(connection: sqlite3.Connection, things: Collection[Address]) -> set[Address]:
    rows = [(str(thing),) for thing in things]
    connection.executemany("INSERT OR IGNORE INTO described VALUES (?)", rows)
    return {Address(*thing.split("/")) for (thing,) in connection.execute("SELECT thing FROM described")}


def _claim(connection: sqlite3.Connection, thing: Address, action: Action, now: datetime) -> Result | None:
    key = (str(thing), action.id)
    query = "SELECT id, status, ts_ms, code, message FROM actions WHERE thing = ? AND id = ?"
    row = connection.execute(query, key).fetchone()
    if row is not None:
        return _result(*row)
    connection.execute(
        "INSERT INTO actions (thing, id, expires_ms, status, ts_ms) VALUES (?, ?, ?, 'accepted', ?)",
        (*key, epoch_ms(action.expires), epoch_ms(now)),
    )
    return None


def _result(ident: str, status: str, ts_ms: int, code: str | None, message: str | None) -> Result:
    error = Problem(code=code, message=message or "") if code else None
    return Result(id=ident, status=ActionStatus(status), ts=from_epoch_ms(ts_ms), error=error)
