"""Reads a hub's history from another process, while the hub writes it: nothing is written here. Blocking."""

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, Protocol

from contract.topics import Address
from hub.history.influx.settings import InfluxSettings
from hub.history.sqlite.reading import Series, look_at
from hub.history.sqlite.schema import connect, find_series, gone
from hub.history.store import SeriesKey, Tier
from hub.history.summing import HOUR_MS, Timed

WINDOW_MS: Final = 6 * HOUR_MS
"""So much of a series is read in one look: some 20,000 samples if one comes each second."""


class Beside(Protocol):
    """What is kept of measurements."""

    def series(self, tenant: str) -> list[SeriesKey]:
        """Return every series there is."""
        ...

    def raw_from_ms(self) -> int:
        """Return since when raw samples are kept."""
        ...

    def samples(self, series: SeriesKey, start_ms: int, end_ms: int) -> Iterator[Timed]:
        """Yield the samples of a stretch, oldest first."""
        ...

    def minutes(self, series: SeriesKey, start_ms: int, end_ms: int) -> Iterator[Timed]:
        """Yield the last sample of each minute of a stretch, also where raw samples are gone."""
        ...

    def close(self) -> None:
        """Let go of files and connections."""
        ...


def open_beside(file: Path, influx: InfluxSettings | None) -> Beside:
    """Open the history that a hub keeps in `file`, or in InfluxDB."""
    if influx is None:
        return _SqliteBeside(file)
    from hub.history.influx.beside import InfluxBeside  # noqa: PLC0415 - httpx takes a while to load

    return InfluxBeside(influx)


class _SqliteBeside:
    """The embedded store's file."""

    def __init__(self, file: Path) -> None:
        self._connection: sqlite3.Connection | None = connect(file) if file.exists() else None

    def series(self, tenant: str) -> list[SeriesKey]:
        if self._connection is None:
            return []
        query = "SELECT site, kind, device, property FROM series WHERE tenant = ?"
        rows = self._connection.execute(query, (tenant,)).fetchall()
        return [SeriesKey(tenant, Address(*row[:3]), row[3]) for row in rows]

    def raw_from_ms(self) -> int:
        return gone(self._connection)[0] if self._connection is not None else 0

    def samples(self, series: SeriesKey, start_ms: int, end_ms: int) -> Iterator[Timed]:
        return self._windows(series, start_ms, end_ms, Series.samples)

    def minutes(self, series: SeriesKey, start_ms: int, end_ms: int) -> Iterator[Timed]:
        return self._windows(series, start_ms, end_ms, _last_of_minutes)

    def _windows(
        self,
        key: SeriesKey,
        start_ms: int,
        end_ms: int,
        look: Callable[[Series, int, int], Iterator[Timed]],
    ) -> Iterator[Timed]:
        """Read window by window: each at one moment, and the file is let go before anything is made of it."""
        if self._connection is None:
            return
        number = find_series(self._connection, key)
        for since_ms, until_ms in stretches(start_ms, end_ms):
            self._connection.execute("BEGIN")
            try:
                found = list(look(look_at(self._connection, number), since_ms, until_ms))
            finally:
                self._connection.execute("COMMIT")
            yield from found

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()


def _last_of_minutes(series: Series, start_ms: int, end_ms: int) -> Iterator[Timed]:
    return ((each.last_ms, each.last) for each in series.sums(Tier.MINUTE, start_ms, end_ms))


def stretches(start_ms: int, end_ms: int) -> Iterator[tuple[int, int]]:
    """Yield windows that end at whole hours."""
    while start_ms < end_ms:
        until_ms = min(start_ms // WINDOW_MS * WINDOW_MS + WINDOW_MS, end_ms)
        yield start_ms, until_ms
        start_ms = until_ms
