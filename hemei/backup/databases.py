"""Copies of SQLite databases as they are at one moment, while others write them. Blocking.

SQLite's own backup, inside one read transaction on a database in WAL mode: whoever writes is not stopped, and
the copy never has to begin anew. Until it is done the log beside the database grows, for nothing of it may be
merged.
"""

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from hemei.backup.errors import BackupError

PAGES: Final = 4096
"""Copied between two looks at the progress: 16 MiB."""

PATIENCE_S: Final = 30.0

Copied = Callable[[int, int], None]
"""Told how many pages are copied, of how many."""


def copy_database(source: Path, target: Path, copied: Copied) -> None:
    """Copy a database as it is now, readable for its owner alone; BackupError if it is damaged."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.touch(mode=0o600)
    try:
        with (
            closing(sqlite3.connect(f"{source.as_uri()}?mode=rw", uri=True, timeout=PATIENCE_S)) as live,
            closing(sqlite3.connect(target)) as copy,
        ):
            live.isolation_level = None
            live.execute("BEGIN")
            live.execute(
                "SELECT count(*) FROM sqlite_schema"
            ).fetchone()  # from here on it stands still for us
            live.backup(copy, pages=PAGES, progress=lambda _, left, total: copied(total - left, total))
            live.execute("ROLLBACK")
        with reading(target) as copy:
            (verdict,) = copy.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.Error as wrong:
        raise BackupError(f"{source}: cannot be copied: {wrong}") from wrong
    if verdict != "ok":
        raise BackupError(f"{source}: is damaged: {verdict}")


@contextmanager
def reading(file: Path) -> Iterator[sqlite3.Connection]:
    """Read a copy that nobody writes: nothing is laid beside it."""
    with closing(sqlite3.connect(f"{file.as_uri()}?immutable=1", uri=True)) as connection:
        yield connection


def rows_of(file: Path) -> Mapping[str, int]:
    """Count the rows of every table of a copy."""
    with reading(file) as connection:
        tables = connection.execute(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
        ).fetchall()
        return {name: count(connection, name) for (name,) in tables}


def count(connection: sqlite3.Connection, table: str) -> int:
    """Count the rows of a table."""
    (rows,) = connection.execute(f'SELECT count(*) FROM "{table}"').fetchone()  # noqa: S608 - a name of its own schema
    return int(rows)


def size_of(database: Path) -> int:
    """Return how large a database is with what is not merged into it yet."""
    found = (database, database.with_name(f"{database.name}-wal"))
    return sum(each.stat().st_size for each in found if each.exists())
