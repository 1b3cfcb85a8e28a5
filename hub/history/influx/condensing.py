"""Sums up what is complete and has deleted what is too old. Blocking, in the thread that writes."""

import logging
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, groupby
from typing import Final

from hub.history import summing
from hub.history.influx import statements
from hub.history.influx.answers import QuestionRefused
from hub.history.influx.asking import Asking, Rows
from hub.history.influx.lines import RAW, series_of
from hub.history.influx.marks import DAY_MS, Marks
from hub.history.influx.sums import samples_in, sum_line, sums_in
from hub.history.store import SeriesKey, Sum, Tier
from hub.history.summing import HOUR_MS, MINUTE_MS
from hub.settings import Retention

logger = logging.getLogger(__name__)

SLICE_MS: Final = 10 * MINUTE_MS
"""Samples are summed up every so many minutes, and only once they are so old: some come a little late."""

AT_ONCE: Final = 1_000_000
"""Samples of one answer, about, unless an hour has more: all are asked for anew if it breaks off."""

BATCH_LINES: Final = 5_000
NEVER_MS: Final = 1 << 62


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
        self._at_once_ms = HOUR_MS

    def condense(self, now_ms: int) -> None:
        """Sum up and delete; HistoryUnavailable or NotTaken if the server goes away meanwhile."""
        believed = self._marks.believed(now_ms)
        closed_ms = (now_ms - SLICE_MS) // SLICE_MS * SLICE_MS
        upto_ms = self._marks.kept.upto_ms
        if upto_ms != closed_ms:
            since = self._marks.kept.raw_from_ms if upto_ms is None else upto_ms
            self._sum_up(min(since, closed_ms), closed_ms)
        while late := self._marks.late(0, closed_ms):
            start, end = late[0], _end_of_first(late, self._at_once_ms)
            self._stretch(start, min(end, closed_ms))
            self._marks.summed_again(start, end)
        if believed:
            self._delete(now_ms)

    def _sum_up(self, upto_ms: int, closed_ms: int) -> None:
        """Sum up one stretch after the other; where there are no samples nothing is asked."""
        while (start := self._next(upto_ms)) < closed_ms:
            self._pass(upto_ms, start)
            upto_ms = min(start // HOUR_MS * HOUR_MS + self._at_once_ms, closed_ms)
            self._stretch(start, upto_ms)
            self._marks.summed(upto_ms)
        self._pass(upto_ms, closed_ms)
        self._marks.summed(closed_ms)

    def _next(self, since_ms: int) -> int:
        """Return where the next slice begins that has samples."""
        answers = self._asking.ask_each(statements.first_samples(since_ms))
        times = [row[0] for result in answers for rows in result for row in rows.values]
        return min(times, default=NEVER_MS) // SLICE_MS * SLICE_MS

    def _pass(self, from_ms: int, to_ms: int) -> None:
        """Sum up the hour that was begun before, if it is over."""
        hour = from_ms // HOUR_MS * HOUR_MS
        if hour < from_ms and hour + HOUR_MS <= to_ms:
            self._hour(hour)

    def _stretch(self, start: int, end: int) -> None:
        """Sum up the minutes of a stretch, and the hours that end within it.

        Samples pass by one series after the other: in memory are the minutes of one. The next stretch is
        twice as long while that has not too many samples, up to a day; an hour after one that failed.
        """
        at_once_ms, self._at_once_ms = self._at_once_ms, HOUR_MS
        whole_from, whole_to = -(-start // HOUR_MS) * HOUR_MS, end // HOUR_MS * HOUR_MS
        samples, lines = 0, _Lines(self._post)
        for series, parts in _by_series(self._asking.stream(statements.all_samples(start, end))):
            minutes = list(summing.sum_up(chain.from_iterable(map(samples_in, parts)), MINUTE_MS))
            whole = (each for each in minutes if whole_from <= each.ts_ms < whole_to)
            lines.add(Tier.MINUTE, series, minutes)
            lines.add(Tier.HOUR, series, summing.coarser(whole, HOUR_MS))
            samples += sum(each.numbers + each.words for each in minutes)
        lines.flush()
        self._pass(start, end)
        self._at_once_ms = _for_next(at_once_ms, samples)

    def _hour(self, start: int) -> None:
        """Sum up an hour by its minutes, of which some were made before."""
        lines = _Lines(self._post)
        found = self._asking.stream(statements.all_sums(Tier.MINUTE, start, start + HOUR_MS))
        for series, parts in _by_series(found):
            minutes = chain.from_iterable(map(sums_in, parts))
            lines.add(Tier.HOUR, series, summing.coarser(minutes, HOUR_MS))
        lines.flush()

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


class _Lines:
    """Sums on their way to the server, some thousand at a time."""

    def __init__(self, post: Callable[[list[str]], None]) -> None:
        self._post = post
        self._lines: list[str] = []

    def add(self, tier: Tier, series: SeriesKey, sums: Iterable[Sum]) -> None:
        """Add sums of one series."""
        self._lines += [sum_line(tier, series, each) for each in sums]
        if len(self._lines) >= BATCH_LINES:
            self.flush()

    def flush(self) -> None:
        """Have the server take what there is."""
        if self._lines:
            self._post(self._lines)
        self._lines = []


def _by_series(found: Iterable[Rows]) -> Iterator[tuple[SeriesKey, Iterator[Rows]]]:
    return groupby(found, lambda rows: series_of(rows.tags))


def _for_next(at_once_ms: int, samples: int) -> int:
    """Return how long a stretch to take next, after one of so many samples."""
    if samples > AT_ONCE:
        return max(HOUR_MS, at_once_ms // 2)
    return min(DAY_MS, at_once_ms * 2) if samples <= AT_ONCE // 2 else at_once_ms


def _end_of_first(hours: list[int], longest_ms: int) -> int:
    """Return where the first of hours, oldest first, and those that follow it without a gap end."""
    end = hours[0]
    for hour in hours:
        if hour != end or end >= hours[0] + longest_ms:
            break
        end += HOUR_MS
    return end
