"""What InfluxDB answers to questions of the store: sums where there are some, else samples. Blocking."""

from collections.abc import Iterable
from itertools import chain

from hub.history import summing
from hub.history.influx import statements
from hub.history.influx.asking import Asking, Rows
from hub.history.influx.lines import series_of
from hub.history.influx.marks import Marks
from hub.history.influx.sums import picked, samples_in, sums_in
from hub.history.store import Aggregate, Duration, Point, Query, SeriesKey, Sum, Tally, Tier, Value
from hub.history.summing import Timed


class Reading:
    """Asks one server from any thread; HistoryUnavailable if that does not answer."""

    def __init__(self, asking: Asking, marks: Marks) -> None:
        self._asking = asking
        self._marks = marks

    def read(self, query: Query) -> list[Point]:
        """Return the points of a stretch."""
        if query.aggregate is Aggregate.RAW or query.step_ms is None:
            found = self._samples(query.series, query.start_ms, query.end_ms, query.limit)
            return [Point(*sample) for sample in found]
        step_ms = query.step_ms
        start, end = summing.whole(query, step_ms)
        tier = summing.tier_for(step_ms)
        sums: Iterable[Sum]
        if tier is None:
            sums = summing.sum_up(self._samples(query.series, start, end), step_ms)
        else:
            sums = self.sums(query.series, tier, start, end)
        weighted = query.aggregate is Aggregate.TIME_WEIGHTED
        return summing.points(sums, query, step_ms, self.carried(query.series, start) if weighted else None)

    def durations(self, series: SeriesKey, start_ms: int, end_ms: int) -> list[Duration]:
        """Tell for how long each value held within a stretch."""
        gone_ms = min(max(start_ms, self._marks.kept.raw_from_ms), end_ms)
        known = self.sums(series, Tier.MINUTE, start_ms, gone_ms) if gone_ms > start_ms else []
        states = chain(((each.last_ms, each.last) for each in known), self._samples(series, gone_ms, end_ms))
        return summing.durations(states, start_ms, end_ms, self.carried(series, start_ms))

    def sums(self, series: SeriesKey, tier: Tier, start_ms: int, end_ms: int) -> list[Sum]:
        """Return a tier's sums; from the samples of what is not summed up yet, or must be again."""
        step_ms = summing.STEPS_MS[tier]
        end_ms = -(-end_ms // step_ms) * step_ms
        upto_ms = (self._marks.kept.upto_ms or 0) // step_ms * step_ms
        since = min([max(start_ms, upto_ms), *self._marks.late(start_ms, end_ms)])
        questions = [statements.sums(series, tier, start_ms, end_ms)]
        if since < end_ms:
            questions.append(statements.samples(series, since, end_ms))
        summed, *fresh = self._asking.ask_each(questions)
        found = {each.ts_ms: each for rows in summed for each in sums_in(rows)}
        for each in summing.sum_up(_samples(*fresh), step_ms):
            found[each.ts_ms] = each
        return [found[ts_ms] for ts_ms in sorted(found) if ts_ms >= start_ms]

    def carried(self, series: SeriesKey, ms: int) -> Value:
        """Return what held just before a moment."""
        raw, *tiers = self._asking.ask_each(statements.before(series, ms))
        held = [*_samples(raw)]
        held += [(each.last_ms, each.last) for rows in tiers for found in rows for each in sums_in(found)]
        return max(held, key=lambda each: each[0])[1] if held else None

    def series(self, tenant: str) -> list[SeriesKey]:
        """Return every series there is."""
        found = self._asking.ask_each(statements.all_series(tenant))
        return sorted({series_of(rows.tags) for result in found for rows in result})

    def tally(self, series: SeriesKey, start_ms: int, end_ms: int) -> Tally:
        """Count the raw samples of a stretch."""
        count, total = 0, 0.0
        for rows in self._asking.ask(statements.tally(series, start_ms, end_ms)):
            for _, numbers, texts, unknowns, summed in picked(rows, ("values", "texts", "unknowns", "total")):
                count += (numbers or 0) + (texts or 0) + (unknowns or 0)
                total += summed or 0.0
        return Tally(count, total)

    def _samples(
        self, series: SeriesKey, start_ms: int, end_ms: int, limit: int | None = None
    ) -> Iterable[Timed]:
        return _samples(self._asking.ask(statements.samples(series, start_ms, end_ms, limit)))


def _samples(*answers: list[Rows]) -> Iterable[Timed]:
    return (sample for rows in answers for each in rows for sample in samples_in(each))
