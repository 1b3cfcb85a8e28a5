"""What every engine of history does: raw samples, sums by the minute and the hour, durations, retention."""

import pytest

from contract.topics import Address
from hub.history.store import (
    Aggregate,
    Duration,
    HistoryStore,
    Point,
    Query,
    Sample,
    SeriesKey,
    Tally,
    Tier,
    Value,
)
from hub.history.summing import HOUR_MS, MINUTE_MS
from hub.settings import Retention
from tests.hub.history.conftest import Open

DAY_MS = 24 * HOUR_MS
START = 1_795_000_000_000 // DAY_MS * DAY_MS
SERIES = SeriesKey("default", Address("hemei", "sensor", "hall"), "temperature")
OTHER = SeriesKey("default", Address("hemei", "gate", "east-in"), "state")


def fill(
    history: HistoryStore,
    *values: Value,
    every_ms: int = 10_000,
    start: int = START,
    series: SeriesKey = SERIES,
) -> None:
    history.write([Sample(series, start + n * every_ms, value) for n, value in enumerate(values)])


def read(
    history: HistoryStore, aggregate: Aggregate, step_ms: int | None, hours: float = 24, start: int = START
) -> list[Point]:
    return history.read(
        Query(
            series=SERIES,
            start_ms=start,
            end_ms=start + round(hours * HOUR_MS),
            aggregate=aggregate,
            step_ms=step_ms,
        )
    )


def raw(history: HistoryStore, hours: float = 24, start: int = START) -> list[Value]:
    return [point.value for point in read(history, Aggregate.RAW, None, hours, start)]


def let_go(history: HistoryStore, now_ms: int) -> None:
    """Condense, and again an hour later: until then a clock that jumped is not believed."""
    history.condense(now_ms)
    history.condense(now_ms + HOUR_MS)


def test_raw_samples_come_back_in_order_with_their_kind(history: HistoryStore) -> None:
    fill(history, 1.5, 2, True, "open", None)
    assert raw(history) == [1.5, 2, 1, "open", None]
    history.condense(START + HOUR_MS)
    assert raw(history) == [1.5, 2, 1, "open", None]


@pytest.mark.parametrize(
    ("aggregate", "expected"),
    [("mean", 2.5), ("min", 0), ("max", 5), ("last", 5), ("count", 6), ("time-weighted", 2.5)],
)
@pytest.mark.parametrize("condensed", [False, True])
def test_minute_sums_are_the_same_before_and_after_condensing(
    history: HistoryStore, aggregate: str, expected: float, condensed: bool
) -> None:
    fill(history, *range(12))
    if condensed:
        history.condense(START + HOUR_MS)
    points = read(history, Aggregate(aggregate), MINUTE_MS, 2 / 60)
    assert points[0] == Point(START, expected)
    assert len(points) == 2


def test_hours_come_from_minutes_and_outlive_raw_samples(history: HistoryStore) -> None:
    fill(history, *range(720))
    history.condense(START + 2 * HOUR_MS)
    let_go(history, START + 3 * DAY_MS)
    assert raw(history) == []
    assert read(history, Aggregate.MEAN, HOUR_MS) == [Point(START, 179.5), Point(START + HOUR_MS, 539.5)]
    assert read(history, Aggregate.COUNT, HOUR_MS)[0].value == 360
    assert len(read(history, Aggregate.MAX, MINUTE_MS)) == 120


def test_late_sample_is_summed_up_at_the_next_pass(history: HistoryStore) -> None:
    fill(history, 1, 1, 1, 1, 1, 1)
    history.condense(START + 2 * HOUR_MS)
    fill(history, 9, start=START + 5_000)
    assert read(history, Aggregate.MAX, MINUTE_MS) == [Point(START, 9)]
    history.condense(START + 3 * HOUR_MS)
    assert read(history, Aggregate.MAX, MINUTE_MS) == [Point(START, 9)]
    assert read(history, Aggregate.MAX, HOUR_MS) == [Point(START, 9)]


