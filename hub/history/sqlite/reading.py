"""What the file and the fresh samples say of a series: samples, sums, what held before."""

import sqlite3
from collections.abc import Iterable, Iterator
from heapq import merge
from itertools import chain

from hub.history import summing
from hub.history.sqlite.blocks import SPANS_MS, unpack_pairs, unpack_samples, unpack_sums
from hub.history.sqlite.schema import TABLES, gone
from hub.history.store import Aggregate, Sum, Tier, Value
from hub.history.summing import HOUR_MS, MINUTE_MS, STEPS_MS, Pair, Timed


class Series:
    """One series, as a connection sees it; for one thread at a time.

    `fresh`: its samples that may be in no block yet, as they came.
    """

    def __init__(self, connection: sqlite3.Connection, number: int, fresh: Iterable[Timed] = ()) -> None:
        self._connection = connection
        self._fresh: dict[int, list[Timed]] = {}
        for sample in fresh:
            self._fresh.setdefault(hour_of(sample[0]), []).append(sample)
        self._number = number
        self._gone = gone(connection)

    def samples(self, start_ms: int, end_ms: int) -> Iterator[Timed]:
        """Yield the samples of a stretch, oldest first, one a moment."""
        found = self._connection.execute(
            "SELECT DISTINCT start FROM block WHERE series = ? AND start >= ? AND start < ?"
            " AND (start >= ? OR id > ?)",
            (self._number, hour_of(start_ms), end_ms, *self._gone),
        ).fetchall()
        for hour_ms in sorted({hour for (hour,) in found} | self._fresh_hours(start_ms, end_ms)):
            held = dict(chain(self._blocks(hour_ms), self._fresh.get(hour_ms, ())))
            yield from ((ts_ms, held[ts_ms]) for ts_ms in sorted(held) if start_ms <= ts_ms < end_ms)

    def _blocks(self, hour_ms: int) -> Iterator[Timed]:
        blocks = self._connection.execute(
            "SELECT data FROM block WHERE series = ? AND start = ? AND (start >= ? OR id > ?) ORDER BY id",
            (self._number, hour_ms, *self._gone),
        )
        for (block,) in blocks:
            yield from unpack_samples(hour_ms, block)

    def sums(self, tier: Tier, start_ms: int, end_ms: int) -> Iterator[Sum]:
        """Yield the sums that begin within a stretch, oldest first; what is not summed up yet is so now."""
        hours = self._not_summed(hour_of(start_ms), end_ms)
        made = chain.from_iterable(self.summed(tier, hour_ms) for hour_ms in sorted(hours))
        kept = (each for each in self._kept(tier, start_ms, end_ms) if hour_of(each.ts_ms) not in hours)
        both = merge(kept, made, key=lambda each: each.ts_ms) if hours else kept
        yield from (each for each in both if start_ms <= each.ts_ms < end_ms)

    def pairs(self, tier: Tier, start_ms: int, end_ms: int, aggregate: Aggregate) -> Iterator[Pair]:
        """Yield what an aggregate is made of, of the sums that begin within a stretch."""
        hours = self._not_summed(hour_of(start_ms), end_ms)
        made = chain.from_iterable(self.summed(tier, hour_ms) for hour_ms in sorted(hours))
        kept: Iterable[Pair] = chain.from_iterable(
            unpack_pairs(tier, start, block, summing.PAIRS[aggregate])
            for start, block in self._sum_blocks(tier, start_ms, end_ms)
        )
        if hours:
            rest = (each for each in kept if hour_of(each[0]) not in hours)
            kept = merge(rest, summing.pairs(made, aggregate), key=lambda each: each[0])
        return (each for each in kept if start_ms <= each[0] < end_ms)

    def summed(self, tier: Tier, hour_ms: int, minutes: Iterable[Sum] | None = None) -> list[Sum]:
        """Sum up an hour, by its `minutes` if those are known.

        If older samples of it are gone, what was summed up of these is added to.
        """
        if minutes is None:
            minutes = summing.sum_up(self.samples(hour_ms, hour_ms + HOUR_MS), MINUTE_MS)
        sums = minutes if tier is Tier.MINUTE else summing.coarser(minutes, STEPS_MS[tier])
        if self.samples_are_gone(hour_ms):
            older = self._kept(tier, hour_ms, hour_ms + HOUR_MS)
            in_order = sorted(chain(older, sums), key=lambda each: (each.ts_ms, each.first_ms))
            sums = summing.coarser(in_order, STEPS_MS[tier])
        return list(sums)

    def samples_are_gone(self, hour_ms: int) -> bool:
        """Tell whether an hour is only known by its sums, but for samples that came since."""
        if hour_ms < self._gone[0]:
            return True
        given = "SELECT 1 FROM given WHERE series = ? AND start = ?"
        return self._connection.execute(given, (self._number, hour_ms)).fetchone() is not None

    def carried(self, before_ms: int) -> Value:
        """Return the value of the last sample before a moment; None if there is none."""
        found = [*self._last_samples(before_ms), *self._last_sums(before_ms)]
        return max(found, key=lambda sample: sample[0])[1] if found else None

    def states(self, start_ms: int, end_ms: int) -> Iterator[Timed]:
        """Yield the samples of a stretch; where these are gone, the last one of each minute."""
        gone_ms = min(max(start_ms, self._gone[0]), end_ms)
        for each in self.sums(Tier.MINUTE, start_ms, gone_ms):
            yield each.last_ms, each.last
        yield from self.samples(gone_ms, end_ms)

    def _last_samples(self, before_ms: int) -> Iterator[Timed]:
        found = self._connection.execute(
            "SELECT DISTINCT start FROM block WHERE series = ? AND start < ? AND (start >= ? OR id > ?)"
            " ORDER BY start DESC LIMIT 2",
            (self._number, before_ms, *self._gone),
        ).fetchall()
        fresh = {hour_ms for hour_ms in self._fresh if hour_ms < before_ms}
        for hour_ms in sorted({hour for (hour,) in found} | fresh, reverse=True):
            if samples := list(self.samples(hour_ms, min(hour_ms + HOUR_MS, before_ms))):
                yield samples[-1]
                return

    def _last_sums(self, before_ms: int) -> Iterator[Timed]:
        for tier, table in TABLES.items():
            blocks = self._connection.execute(
                f"SELECT start, data FROM {table} WHERE series = ? AND start < ? ORDER BY start DESC LIMIT 2",  # noqa: S608 - names are ours
                (self._number, before_ms),
            ).fetchall()
            sums = (each for start, block in blocks for each in unpack_sums(tier, start, block))
            yield from ((each.last_ms, each.last) for each in sums if each.last_ms < before_ms)

    def _sum_blocks(self, tier: Tier, start_ms: int, end_ms: int) -> Iterator[tuple[int, bytes]]:
        span_ms = SPANS_MS[tier]
        return self._connection.execute(
            f"SELECT start, data FROM {TABLES[tier]}"  # noqa: S608 - names are ours
            " WHERE series = ? AND start >= ? AND start < ? ORDER BY start",
            (self._number, start_ms // span_ms * span_ms, end_ms),
        )

    def _not_summed(self, start_ms: int, end_ms: int) -> set[int]:
        due = self._connection.execute(
            "SELECT start FROM due WHERE series = ? AND start >= ? AND start < ?",
            (self._number, start_ms, end_ms),
        )
        return {hour for (hour,) in due.fetchall()} | self._fresh_hours(start_ms, end_ms)

    def _fresh_hours(self, start_ms: int, end_ms: int) -> set[int]:
        start_ms = hour_of(start_ms)
        return {hour_ms for hour_ms in self._fresh if start_ms <= hour_ms < end_ms}

    def _kept(self, tier: Tier, start_ms: int, end_ms: int) -> Iterator[Sum]:
        for start, block in self._sum_blocks(tier, start_ms, end_ms):
            yield from (each for each in unpack_sums(tier, start, block) if start_ms <= each.ts_ms < end_ms)


def look_at(connection: sqlite3.Connection, number: int) -> Series:
    """Look at a series of a file that another process writes."""
    fresh = connection.execute("SELECT ts, value FROM fresh WHERE series = ? ORDER BY id", (number,))
    return Series(connection, number, fresh)


def hour_of(ts_ms: int) -> int:
    """Return the beginning of a moment's hour."""
    return ts_ms // HOUR_MS * HOUR_MS
