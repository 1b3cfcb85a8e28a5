"""What InfluxDB answers to questions of the store: sums where there are some, else samples. Blocking."""

from collections.abc import Iterable, Iterator
from itertools import chain

from hub.history import summing
from hub.history.influx import statements
from hub.history.influx.asking import Asking, Rows
from hub.history.influx.lines import RAW, series_of
from hub.history.influx.marks import Marks
from hub.history.influx.sums import picked, samples_in, sums_in
from hub.history.store import Aggregate, Duration, Point, Query, SeriesKey, Sum, Tally, Tier, Value
from hub.history.summing import Pair, Timed


class Reading:
    """Asks one server from any thread; HistoryUnavailable if that does not answer."""

    def __init__(self, asking: Asking, marks: Marks) -> None:
        self._asking = asking
        self._marks = marks

    def read(self, query: Query) -> list[Point]:
        """Return the points of a stretch."""
        if query.aggregate is Aggregate.RAW or query.step_ms is None:
            samples = self._samples(query.series, query.start_ms, query.end_ms, query.limit)
            return [Point(*sample) for sample in samples]
        step_ms = query.step_ms
        start, end = summing.whole(query, step_ms)
        made = self._made_by_server(start, end, step_ms)
        if made > start and (True, query.aggregate) in statements.MADE_OF:
            found = chain(
                self._pairs(query, step_ms, start, made), self._own_pairs(query, step_ms, made, end)
            )
            return summing.drawn(found, query, step_ms)
        sums = self._steps(query.series, step_ms, start, end)
        weighted = query.aggregate is Aggregate.TIME_WEIGHTED
        return summing.points(sums, query, step_ms, self.carried(query.series, start) if weighted else None)

    def _made_by_server(self, start: int, end: int, step_ms: int) -> int:
        """Return until where the server can make steps by itself: up to what is not summed up there."""
        if summing.tier_for(step_ms) is None:
            return end
        upto_ms = self._marks.kept.upto_ms or 0
        return min([end, upto_ms, *self._marks.late(start, end)]) // step_ms * step_ms

    def _pairs(self, query: Query, step_ms: int, start: int, end: int) -> Iterator[Pair]:
        table = summing.tier_for(step_ms) or RAW
        for rows in self._asking.ask(statements.steps(query, table, step_ms, start, end)):
            for ts_ms, one, other in picked(rows, ("one", "other")):
                yield ts_ms, one or 0, other or 0

    def _own_pairs(self, query: Query, step_ms: int, start: int, end: int) -> Iterator[Pair]:
        if start < end:
            yield from summing.pairs(self._steps(query.series, step_ms, start, end), query.aggregate)

    def _steps(self, series: SeriesKey, step_ms: int, start: int, end: int) -> Iterable[Sum]:
        tier = summing.tier_for(step_ms)
        if tier is None:
            return summing.sum_up(self._samples(series, start, end), step_ms)
        return self.sums(series, tier, start, end)

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
        found = self._asking.stream(statements.samples(series, start_ms, end_ms, limit))
        return chain.from_iterable(map(samples_in, found))


def _samples(*answers: list[Rows]) -> Iterable[Timed]:
    return (sample for rows in answers for each in rows for sample in samples_in(each))
