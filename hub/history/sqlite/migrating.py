"""Files of the first form, a row a sample and a row a minute: rewritten in place when they are opened.

Series by series, each in one transaction, so that a hub that is stopped meanwhile goes on where it was. Hours
of which every sample is there are summed up anew; of older ones the sums are taken over. Those did not tell
for how long a value held: there the mean weighted by time is the plain mean.
"""

import logging
import sqlite3
from collections.abc import Iterator
from itertools import groupby
from typing import Any, Final

from hub.history.sqlite.condensing import put_sums
from hub.history.sqlite.reading import hour_of
from hub.history.sqlite.schema import transaction
from hub.history.sqlite.sealing import put_samples
from hub.history.store import Sum, Tier
from hub.history.summing import HOUR_MS, STEPS_MS

logger = logging.getLogger(__name__)

OLD_TABLES: Final = ("raw", "minute", "hour", "condensed")
OLD_SUMS: Final = {Tier.MINUTE: "minute", Tier.HOUR: "hour"}


def migrate(connection: sqlite3.Connection) -> None:
    """Rewrite a file of the first form; nothing is done to others."""
    if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'raw'").fetchone():
        return
    numbers = [number for (number,) in connection.execute("SELECT id FROM series ORDER BY id")]
    logger.info("history is rewritten in its new form, once: %d series", len(numbers))
    for number in numbers:
        with transaction(connection):
            _series(connection, number)
    with transaction(connection):
        for table in OLD_TABLES:
            connection.execute(f"DROP TABLE IF EXISTS {table}")
    logger.info("history is in its new form")


def _series(connection: sqlite3.Connection, number: int) -> None:
    (first,) = connection.execute("SELECT min(ts) FROM raw WHERE series = ?", (number,)).fetchone()
    whole_from_ms = 1 << 62 if first is None else -(-first // HOUR_MS) * HOUR_MS
    hours = {hour_of(each.ts_ms) for each in _sums(connection, number, Tier.MINUTE, whole_from_ms)}
    for tier, table in OLD_SUMS.items():
        put_sums(connection, number, tier, list(_sums(connection, number, tier, whole_from_ms)))
        connection.execute(f"DELETE FROM {table} WHERE series = ?", (number,))  # noqa: S608 - names are ours
    connection.executemany("INSERT OR IGNORE INTO given VALUES (?, ?)", [(number, hour) for hour in hours])
    _samples(connection, number, hours)


def _sums(connection: sqlite3.Connection, number: int, tier: Tier, before_ms: int) -> Iterator[Sum]:
    rows = connection.execute(
        f"SELECT ts, n, low, high, total, last FROM {OLD_SUMS[tier]} WHERE series = ? AND ts < ? ORDER BY ts",  # noqa: S608 - names are ours
        (number, before_ms),
    )
    held_ms = STEPS_MS[tier] - 1
    for ts_ms, n, low, high, total, last in rows:
        area = total / n * held_ms
        yield Sum(ts_ms, n, 0, low, high, total, last, ts_ms, ts_ms + held_ms, area, held_ms)


def _samples(connection: sqlite3.Connection, number: int, summed: set[int]) -> None:
    rows: Iterator[Any] = connection.execute(
        "SELECT ts, coalesce(text, value) FROM raw WHERE series = ? ORDER BY ts, rowid", (number,)
    )
    for hour_ms, group in groupby(rows, lambda row: hour_of(row[0])):
        put_samples(connection, number, hour_ms, sorted(dict(group).items()))
        if hour_ms not in summed:
            connection.execute("INSERT OR IGNORE INTO due VALUES (?, ?)", (number, hour_ms))
    connection.execute("DELETE FROM raw WHERE series = ?", (number,))
