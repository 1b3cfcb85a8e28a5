"""The embedded history: raw samples, sums by the minute and the hour, retention."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from contract.topics import Address
from hub.history.sqlite import DAY_MS, HOUR_MS, MINUTE_MS, SqliteHistory
from hub.history.store import Aggregate, Point, Query, Sample, SeriesKey, Value
from hub.settings import Retention

START = 1_795_000_000_000 // HOUR_MS * HOUR_MS
SERIES = SeriesKey("default", Address("hemei", "sensor", "hall"), "temperature")


@pytest.fixture
def history(tmp_path: Path) -> Iterator[SqliteHistory]:
    store = SqliteHistory(tmp_path / "history.sqlite", Retention(raw_days=1))
    yield store
    store.close()


def fill(history: SqliteHistory, *values: Value, every_ms: int = 10_000, start: int = START) -> None:
    history.write([Sample(SERIES, start + n * every_ms, value) for n, value in enumerate(values)])


def read(history: SqliteHistory, aggregate: Aggregate, step_ms: int | None, hours: int = 24) -> list[Point]:
    return history.read(
        Query(
            series=SERIES,
            start_ms=START,
            end_ms=START + hours * HOUR_MS,
            aggregate=aggregate,
            step_ms=step_ms,
        )
    )


def test_raw_samples_come_back_in_order_with_their_kind(history: SqliteHistory) -> None:
    fill(history, 1.5, 2, True, "open", None)
    assert [point.value for point in read(history, Aggregate.RAW, None)] == [1.5, 2, 1, "open", None]


@pytest.mark.parametrize(
    ("aggregate", "expected"),
    [("mean", 2.5), ("min", 0), ("max", 5), ("last", 5), ("count", 6)],
)
@pytest.mark.parametrize("condensed", [False, True])
def test_minute_sums_are_the_same_before_and_after_condensing(
    history: SqliteHistory, aggregate: str, expected: float, condensed: bool
) -> None:
    fill(history, *range(12))
    if condensed:
        history.condense(START + HOUR_MS)
    points = read(history, Aggregate(aggregate), MINUTE_MS)
    assert points[0] == Point(START, expected)
    assert len(points) == 2


def test_hours_come_from_minutes_and_outlive_raw_samples(history: SqliteHistory) -> None:
    fill(history, *range(720))
    history.condense(START + 2 * HOUR_MS)
    history.condense(START + 3 * DAY_MS)
    assert read(history, Aggregate.RAW, None) == []
    assert read(history, Aggregate.MEAN, HOUR_MS) == [Point(START, 179.5), Point(START + HOUR_MS, 539.5)]
    assert read(history, Aggregate.COUNT, HOUR_MS)[0].value == 360


def test_late_sample_is_summed_up_at_the_next_pass(history: SqliteHistory) -> None:
    fill(history, 1, 1, 1, 1, 1, 1)
    history.condense(START + 2 * MINUTE_MS)
    fill(history, 9, start=START + 5_000)
    history.condense(START + 3 * MINUTE_MS)
    assert read(history, Aggregate.MAX, MINUTE_MS) == [Point(START, 9)]


def test_part_that_is_not_condensed_yet_is_read_from_raw(history: SqliteHistory) -> None:
    fill(history, *range(12))
    history.condense(START + MINUTE_MS + 5_000)
    assert [point.value for point in read(history, Aggregate.COUNT, MINUTE_MS)] == [6, 6]


@pytest.mark.parametrize("condensed", [False, True])
def test_steps_are_whole_wherever_the_stretch_ends(history: SqliteHistory, condensed: bool) -> None:
    fill(history, *range(18))
    if condensed:
        history.condense(START + HOUR_MS)
    query = Query(
        series=SERIES,
        start_ms=START + 30_000,
        end_ms=START + MINUTE_MS + 30_000,
        aggregate=Aggregate.COUNT,
        step_ms=MINUTE_MS,
    )
    assert history.read(query) == [Point(START, 6), Point(START + MINUTE_MS, 6)]


def test_words_are_read_in_steps_too(history: SqliteHistory) -> None:
    fill(history, "closed", "opening", "open")
    history.condense(START + HOUR_MS)
    assert read(history, Aggregate.LAST, MINUTE_MS) == [Point(START, "open")]


def test_unknown_series_is_empty(history: SqliteHistory) -> None:
    assert read(history, Aggregate.RAW, None) == []


def test_samples_survive_reopening(tmp_path: Path) -> None:
    first = SqliteHistory(tmp_path / "history.sqlite", Retention())
    fill(first, 1, 2)
    first.close()
    second = SqliteHistory(tmp_path / "history.sqlite", Retention())
    fill(second, 3, start=START + HOUR_MS)
    assert len(read(second, Aggregate.RAW, None)) == 3
    second.close()
