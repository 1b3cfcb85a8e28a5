"""Makes blocks of what was fresh at one moment, some samples at a time: nobody waits long.

Until all are made, the samples are in the table `fresh` as well as in blocks. A process that is killed then
makes blocks of them once more; a moment that is in two blocks is read once.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from itertools import groupby, islice

from hub.history.sqlite.blocks import MOST, pack_samples
from hub.history.sqlite.fresh import Fresh
from hub.history.sqlite.reading import hour_of
from hub.history.sqlite.schema import transaction
from hub.history.summing import Timed


class Sealing:
    """One making of blocks."""

    def __init__(self, connection: sqlite3.Connection, fresh: Fresh) -> None:
        (self._upto,) = connection.execute("SELECT coalesce(max(id), 0) FROM fresh").fetchone()
        self._connection = connection
        self._fresh = fresh
        self._left = list(fresh.part().items())

    def go_on(self, samples: int) -> bool:
        """Make blocks of about so many samples, at least of one series; whether that was all.

        OSError if the file takes no more: nothing is lost, and the same is tried the next time.
        """
        series = self._first(samples)
        is_all = len(series) == len(self._left)
        with transaction(self._connection):
            for number, found in series:
                for hour_ms, block in _by_hour(found):
                    put_samples(self._connection, number, hour_ms, block)
                    self._connection.execute("INSERT OR IGNORE INTO due VALUES (?, ?)", (number, hour_ms))
            if is_all:
                self._connection.execute("DELETE FROM fresh WHERE id <= ?", (self._upto,))
        del self._left[: len(series)]
        if is_all:
            self._fresh.forget_parted()
        return is_all

    def _first(self, samples: int) -> Sequence[tuple[int, list[Timed]]]:
        count = taken = 0
        for _, found in self._left:
            if taken >= samples:
                break
            taken += len(found)
            count += 1
        return list(islice(self._left, count))


def put_samples(connection: sqlite3.Connection, number: int, hour_ms: int, samples: Sequence[Timed]) -> None:
    """Add samples of one hour, oldest first."""
    for first in range(0, len(samples), MOST):
        piece = samples[first : first + MOST]
        connection.execute(
            "INSERT INTO block (series, start, n, data) VALUES (?, ?, ?, ?)",
            (number, hour_ms, len(piece), pack_samples(hour_ms, piece)),
        )


def _by_hour(samples: Sequence[Timed]) -> Iterator[tuple[int, list[Timed]]]:
    in_order = sorted(dict(samples).items())
    for hour_ms, group in groupby(in_order, lambda sample: hour_of(sample[0])):
        yield hour_ms, list(group)
