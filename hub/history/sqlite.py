"""History in one SQLite file: raw samples, then a row a minute, then a row an hour.

Samples are appended with many-row statements in one transaction a batch. WAL with synchronous=NORMAL: a
killed process loses nothing that was written, a power cut at most the last moments.
"""

import sqlite3
import threading
from collections.abc import Callable, Sequence
from itertools import chain
from pathlib import Path
from typing import Final

from contract.topics import Address
from hub.history import summing
from hub.history.store import Aggregate, Duration, Point, Query, Sample, SeriesKey, Sum, Tally, Tier, Value
from hub.settings import Retention

MINUTE_MS: Final = 60_000
HOUR_MS: Final = 3_600_000
DAY_MS: Final = 86_400_000
LATE_MS: Final = 10 * MINUTE_MS
"""How late a sample may come and still be in the minute's sum."""

ROWS: Final = 256
DELETE_ROWS: Final = 20_000

SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS series (
    id INTEGER PRIMARY KEY, tenant TEXT NOT NULL, site TEXT NOT NULL, kind TEXT NOT NULL,
    device TEXT NOT NULL, property TEXT NOT NULL, UNIQUE (tenant, site, kind, device, property));
CREATE TABLE IF NOT EXISTS raw (series INTEGER NOT NULL, ts INTEGER NOT NULL, value REAL, text TEXT);
CREATE INDEX IF NOT EXISTS raw_series_ts ON raw (series, ts);
CREATE TABLE IF NOT EXISTS minute (
    series INTEGER NOT NULL, ts INTEGER NOT NULL, n INTEGER NOT NULL,
    low REAL, high REAL, total REAL, last REAL,
    PRIMARY KEY (series, ts)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS hour (
    series INTEGER NOT NULL, ts INTEGER NOT NULL, n INTEGER NOT NULL,
    low REAL, high REAL, total REAL, last REAL,
    PRIMARY KEY (series, ts)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS condensed (step TEXT PRIMARY KEY, upto INTEGER NOT NULL);
"""

_SUMS: Final = {
    Aggregate.MEAN: "sum(total) / sum(n)",
    Aggregate.MIN: "min(low)",
    Aggregate.MAX: "max(high)",
    Aggregate.COUNT: "sum(n)",
}
_RAW_SUMS: Final = {
    Aggregate.MEAN: "avg(value)",
    Aggregate.MIN: "min(value)",
    Aggregate.MAX: "max(value)",
    Aggregate.COUNT: "count(*)",
}


class SqliteHistory:
    """The embedded store. One connection writes, one reads; both may be used from any thread."""

    def __init__(self, file: Path, retention: Retention) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        self._retention = retention
        self._writing = threading.Lock()
        self._reading = threading.Lock()
        self._writer = _connect(file)
        self._writer.executescript(SCHEMA)
        self._reader = _connect(file)
        self._ids: dict[SeriesKey, int] = {}

    def write(self, samples: Sequence[Sample]) -> None:
        """Append samples in one transaction."""

        def append() -> None:
            rows = [
                (self._series(sample.series), sample.ts_ms, *_columns(sample.value)) for sample in samples
            ]
            start = 0
            for size in (ROWS, 16, 1):
                while len(rows) - start >= size:
                    chunk = rows[start : start + size]
                    self._writer.execute(_insert(size), tuple(chain.from_iterable(chunk)))
                    start += size

        self._transact(append)

    def read(self, query: Query) -> list[Point]:
        """Return a stretch of a series; sums come from the coarsest table that fits the step."""
        if query.aggregate is Aggregate.TIME_WEIGHTED and query.step_ms is not None:
            start, end = summing.whole(query, query.step_ms)
            sums = summing.sum_up(self._samples(query.series, start, end), query.step_ms)
            return summing.points(sums, query, query.step_ms, self._carried(query.series, start))
        with self._reading:
            found = self._reader.execute(
                "SELECT id FROM series WHERE (tenant, site, kind, device, property) = (?, ?, ?, ?, ?)",
                _key(query.series),
            ).fetchone()
            if found is None:
                return []
            if query.aggregate is Aggregate.RAW or query.step_ms is None:
                return self._read_raw(found[0], query)
            return self._read_steps(found[0], query, query.step_ms)

    def durations(self, series: SeriesKey, start_ms: int, end_ms: int) -> list[Duration]:
        """Tell for how long each value held within a stretch."""
        samples = self._samples(series, start_ms, end_ms)
        return summing.durations(samples, start_ms, end_ms, self._carried(series, start_ms))

    def series(self, tenant: str) -> list[SeriesKey]:
        """Return every series there is."""
        with self._reading:
            rows = self._reader.execute(
                "SELECT site, kind, device, property FROM series WHERE tenant = ? ORDER BY id", (tenant,)
            ).fetchall()
        return [SeriesKey(tenant, Address(*row[:3]), row[3]) for row in rows]

    def tally(self, series: SeriesKey, start_ms: int, end_ms: int) -> Tally:
        """Count the raw samples of a stretch."""
        samples = self._samples(series, start_ms, end_ms)
        return Tally(len(samples), sum(value for _, value in samples if isinstance(value, int | float)))

    def read_sums(self, series: SeriesKey, tier: Tier, start_ms: int, end_ms: int) -> list[Sum]:
        """Return the sums of a stretch."""
        step_ms = summing.STEPS_MS[tier]
        return summing.sum_up(self._samples(series, start_ms, -(-end_ms // step_ms) * step_ms), step_ms)

    def write_sums(self, series: SeriesKey, tier: Tier, sums: Sequence[Sum]) -> None:
        """Put in sums whose samples are gone."""
        raise NotImplementedError

    def _samples(self, series: SeriesKey, start_ms: int, end_ms: int) -> list[Point]:
        query = Query(series=series, start_ms=start_ms, end_ms=end_ms, limit=-1)
        return list({point.ts_ms: point for point in self.read(query)}.values())

    def _carried(self, series: SeriesKey, before_ms: int) -> Value:
        found = self._samples(series, 0, before_ms)
        return found[-1].value if found else None

    def condense(self, now_ms: int) -> None:
        """Sum up what is closed, again from LATE_MS ago, and delete what is past its retention.

        Both go series by series, because raw samples are indexed by series first.
        """
        self._transact(lambda: self._sum_up("minute", MINUTE_MS, now_ms, _FROM_RAW))
        self._transact(lambda: self._sum_up("hour", HOUR_MS, now_ms, _FROM_MINUTES))
        keep = self._retention
        for table, days in (("raw", keep.raw_days), ("minute", keep.minute_days), ("hour", keep.hour_days)):
            self._transact(lambda table=table, days=days: self._delete(table, now_ms - days * DAY_MS))  # type: ignore[misc]  # mypy cannot type a lambda's defaults

    def close(self) -> None:
        """Close the file."""
        self._writer.close()
        self._reader.close()

    def _transact(self, work: Callable[[], None]) -> None:
        with self._writing:
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                work()
            except BaseException:
                self._writer.execute("ROLLBACK")
                self._ids.clear()
                raise
            self._writer.execute("COMMIT")

    def _series(self, key: SeriesKey) -> int:
        known = self._ids.get(key)
        if known is not None:
            return known
        columns = "(tenant, site, kind, device, property)"
        self._writer.execute(
            f"INSERT INTO series {columns} VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",  # noqa: S608 - names are ours
            _key(key),
        )
        row = self._writer.execute(
            f"SELECT id FROM series WHERE {columns} = (?, ?, ?, ?, ?)",  # noqa: S608 - names are ours
            _key(key),
        ).fetchone()
        self._ids[key] = int(row[0])
        return self._ids[key]

    def _read_raw(self, series: int, query: Query) -> list[Point]:
        rows = self._reader.execute(
            "SELECT ts, coalesce(text, value) FROM raw WHERE series = ? AND ts >= ? AND ts < ?"
            " ORDER BY ts, rowid LIMIT ?",
            (series, query.start_ms, query.end_ms, query.limit),
        )
        return [Point(*row) for row in rows]

    def _read_steps(self, series: int, query: Query, step_ms: int) -> list[Point]:
        """Read sums from their table as far as that is filled, the rest from raw samples."""
        table = _table_for(step_ms)
        start = filled = query.start_ms // step_ms * step_ms
        end = -(-query.end_ms // step_ms) * step_ms
        points: list[Point] = []
        if table is not None:
            upto = self._reader.execute("SELECT upto FROM condensed WHERE step = ?", (table,)).fetchone()
            filled = max(start, min(end, upto[0] // step_ms * step_ms if upto else 0))
            points = self._sums(table, series, query, step_ms, (start, filled))
        if not points:  # text is never summed up, it is only among the raw samples
            filled = start
        rest = self._sums("raw", series, query, step_ms, (filled, end))
        return (points + rest)[: query.limit]

    def _sums(
        self, table: str, series: int, query: Query, step_ms: int, between: tuple[int, int]
    ) -> list[Point]:
        step = f"ts / {step_ms} * {step_ms}"
        if query.aggregate is Aggregate.LAST:
            value = "coalesce(text, value)" if table == "raw" else "last"
            columns = f"{step}, {value}, max(ts)"
        else:
            sums = _RAW_SUMS if table == "raw" else _SUMS
            columns = f"{step}, {sums[query.aggregate]}, 0"
        rows = self._reader.execute(
            f"SELECT {columns} FROM {table} WHERE series = ? AND ts >= ? AND ts < ?"  # noqa: S608 - names are ours
            f" GROUP BY {step} ORDER BY 1 LIMIT ?",
            (series, *between, query.limit),
        )
        return [Point(ts, value) for ts, value, _ in rows]

    def _sum_up(self, table: str, step_ms: int, now_ms: int, source: str) -> None:
        row = self._writer.execute("SELECT upto FROM condensed WHERE step = ?", (table,)).fetchone()
        closed = (now_ms - 1) // step_ms * step_ms
        start = (row[0] - LATE_MS) // step_ms * step_ms if row else 0
        self._writer.execute(
            f"INSERT OR REPLACE INTO {table} {source}",
            {"step": step_ms, "start": start, "end": closed},
        )
        self._writer.execute("INSERT OR REPLACE INTO condensed VALUES (?, ?)", (table, closed))

    def _delete(self, table: str, before_ms: int) -> None:
        key = "rowid" if table == "raw" else "(series, ts)"
        columns = "old.rowid" if table == "raw" else "old.series, old.ts"
        self._writer.execute(
            f"DELETE FROM {table} WHERE {key} IN (SELECT {columns} FROM series CROSS JOIN {table} AS old"  # noqa: S608 - names are ours
            f" ON old.series = series.id AND old.ts < ? LIMIT {DELETE_ROWS})",
            (before_ms,),
        )


_FROM_RAW: Final = """
SELECT id, begin, n, low, high, total,
    (SELECT value FROM raw WHERE raw.series = id AND ts = latest AND value IS NOT NULL
     ORDER BY rowid DESC LIMIT 1)
FROM (
    SELECT id, ts / :step * :step AS begin, count(*) AS n, min(value) AS low, max(value) AS high,
        sum(value) AS total, max(ts) AS latest
    FROM series CROSS JOIN raw ON raw.series = id AND ts >= :start AND ts < :end AND value IS NOT NULL
    GROUP BY id, begin)
"""

_FROM_MINUTES: Final = """
SELECT id, begin, n, low, high, total, (SELECT last FROM minute WHERE minute.series = id AND ts = latest)
FROM (
    SELECT id, ts / :step * :step AS begin, sum(minute.n) AS n, min(minute.low) AS low,
        max(minute.high) AS high, sum(minute.total) AS total, max(ts) AS latest
    FROM series CROSS JOIN minute ON minute.series = id AND ts >= :start AND ts < :end
    GROUP BY id, begin)
"""


def _connect(file: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(file, isolation_level=None, check_same_thread=False, timeout=10)
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "cache_size=-16000"):
        connection.execute(f"PRAGMA {pragma}").fetchall()
    return connection


def _insert(rows: int) -> str:
    values = ", ".join(["(?, ?, ?, ?)"] * rows)
    return "INSERT INTO raw VALUES " + values  # noqa: S608 - placeholders only


def _table_for(step_ms: int) -> str | None:
    if step_ms % HOUR_MS == 0:
        return "hour"
    return "minute" if step_ms % MINUTE_MS == 0 else None


def _columns(value: Value) -> tuple[float | None, str | None]:
    if isinstance(value, str):
        return None, value
    return (None if value is None else float(value)), None


def _key(series: SeriesKey) -> tuple[str, ...]:
    return (series.tenant, *series.address, series.property)
