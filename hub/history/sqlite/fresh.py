"""Samples that are in no block yet: in the file in the order in which they came, here by series."""

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Final

from hub.history.summing import Timed

Row = tuple[int, int, float | str | None]
"""Number of the series, time in ms since 1970, value."""

INSERT: Final = "INSERT INTO fresh (series, ts, value) VALUES (?, ?, ?)"


class Fresh:
    """What the table `fresh` holds, so that it needs no index. Added to by one thread, read by any."""

    def __init__(self) -> None:
        self._samples: dict[int, list[Timed]] = defaultdict(list)
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
        return tuple(self._samples.get(series, ()))

    def all(self) -> Mapping[int, list[Timed]]:
        """Return every series' samples, as they came."""
        return self._samples

    def clear(self) -> None:
        """Forget them: they are in blocks now. Who reads them just now goes on with what there was."""
        self._samples = defaultdict(list)
        self.count = 0
