"""Samples that are in no block yet: in the file in the order in which they came, here by series."""

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Final

from hub.history.summing import Timed
from hub.rows import chunks, insert_statement

Row = tuple[int, int, float | str | None]
"""Number of the series, time in ms since 1970, value."""

COLUMNS: Final = ("series", "ts", "value")


class Fresh:
    """What the table `fresh` holds, so that it needs no index. Added to by one thread, read by any."""

    def __init__(self) -> None:
        self._samples: dict[int, list[Timed]] = defaultdict(list)
        self._parted: Mapping[int, list[Timed]] = {}
        self.count = 0

    def load(self, connection: sqlite3.Connection) -> None:
        """Read what was there when the file was opened."""
        self.add(connection.execute("SELECT series, ts, value FROM fresh ORDER BY id"))

    def add(self, rows: Iterable[Row]) -> None:
        """Take what has been committed."""
        samples = self._samples
        for series, ts_ms, value in rows:
            samples[series].append((ts_ms, value))
            self.count += 1

    def of(self, series: int) -> tuple[Timed, ...]:
        """Return a series' samples, as they came."""
        # The newer ones first: what is parted from them meanwhile is then in both, not in neither.
        newer = tuple(self._samples.get(series, ()))
        return (*self._parted.get(series, ()), *newer)

    def part(self) -> Mapping[int, list[Timed]]:
        """Part what there is, which is returned by series, from what comes from now on."""
        self._parted = self._samples
        self._samples = defaultdict(list)
        self.count = 0
        return self._parted

    def forget_parted(self) -> None:
        """Forget what was parted: it is in blocks now. Who reads it just now goes on with what there was."""
        self._parted = {}


def insert(connection: sqlite3.Connection, rows: Sequence[Row]) -> None:
    """Write samples as they came."""
    for chunk in chunks(rows):
        connection.execute(insert_statement("fresh", COLUMNS, len(chunk)), tuple(chain.from_iterable(chunk)))
