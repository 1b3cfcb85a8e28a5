"""A property over a stretch, in so many points as are wanted. Blocking."""

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any, Final, NamedTuple

from hub.history.store import Aggregate, Point, Value
from hub.questions.kept import DAY_MS, Kept, Part, query_of
from hub.questions.named import Named
from hub.questions.view import TrendSeries

BACK_MS: Final = 31 * DAY_MS
"""How far back the value before a stretch is looked for: changes alone are kept."""

SUMS: Final = tuple(each for each in Aggregate if each is not Aggregate.RAW)
"""What a number is summed up as in each step: all that the store can."""


class Steps(NamedTuple):
    """A stretch, and the steps in which it is read."""

    start_ms: int
    end_ms: int
    step_ms: int


def trend(kept: Kept, of: Named, steps: Steps, points: int) -> TrendSeries:
    """Read a property: numbers in steps, a state by its changes, or by steps where those are too many."""
    before = kept.before(of.series, steps.start_ms, BACK_MS)
    if of.numeric or (not of.type and _shows_numbers(kept, of, steps, before)):
        return _numbers(kept, of, steps, before)
    changes = list(islice(kept.changes(of.series, steps.start_ms, steps.end_ms), points + 1))
    exact = len(changes) <= points
    if not exact:
        changes = _within(_read(kept, of, steps, Aggregate.LAST), steps)
    return _series(of, before, [each.ts_ms for each in changes], exact, last=_last(of, changes))


def _numbers(kept: Kept, of: Named, steps: Steps, before: Point | None) -> TrendSeries:
    sums: dict[str, Mapping[int, Value]] = {each.value: dict(_read(kept, of, steps, each)) for each in SUMS}
    ms = sorted(sums[Aggregate.COUNT.value])
    columns = {name: [values.get(each) for each in ms] for name, values in sums.items()}
    return _series(
        of,
        before,
        ms,
        exact=False,
        mean=columns["mean"],
        min=columns["min"],
        max=columns["max"],
        last=columns["last"],
        count=columns["count"],
        weighted=columns.get("time-weighted", ()),
    )


def _read(kept: Kept, of: Named, steps: Steps, aggregate: Aggregate) -> list[Point]:
    return list(kept.walk(query_of(of.series, Part(*steps), aggregate)))


def _within(points: Sequence[Point], steps: Steps) -> list[Point]:
    """Have a step that began before the stretch begin with it."""
    return [each._replace(ts_ms=max(each.ts_ms, steps.start_ms)) for each in points]


def _shows_numbers(kept: Kept, of: Named, steps: Steps, before: Point | None) -> bool:
    """Say by what is kept what a property is that nobody describes any more."""
    first = before or next(kept.changes(of.series, steps.start_ms, steps.end_ms), None)
    return first is not None and isinstance(first.value, int | float)


def _last(of: Named, points: Sequence[Point]) -> list[Value]:
    return [of.value(each.value) for each in points]


def _series(of: Named, before: Point | None, ms: Sequence[int], exact: bool, **columns: Any) -> TrendSeries:
    return TrendSeries(
        device=of.device,
        property=of.series.property,
        title=of.title,
        unit=of.unit,
        type=of.type,
        exact=exact,
        before=None if before is None else of.value(before.value),
        ms=ms,
        **columns,
    )
