"""History in one SQLite file: samples as they come, then blocks of them, sums by the minute and the hour."""

import logging
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from math import isfinite
from pathlib import Path
from typing import Final

from contract.topics import Address
from hub.history import summing
from hub.history.sqlite import condensing
from hub.history.sqlite.fresh import Fresh, insert
from hub.history.sqlite.migrating import migrate
from hub.history.sqlite.reading import Series, hour_of
from hub.history.sqlite.schema import SCHEMA, add_series, connect, find_series, transaction
from hub.history.sqlite.sealing import Sealing
from hub.history.store import Aggregate, Duration, Point, Query, Sample, SeriesKey, Sum, Tally, Tier, Value
from hub.history.summing import MINUTE_MS
from hub.settings import Retention

logger = logging.getLogger(__name__)

SEAL_AT: Final = 200_000
"""Fresh samples that are made blocks before their hour is over: some 20 MB of memory."""

NEVER_MS: Final = -MINUTE_MS
SEALED_AT_ONCE: Final = 2_000
"""So many of them, at least, are made blocks with each batch that comes: some milliseconds."""


class SqliteHistory:
    """The embedded store. One connection writes, one reads; both may be used from any thread."""

    def __init__(self, file: Path, retention: Retention) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        self._file = file
        self._retention = retention
        self._writing = threading.Lock()
        self._reading = threading.Lock()
        self._writer = connect(file)
        self._writer.executescript(SCHEMA)
        migrate(self._writer)
        self._reader = connect(file)
        self._fresh = Fresh()
        self._fresh.load(self._writer)
        self._sealing: Sealing | None = None
        self._refused = False
        self._looked_ms = NEVER_MS
        self._sealed_hour_ms = 0
        self._ids: dict[SeriesKey, int] = {}

    def write(self, samples: Sequence[Sample]) -> None:
        """Keep samples, in one transaction; those of the same series and moment replace one another."""
        with self._writing:
            try:
                with transaction(self._writer):
                    rows = [
                        (self._series(sample.series), sample.ts_ms, _kept(sample.value)) for sample in samples
                    ]
                    insert(self._writer, rows)
            except OSError:
                self._ids.clear()
                raise
            self._fresh.add(rows)
            if self._sealing is None and self._fresh.count >= SEAL_AT:
                self._sealing = Sealing(self._writer, self._fresh)
            self._seal_if_possible(max(SEALED_AT_ONCE, 2 * len(rows)))

    def read(self, query: Query) -> list[Point]:
        """Return a stretch of a series; sums come from the coarsest tier that fits the step."""
        with self._looking_at(query.series) as series:
            step_ms = query.step_ms
            if query.aggregate is Aggregate.RAW or step_ms is None:
                samples = series.samples(query.start_ms, query.end_ms)
                return [Point(*sample) for sample, _ in zip(samples, range(query.limit), strict=False)]
            start, end = summing.whole(query, step_ms)
            tier = summing.tier_for(step_ms)
            if tier and query.aggregate is not Aggregate.TIME_WEIGHTED:
                return summing.drawn(series.pairs(tier, start, end, query.aggregate), query, step_ms)
            sums = (
                series.sums(tier, start, end) if tier else summing.sum_up(series.samples(start, end), step_ms)
            )
            weighted = query.aggregate is Aggregate.TIME_WEIGHTED
            return summing.points(sums, query, step_ms, series.carried(start) if weighted else None)

    def durations(self, series: SeriesKey, start_ms: int, end_ms: int) -> list[Duration]:
        """Tell for how long each value held within a stretch."""
        with self._looking_at(series) as found:
            states = found.states(start_ms, end_ms)
            return summing.durations(states, start_ms, end_ms, found.carried(start_ms))

    def series(self, tenant: str) -> list[SeriesKey]:
        """Return every series there is."""
        with self._reading:
            rows = self._reader.execute(
                "SELECT site, kind, device, property FROM series WHERE tenant = ? ORDER BY id", (tenant,)
            ).fetchall()
        return [SeriesKey(tenant, Address(*row[:3]), row[3]) for row in rows]

    def tally(self, series: SeriesKey, start_ms: int, end_ms: int) -> Tally:
        """Count the raw samples of a stretch."""
        count, total = 0, 0.0
        with self._looking_at(series) as found:
            for _, value in found.samples(start_ms, end_ms):
                count += 1
                total += value if isinstance(value, float) else 0.0
        return Tally(count, total)

    def read_sums(self, series: SeriesKey, tier: Tier, start_ms: int, end_ms: int) -> list[Sum]:
        """Return the sums of a stretch."""
        with self._looking_at(series) as found:
            return list(found.sums(tier, start_ms, end_ms))

    def write_sums(self, series: SeriesKey, tier: Tier, sums: Sequence[Sum]) -> None:
        """Put in sums whose samples are gone."""
        with self._writing, transaction(self._writer):
            number = add_series(self._writer, series)
            condensing.put_sums(self._writer, number, tier, sums)
            hours = {(number, hour_of(each.ts_ms)) for each in sums}
            self._writer.executemany("INSERT OR IGNORE INTO given VALUES (?, ?)", hours)

    def condense(self, now_ms: int) -> bool:
        """Make blocks at an hour's end, sum up what is complete, delete what is too old: a slice of each."""
        hour_ms = hour_of(now_ms - MINUTE_MS)
        with self._writing:
            if self._sealing is None and hour_ms != self._sealed_hour_ms:
                self._sealing = Sealing(self._writer, self._fresh)
                self._sealed_hour_ms = hour_ms
            self._seal(condensing.SAMPLES_AT_ONCE)
        with self._writing:
            left = condensing.sum_up(self._writer, now_ms)
        if not 0 <= now_ms - self._looked_ms < MINUTE_MS:
            with self._writing:
                more = condensing.let_go(self._writer, self._retention, now_ms)
            self._looked_ms = NEVER_MS if more else now_ms
        return left or self._sealing is not None

    def behind(self, now_ms: int) -> int:
        """Return how many hours of series are over and not summed up yet."""
        with self._reading:
            due = "SELECT count(*) FROM due WHERE start < ?"
            return int(self._reader.execute(due, (hour_of(now_ms),)).fetchone()[0])

    def size(self) -> int:
        """Return the size of the file in bytes, with all that is written merged into it."""
        with self._writing:
            self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        return self._file.stat().st_size

    def close(self) -> None:
        """Close the file, when whoever uses it has ended: SQLite bears no other thread in what is closed."""
        with self._writing, self._reading:
            self._writer.close()
            self._reader.close()

    def _seal(self, samples: int) -> None:
        if self._sealing is not None and self._sealing.go_on(samples):
            self._sealing = None

    def _seal_if_possible(self, samples: int) -> None:
        """Go on to make blocks; if there is no room for them try later: what was written is kept already."""
        try:
            self._seal(samples)
            self._refused = False
        except OSError as refused:
            if not self._refused:
                logger.warning("samples are kept, but cannot be made blocks: %s", refused)
            self._refused = True

    def _series(self, key: SeriesKey) -> int:
        known = self._ids.get(key)
        if known is None:
            known = self._ids[key] = add_series(self._writer, key)
        return known

    @contextmanager
    def _looking_at(self, key: SeriesKey) -> Iterator[Series]:
        """Read at one moment. What is fresh comes first: what is made a block meanwhile is in both."""
        with self._reading:
            number = find_series(self._reader, key)
            fresh = self._fresh.of(number)
            self._reader.execute("BEGIN")
            try:
                yield Series(self._reader, number, fresh)
            finally:
                self._reader.execute("COMMIT")


def _kept(value: Value) -> float | str | None:
    """Return a value as it is kept: a number as a double; what no double can be is not known."""
    if value is None or isinstance(value, str):
        return value
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if isfinite(number) else None
