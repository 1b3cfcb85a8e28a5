"""A database is copied as it was when the copy began, however much is written between its steps."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from hemei.backup.databases import PAGES, copy_database, reading, rows_of
from hemei.backup.errors import BackupError

MB = 1_000_000


def written(file: Path, rows: int) -> None:
    """Write rows of 1 MB, and how many there are, in one transaction."""
    with closing(sqlite3.connect(file)) as database, database:
        database.execute("CREATE TABLE IF NOT EXISTS big (data BLOB)")
        database.execute("CREATE TABLE IF NOT EXISTS total (n INTEGER)")
        database.executemany("INSERT INTO big VALUES (randomblob(?))", [(MB,)] * rows)
        database.execute("INSERT INTO total SELECT count(*) FROM big")


def test_what_is_written_between_two_steps_is_not_in_the_copy(tmp_path: Path) -> None:
    live, copy = tmp_path / "live.sqlite", tmp_path / "copy" / "copy.sqlite"
    with closing(sqlite3.connect(live)) as database:
        database.execute("PRAGMA journal_mode=WAL")
    written(live, 40)
    steps: list[tuple[int, int]] = []

    def copied(done: int, of: int) -> None:
        written(live, 1)
        steps.append((done, of))

    copy_database(live, copy, copied)
    assert [done for done, _ in steps] == [PAGES, 2 * PAGES, steps[-1][1]]
    assert rows_of(copy) == {"big": 40, "total": 1}
    assert rows_of(copy)["big"] + len(steps) == count(live)
    assert sorted(each.name for each in copy.parent.iterdir()) == ["copy.sqlite"]


def count(file: Path) -> int:
    with closing(sqlite3.connect(file)) as database:
        return int(database.execute("SELECT count(*) FROM big").fetchone()[0])


def test_a_damaged_database_is_no_backup(tmp_path: Path) -> None:
    live = tmp_path / "live.sqlite"
    written(live, 2)
    with live.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * 4096)
    with pytest.raises(BackupError, match=r"live\.sqlite: (is damaged|cannot be copied)"):
        copy_database(live, tmp_path / "copy.sqlite", lambda _done, _of: None)
    with reading(live) as database:
        assert database.execute("PRAGMA quick_check(1)").fetchone() != ("ok",)
