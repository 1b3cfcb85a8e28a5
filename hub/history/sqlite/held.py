"""How much the file holds, told without opening the store: for what watches the disk."""

import sqlite3
from contextlib import closing
from pathlib import Path

from msgspec import Struct

from hub.history.sqlite.blocks import DAY_MS
from hub.history.sqlite.reading import hour_of
from hub.history.sqlite.schema import gone


class Held(Struct, frozen=True, kw_only=True):
    """Raw samples in the file, those of the last 24 whole hours, and the bytes of it all, sums too."""

    samples: int
    samples_a_day: int
    size_bytes: int

    @property
    def bytes_a_sample(self) -> float | None:
        """The file's size shared by its raw samples; None: there are none."""
        return self.size_bytes / self.samples if self.samples else None


def held(file: Path, now_ms: int) -> Held | None:
    """Count by an index of some bytes a block; None: there is no such file."""
    if not file.exists():
        return None
    until_ms = hour_of(now_ms)
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
        try:
            blocks, day = connection.execute(
                "SELECT coalesce(sum(n), 0), coalesce(sum(n) FILTER (WHERE start >= ? AND start < ?), 0)"
                " FROM block WHERE start >= ?",
                (until_ms - DAY_MS, until_ms, gone(connection)[0]),
            ).fetchone()
            (fresh,) = connection.execute("SELECT count(*) FROM fresh").fetchone()
        except sqlite3.Error:
            return None
    wal = Path(f"{file}-wal")
    size = file.stat().st_size + (wal.stat().st_size if wal.exists() else 0)
    return Held(samples=blocks + fresh, samples_a_day=day, size_bytes=size)
