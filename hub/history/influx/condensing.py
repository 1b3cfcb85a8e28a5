"""Sums up what is complete and has deleted what is too old. Blocking, in the thread that writes."""

import logging
from collections.abc import Callable, Iterable
from itertools import chain, groupby
from typing import Final, TypeVar

from hub.history import summing
from hub.history.influx import statements
from hub.history.influx.answers import QuestionRefused
from hub.history.influx.asking import Asking, Rows
from hub.history.influx.lines import RAW, series_of
from hub.history.influx.marks import DAY_MS, Marks
from hub.history.influx.sums import samples_in, sum_line, sums_in
from hub.history.store import Sum, Tier
from hub.history.summing import HOUR_MS, MINUTE_MS
from hub.settings import Retention

logger = logging.getLogger(__name__)

SLICE_MS: Final = 10 * MINUTE_MS
"""Samples are summed up every so many minutes, and only once they are so old: some come a little late."""

BATCH_LINES: Final = 5_000
NEVER_MS: Final = 1 << 62

T = TypeVar("T")


class Condensing:
    """Asks for the samples of all series and writes sums back: version 2 and 3 have no INTO."""

    def __init__(
        self, asking: Asking, post: Callable[[list[str]], None], marks: Marks, retention: Retention
    ) -> None:
        self._asking = asking
        self._post = post
        self._marks = marks
        self._retention = retention
        self._cannot_delete = False

    def condense(self, now_ms: int) -> None:
        """Sum up and delete; HistoryUnavailable or NotTaken if the server goes away meanwhile."""
        believed = self._marks.believed(now_ms)
        closed_ms = (now_ms - SLICE_MS) // SLICE_MS * SLICE_MS
        upto_ms = self._marks.kept.upto_ms
        if upto_ms != closed_ms:
            since = self._marks.kept.raw_from_ms if upto_ms is None else upto_ms
            self._sum_up(min(since, closed_ms), closed_ms)
        for hour in self._marks.late(0, closed_ms):
            self._minutes(hour, min(hour + HOUR_MS, closed_ms))
            self._hours(hour)
            self._marks.summed_again(hour)
        if believed:
            self._delete(now_ms)

    def _sum_up(self, upto_ms: int, closed_ms: int) -> None:
        """Sum up until the end of an hour at a time, from one slice that has samples to the next."""
        while (start := self._next(upto_ms)) < closed_ms:
            self._pass(upto_ms, start)
            upto_ms = min(start // HOUR_MS * HOUR_MS + HOUR_MS, closed_ms)
            self._minutes(start, upto_ms)
            if upto_ms % HOUR_MS == 0:
                self._hours(upto_ms - HOUR_MS)
            self._marks.summed(upto_ms)
        self._pass(upto_ms, closed_ms)
        self._marks.summed(closed_ms)

    def _next(self, since_ms: int) -> int:
        """Return where the next slice begins that has samples."""
        answers = self._asking.ask_each(statements.first_samples(since_ms))
        times = [row[0] for result in answers for rows in result for row in rows.values]
        return min(times, default=NEVER_MS) // SLICE_MS * SLICE_MS

    def _pass(self, from_ms: int, to_ms: int) -> None:
        """Sum up the hour that was begun, if it is left."""
        hour = from_ms // HOUR_MS * HOUR_MS
        if hour < from_ms and hour + HOUR_MS <= to_ms:
            self._hours(hour)

    def _minutes(self, start: int, end: int) -> None:
        found = self._asking.stream(statements.all_samples(start, end))
        self._write(Tier.MINUTE, found, lambda parts: summing.sum_up(_all(samples_in, parts), MINUTE_MS))

    def _hours(self, start: int) -> None:
        found = self._asking.stream(statements.all_sums(Tier.MINUTE, start, start + HOUR_MS))
        self._write(Tier.HOUR, found, lambda parts: summing.coarser(_all(sums_in, parts), HOUR_MS))

    def _write(
        self, tier: Tier, found: Iterable[Rows], summed: Callable[[Iterable[Rows]], Iterable[Sum]]
    ) -> None:
        lines: list[str] = []
        for series, parts in groupby(found, lambda rows: series_of(rows.tags)):
            lines += [sum_line(tier, series, each) for each in summed(parts)]
            if len(lines) >= BATCH_LINES:
                self._post(lines)
                lines = []
        if lines:
            self._post(lines)

    def _delete(self, now_ms: int) -> None:
        """Delete what is too old, once an hour, whole hours, and nothing that is not summed up."""
        kept, keep = self._marks.kept, self._retention
        if self._cannot_delete or 0 <= now_ms - kept.deleted_ms < HOUR_MS:
            return
        before = {
            RAW: min(now_ms - keep.raw_days * DAY_MS, kept.upto_ms or 0) // HOUR_MS * HOUR_MS,
            Tier.MINUTE: now_ms - keep.minute_days * DAY_MS,
            Tier.HOUR: now_ms - keep.hour_days * DAY_MS,
        }
        try:
            for table, before_ms in before.items():
                self._asking.ask(statements.deletion(table, before_ms))
        except QuestionRefused as refused:
            self._cannot_delete = True
            logger.warning("%s: this server deletes by the retention of its bucket alone", refused)
        self._marks.deleted(now_ms, before[RAW])


def _all(read: Callable[[Rows], Iterable[T]], parts: Iterable[Rows]) -> Iterable[T]:
    return chain.from_iterable(map(read, parts))
