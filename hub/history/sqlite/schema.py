"""The tables of the embedded history, and connections to them.

WAL with synchronous=NORMAL: a killed process loses nothing that was written, a power cut at most the last
moments.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from hub.history.store import SeriesKey, Tier

SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS series (
    id INTEGER PRIMARY KEY, tenant TEXT NOT NULL, site TEXT NOT NULL, kind TEXT NOT NULL,
    device TEXT NOT NULL, property TEXT NOT NULL, UNIQUE (tenant, site, kind, device, property));
CREATE TABLE IF NOT EXISTS fresh (
    id INTEGER PRIMARY KEY AUTOINCREMENT, series INTEGER NOT NULL, ts INTEGER NOT NULL, value);
CREATE TABLE IF NOT EXISTS block (
    id INTEGER PRIMARY KEY AUTOINCREMENT, series INTEGER NOT NULL, start INTEGER NOT NULL,
    n INTEGER NOT NULL, data BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS block_series_start ON block (series, start, n);
CREATE TABLE IF NOT EXISTS minutes (
    series INTEGER NOT NULL, start INTEGER NOT NULL, data BLOB NOT NULL, UNIQUE (series, start));
CREATE TABLE IF NOT EXISTS hours (
    series INTEGER NOT NULL, start INTEGER NOT NULL, data BLOB NOT NULL, UNIQUE (series, start));
CREATE TABLE IF NOT EXISTS due (
    series INTEGER NOT NULL, start INTEGER NOT NULL, PRIMARY KEY (series, start)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS given (
    series INTEGER NOT NULL, start INTEGER NOT NULL, PRIMARY KEY (series, start)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS mark (name TEXT PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID;
"""
"""`fresh`: samples in the order in which they came; `block`: an hour's samples, or part of it. `due`: hours
with samples that are not summed up. `given`: hours whose sums were put in, without their samples.
"""

TABLES: Final = {Tier.MINUTE: "minutes", Tier.HOUR: "hours"}

GONE_MS: Final = "gone-ms"
GONE_BLOCK: Final = "gone-block"

NO_SERIES: Final = -1
_COLUMNS: Final = "(tenant, site, kind, device, property)"


def connect(file: Path) -> sqlite3.Connection:
    """Open the file for one thread at a time."""
    connection = sqlite3.connect(file, isolation_level=None, check_same_thread=False, timeout=10)
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "cache_size=-16000"):
        connection.execute(f"PRAGMA {pragma}").fetchall()
    return connection


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Do all or nothing; OSError if the file takes no more."""
    try:
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
    except sqlite3.Error as error:
        raise OSError(f"the file of history was not written: {error}") from error


def find_series(connection: sqlite3.Connection, key: SeriesKey) -> int:
    """Return a series' number, NO_SERIES if there is none."""
    row = connection.execute(
        f"SELECT id FROM series WHERE {_COLUMNS} = (?, ?, ?, ?, ?)",  # noqa: S608 - names are ours
        _key(key),
    ).fetchone()
    return int(row[0]) if row else NO_SERIES


def add_series(connection: sqlite3.Connection, key: SeriesKey) -> int:
    """Return a series' number; it has one from now on."""
    connection.execute(
        f"INSERT INTO series {_COLUMNS} VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",  # noqa: S608 - names are ours
        _key(key),
    )
    return find_series(connection, key)


def marked(connection: sqlite3.Connection, name: str) -> int:
    """Return a mark, 0 if it was never set."""
    row = connection.execute("SELECT at FROM mark WHERE name = ?", (name,)).fetchone()
    return int(row[0]) if row else 0


def mark(connection: sqlite3.Connection, name: str, at: int) -> None:
    """Set a mark."""
    connection.execute("INSERT OR REPLACE INTO mark VALUES (?, ?)", (name, at))


def gone(connection: sqlite3.Connection) -> tuple[int, int]:
    """Return the time before which raw samples are gone, of all blocks up to a number.

    Blocks of that time with a greater number came too late for their hour: they are added to its sums.
    """
    return marked(connection, GONE_MS), marked(connection, GONE_BLOCK)


def _key(series: SeriesKey) -> tuple[str, ...]:
    return (series.tenant, *series.address, series.property)