def test_part_that_is_not_condensed_yet_is_read_from_raw(history: HistoryStore) -> None:
    fill(history, *range(12))
    history.condense(START + MINUTE_MS + 5_000)
    assert [point.value for point in read(history, Aggregate.COUNT, MINUTE_MS)] == [6, 6]


@pytest.mark.parametrize("condensed", [False, True])
def test_steps_are_whole_wherever_the_stretch_ends(history: HistoryStore, condensed: bool) -> None:
    fill(history, *range(18))
    if condensed:
        history.condense(START + HOUR_MS)
    points = read(history, Aggregate.COUNT, MINUTE_MS, 1 / 60, START + 30_000)
    assert points == [Point(START, 6), Point(START + MINUTE_MS, 6)]


def test_words_are_read_in_steps_too(history: HistoryStore) -> None:
    fill(history, "closed", "opening", "open")
    history.condense(START + HOUR_MS)
    assert read(history, Aggregate.LAST, MINUTE_MS) == [Point(START, "open")]
    assert read(history, Aggregate.COUNT, MINUTE_MS) == [Point(START, 3)]
    assert read(history, Aggregate.MEAN, MINUTE_MS) == []


def test_steps_that_no_tier_has_are_summed_up_from_raw(history: HistoryStore) -> None:
    fill(history, *range(6))
    history.condense(START + HOUR_MS)
    assert [each.value for each in read(history, Aggregate.MEAN, 20_000)] == [0.5, 2.5, 4.5]


def test_no_more_than_the_limit_is_read(history: HistoryStore) -> None:
    fill(history, *range(20))
    for aggregate, step_ms in (
        (Aggregate.RAW, None),
        (Aggregate.LAST, 10_000),
        (Aggregate.TIME_WEIGHTED, 10_000),
    ):
        query = Query(
            series=SERIES,
            start_ms=START,
            end_ms=START + DAY_MS,
            aggregate=aggregate,
            step_ms=step_ms,
            limit=3,
        )
        assert [point.value for point in history.read(query)] == [0, 1, 2]


def test_unknown_series_is_empty(history: HistoryStore) -> None:
    assert raw(history) == []
    assert read(history, Aggregate.MEAN, HOUR_MS) == []
    assert history.series("default") == []
    assert history.tally(SERIES, START, START + DAY_MS) == Tally(0, 0)


@pytest.mark.parametrize("condensed", [False, True])
def test_a_value_weighs_as_long_as_it_held(history: HistoryStore, condensed: bool) -> None:
    fill(history, 10, start=START - 90_000)
    fill(history, 40, start=START + 45_000)
    fill(history, None, start=START + 3 * MINUTE_MS + 30_000)
    if condensed:
        history.condense(START + HOUR_MS)
    assert read(history, Aggregate.TIME_WEIGHTED, MINUTE_MS, 5 / 60) == [
        Point(START, (45 * 10 + 15 * 40) / 60),
        Point(START + MINUTE_MS, 40),
        Point(START + 2 * MINUTE_MS, 40),
        Point(START + 3 * MINUTE_MS, 40),
    ]
    hour = read(history, Aggregate.TIME_WEIGHTED, HOUR_MS, 1)
    assert [each.value for each in hour] == [pytest.approx((45 * 10 + 165 * 40) / 210)]


@pytest.mark.parametrize("condensed", [False, True])
def test_durations_tell_how_long_each_value_held(history: HistoryStore, condensed: bool) -> None:
    fill(history, "closed", start=START + 5_000, series=OTHER)
    fill(history, "open", "closed", None, "open", every_ms=MINUTE_MS, start=START + MINUTE_MS, series=OTHER)
    if condensed:
        history.condense(START + HOUR_MS)
    assert history.durations(OTHER, START, START + 5 * MINUTE_MS) == [
        Duration(None, 5_000 + MINUTE_MS),
        Duration("closed", 55_000 + MINUTE_MS),
        Duration("open", 2 * MINUTE_MS),
    ]
    assert history.durations(OTHER, START + 70_000, START + 80_000) == [Duration("open", 10_000)]


