"""Blocks are summed up, what is past its retention is deleted.

Each pass does a bounded slice, so that whoever writes waits for a moment only; what is left is done at the
next. Sums are made of whole hours: an hour with new samples is due, whenever these come, and is summed up
once it is over, or at once if it is more than a day ahead, because a device's clock is wrong then.
"""

import sqlite3
from collections.abc import Sequence
from itertools import groupby
from typing import Final

from hub.history import summing
from hub.history.sqlite.blocks import DAY_MS, SPANS_MS, pack_sums, unpack_sums
from hub.history.sqlite.reading import Series, hour_of
from hub.history.sqlite.schema import GONE_BLOCK, GONE_MS, TABLES, gone, mark, marked, transaction
from hub.history.store import Sum, Tier
from hub.history.summing import HOUR_MS, MINUTE_MS
from hub.settings import Retention

SAMPLES_AT_ONCE: Final = 4_000
"""So many are made blocks, and summed up, in a pass, at least an hour of a series: some milliseconds."""

HOURS_AT_ONCE: Final = 100
ROWS_AT_ONCE: Final = 2_000
"""So many blocks of a table are deleted in a pass."""

BELIEVED_AFTER_MS: Final = HOUR_MS
LOOKED: Final = "looked-ms"
JUMPED: Final = "jumped-ms"


def sum_up(connection: sqlite3.Connection, now_ms: int) -> bool:
    """Sum up hours that are due and over, those of one series after another; whether some are left."""
    due = connection.execute(
        "SELECT series, due.start, coalesce(sum(n), 0) FROM due LEFT JOIN block USING (series, start)"
        " WHERE due.start < ? OR due.start > ? GROUP BY series, due.start LIMIT ?",
        (hour_of(now_ms), now_ms + DAY_MS, HOURS_AT_ONCE),
    ).fetchall()
    if not due:
        return False
    done = samples = 0
    with transaction(connection):
        while done < len(due) and samples < SAMPLES_AT_ONCE:
            number, hour_ms, count = due[done]
            _sum_up(connection, number, hour_ms)
            samples += count
            done += 1
    return done < len(due) or len(due) == HOURS_AT_ONCE


def _sum_up(connection: sqlite3.Connection, number: int, hour_ms: int) -> None:
    series = Series(connection, number)
    minutes = list(summing.sum_up(series.samples(hour_ms, hour_ms + HOUR_MS), MINUTE_MS))
    for tier in Tier:
        put_sums(connection, number, tier, series.summed(tier, hour_ms, minutes))
    if series.samples_are_gone(hour_ms):
        connection.execute("DELETE FROM block WHERE series = ? AND start = ?", (number, hour_ms))
    connection.execute("DELETE FROM due WHERE series = ? AND start = ?", (number, hour_ms))


def put_sums(connection: sqlite3.Connection, number: int, tier: Tier, sums: Sequence[Sum]) -> None:
    """Put in sums, oldest first, instead of those of the same minutes or hours."""
    table, span_ms = TABLES[tier], SPANS_MS[tier]
    for start, group in groupby(sums, lambda each: each.ts_ms // span_ms * span_ms):
        row = connection.execute(
            f"SELECT data FROM {table} WHERE series = ? AND start = ?",  # noqa: S608 - names are ours
            (number, start),
        ).fetchone()
        known = {each.ts_ms: each for each in unpack_sums(tier, start, row[0])} if row else {}
        known.update((each.ts_ms, each) for each in group)
        block = pack_sums(tier, start, [known[ts_ms] for ts_ms in sorted(known)])
        connection.execute(f"INSERT OR REPLACE INTO {table} VALUES (?, ?, ?)", (number, start, block))  # noqa: S608 - the same


def let_go(connection: sqlite3.Connection, retention: Retention, now_ms: int) -> bool:
    """Delete what is past its retention, unless the clock has just jumped ahead; whether anything was."""
    with transaction(connection):
        if not _believed(connection, now_ms):
            return False
        _forget_samples(connection, hour_of(now_ms - retention.raw_days * DAY_MS))
        gone_ms, gone_block = gone(connection)
        hours_ms = (now_ms - retention.hour_days * DAY_MS) // DAY_MS * DAY_MS
        deleted = _delete(connection, "block", gone_ms, f"AND old.id <= {gone_block}")
        deleted += _delete(connection, "minutes", hour_of(now_ms - retention.minute_days * DAY_MS))
        deleted += sum(_delete(connection, table, hours_ms) for table in ("hours", "given"))
    return deleted > 0


def _believed(connection: sqlite3.Connection, now_ms: int) -> bool:
    looked_ms, jumped_ms = marked(connection, LOOKED), marked(connection, JUMPED)
    if now_ms - looked_ms > DAY_MS:
        jumped_ms = now_ms
    elif now_ms < jumped_ms:
        jumped_ms = 0
    if not 0 <= now_ms - looked_ms < MINUTE_MS:
        mark(connection, LOOKED, now_ms)
        mark(connection, JUMPED, jumped_ms)
    return now_ms - jumped_ms >= BELIEVED_AFTER_MS


def _forget_samples(connection: sqlite3.Connection, before_ms: int) -> None:
    """Let no sample of before be read any more, once all are summed up."""
    if before_ms <= marked(connection, GONE_MS):
        return
    if connection.execute("SELECT 1 FROM due WHERE start < ? LIMIT 1", (before_ms,)).fetchone():
        return
    newest = connection.execute("SELECT coalesce(max(id), 0) FROM block").fetchone()
    mark(connection, GONE_MS, before_ms)
    mark(connection, GONE_BLOCK, newest[0])


def _delete(connection: sqlite3.Connection, table: str, before_ms: int, also: str = "") -> int:
    """Delete a slice, series by series, because tables are ordered so; return how many rows."""
    key = ("id", "old.id") if table == "block" else ("(series, start)", "old.series, old.start")
    deleted = connection.execute(
        f"DELETE FROM {table} WHERE {key[0]} IN (SELECT {key[1]} FROM series CROSS JOIN {table} AS old"  # noqa: S608 - names are ours
        f" ON old.series = series.id AND old.start < ? {also} LIMIT {ROWS_AT_ONCE})",
        (before_ms,),
    )
    return deleted.rowcount