@pytest.mark.parametrize("condensed", [False, True])
def test_a_sample_replaces_that_of_the_same_moment(history: HistoryStore, condensed: bool) -> None:
    fill(history, 1, 2, 3)
    fill(history, 1, 2)
    if condensed:
        history.condense(START + HOUR_MS)
    fill(history, 7, 2, 3)
    assert raw(history) == [7, 2, 3]
    assert read(history, Aggregate.COUNT, MINUTE_MS) == [Point(START, 3)]
    assert history.tally(SERIES, START, START + HOUR_MS) == Tally(3, 12)


def test_samples_that_come_in_any_order_are_read_by_their_time(history: HistoryStore) -> None:
    for minute in (7, 2, 9, 0):
        fill(history, minute, start=START + minute * MINUTE_MS)
    history.condense(START + HOUR_MS)
    for minute in (3, 8, 1):
        fill(history, minute, start=START + minute * MINUTE_MS)
    history.condense(START + 2 * HOUR_MS)
    assert raw(history) == [0, 1, 2, 3, 7, 8, 9]
    assert [point.value for point in read(history, Aggregate.LAST, MINUTE_MS)] == [0, 1, 2, 3, 7, 8, 9]


def test_samples_of_1970_and_2099_spoil_nothing(history: HistoryStore) -> None:
    in_2099 = 4_070_908_800_000
    fill(history, 1, start=0)
    fill(history, 2, start=in_2099)
    fill(history, *range(6))
    history.condense(START + HOUR_MS)
    fill(history, *range(6), start=START + HOUR_MS)
    history.condense(START + 2 * HOUR_MS)
    assert read(history, Aggregate.COUNT, HOUR_MS) == [Point(START, 6), Point(START + HOUR_MS, 6)]
    assert raw(history) == [*range(6), *range(6)]
    assert raw(history, start=in_2099) == [2]
    assert read(history, Aggregate.LAST, MINUTE_MS, start=in_2099) == [Point(in_2099, 2)]


def test_a_clock_that_jumps_ahead_for_a_moment_deletes_nothing(history: HistoryStore) -> None:
    fill(history, *range(6))
    history.condense(START + HOUR_MS)
    history.condense(START + 30_000 * DAY_MS)
    history.condense(START + HOUR_MS + MINUTE_MS)
    history.condense(START + 3 * HOUR_MS)
    assert raw(history) == [*range(6)]


def test_series_are_told_by_tenant(history: HistoryStore) -> None:
    fill(history, 1)
    fill(history, "open", series=OTHER)
    fill(history, 1, series=OTHER._replace(tenant="another"))
    assert sorted(history.series("default")) == sorted([SERIES, OTHER])
    assert history.series("another") == [OTHER._replace(tenant="another")]


def test_tally_counts_raw_samples_and_adds_up_their_numbers(history: HistoryStore) -> None:
    fill(history, 1.5, 2, "open", None)
    assert history.tally(SERIES, START, START + HOUR_MS) == Tally(4, 3.5)
    assert history.tally(SERIES, START + 10_000, START + 20_000) == Tally(1, 2)


@pytest.mark.parametrize("tier", Tier)
def test_sums_are_carried_from_one_series_to_another(history: HistoryStore, tier: Tier) -> None:
    fill(history, *range(12), every_ms=60 * MINUTE_MS)
    history.condense(START + DAY_MS)
    sums = history.read_sums(SERIES, tier, START + HOUR_MS, START + 3 * HOUR_MS)
    assert [each.ts_ms for each in sums] == [START + HOUR_MS, START + 2 * HOUR_MS]
    history.write_sums(OTHER, tier, sums)
    assert history.read_sums(OTHER, tier, START, START + DAY_MS) == sums
    history.write_sums(OTHER, tier, sums)
    assert history.read_sums(OTHER, tier, START, START + DAY_MS) == sums


def test_samples_survive_reopening(open_history: Open) -> None:
    first = open_history(Retention())
    fill(first, 1, 2)
    first.close()
    second = open_history(Retention())
    fill(second, 3, start=START + HOUR_MS)
    assert raw(second) == [1, 2, 3]
    assert read(second, Aggregate.COUNT, MINUTE_MS) == [Point(START, 2), Point(START + HOUR_MS, 1)]
