"""What the embedded history has of its own: blocks, slices, files of the first form, a full disk."""

import contextlib
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.history.sqlite import SqliteHistory, condensing, engine
from hub.history.sqlite.blocks import pack_samples, unpack_samples
from hub.history.sqlite.held import held
from hub.history.store import Aggregate, Duration, Point, Query, Sample, Tally, Tier
from hub.history.summing import HOUR_MS, MINUTE_MS
from hub.settings import Retention
from tests.hub.history.test_store import DAY_MS, OTHER, SERIES, START, fill, let_go, raw, read

FIRST_FORM = """
CREATE TABLE series (
    id INTEGER PRIMARY KEY, tenant TEXT NOT NULL, site TEXT NOT NULL, kind TEXT NOT NULL,
    device TEXT NOT NULL, property TEXT NOT NULL, UNIQUE (tenant, site, kind, device, property));
CREATE TABLE raw (series INTEGER NOT NULL, ts INTEGER NOT NULL, value REAL, text TEXT);
CREATE INDEX raw_series_ts ON raw (series, ts);
CREATE TABLE minute (
    series INTEGER NOT NULL, ts INTEGER NOT NULL, n INTEGER NOT NULL,
    low REAL, high REAL, total REAL, last REAL, PRIMARY KEY (series, ts)) WITHOUT ROWID;
CREATE TABLE hour (
    series INTEGER NOT NULL, ts INTEGER NOT NULL, n INTEGER NOT NULL,
    low REAL, high REAL, total REAL, last REAL, PRIMARY KEY (series, ts)) WITHOUT ROWID;
CREATE TABLE condensed (step TEXT PRIMARY KEY, upto INTEGER NOT NULL);
"""


@pytest.fixture
def history(tmp_path: Path) -> Iterator[SqliteHistory]:
    with closing(SqliteHistory(tmp_path / "history.sqlite", Retention(raw_days=1, minute_days=3))) as store:
        yield store


@given(
    st.lists(st.floats(allow_nan=False))
    | st.lists(st.integers(-(10**6), 10**6).map(lambda whole: whole / 100))
    | st.lists(st.none() | st.text() | st.floats(allow_nan=False, allow_infinity=False))
)
def test_what_goes_into_a_block_comes_out(values: list[float | str | None]) -> None:
    samples = [(START + number * 777, value) for number, value in enumerate(values)]
    if samples:
        assert unpack_samples(START, pack_samples(START, samples)) == samples


def test_a_block_takes_a_few_bytes_a_sample() -> None:
    samples = [(START + number * 1000, 20 + number % 7 / 10) for number in range(3600)]
    assert len(pack_samples(START, samples)) < 2 * len(samples)


def test_many_samples_become_blocks_before_their_hour_is_over(
    history: SqliteHistory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "SEAL_AT", 10)
    for number in range(25):
        fill(history, number, start=START + number * MINUTE_MS)
    assert history._fresh.count < 10
    assert raw(history) == [*range(25)]
    assert [each.value for each in read(history, Aggregate.MAX, HOUR_MS)] == [24]


def test_what_a_slice_leaves_is_read_all_the_same(
    history: SqliteHistory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(condensing, "HOURS_AT_ONCE", 2)
    fill(history, *range(8), every_ms=HOUR_MS)
    slices = 1
    while history.condense(START + 9 * HOUR_MS):
        slices += 1
        assert [point.value for point in read(history, Aggregate.LAST, HOUR_MS)] == [*range(8)]
    assert slices > 3
    assert [point.value for point in read(history, Aggregate.LAST, HOUR_MS)] == [*range(8)]
    assert history._writer.execute("SELECT count(*) FROM due").fetchone() == (0,)


def test_a_sample_later_than_raw_ones_are_kept_is_added_to_the_sums(history: SqliteHistory) -> None:
    fill(history, *range(6))
    history.condense(START + 2 * HOUR_MS)
    let_go(history, START + 2 * DAY_MS - HOUR_MS)
    fill(history, 60, start=START + 55_000)
    for hours in (48, 49, 50):
        assert read(history, Aggregate.COUNT, MINUTE_MS) == [Point(START, 7)]
        assert read(history, Aggregate.MEAN, HOUR_MS) == [Point(START, 75 / 7)]
        history.condense(START + hours * HOUR_MS)
    assert raw(history) == []


def test_where_minutes_are_gone_hours_are_left(history: SqliteHistory) -> None:
    fill(history, *range(6))
    history.condense(START + 2 * HOUR_MS)
    let_go(history, START + 5 * DAY_MS)
    assert read(history, Aggregate.COUNT, MINUTE_MS) == []
    assert read(history, Aggregate.COUNT, HOUR_MS) == [Point(START, 6)]
    assert history.durations(SERIES, START + HOUR_MS, START + 2 * HOUR_MS) == [Duration(5, HOUR_MS)]


def test_durations_outlive_raw_samples(history: SqliteHistory) -> None:
    fill(history, "closed", "open", "closed", every_ms=10 * MINUTE_MS, series=OTHER)
    history.condense(START + 2 * HOUR_MS)
    let_go(history, START + 2 * DAY_MS - HOUR_MS)
    assert history.durations(OTHER, START, START + HOUR_MS) == [
        Duration("closed", 50 * MINUTE_MS),
        Duration("open", 10 * MINUTE_MS),
    ]


@pytest.mark.parametrize("value", [10**400, float("nan"), float("inf")])
def test_what_no_number_can_be_is_not_known(history: SqliteHistory, value: float) -> None:
    fill(history, 1, value, 1e308, 1e308)
    history.condense(START + HOUR_MS)
    assert raw(history) == [1, None, 1e308, 1e308]
    assert read(history, Aggregate.MAX, MINUTE_MS) == [Point(START, 1e308)]


def test_a_full_disk_takes_all_or_nothing_and_nothing_is_lost(history: SqliteHistory) -> None:
    fill(history, *range(500))
    (pages,) = history._writer.execute("PRAGMA page_count").fetchone()
    history._writer.execute(f"PRAGMA max_page_count = {pages + 2}")
    written = 500
    with contextlib.suppress(OSError):
        for _ in range(100):
            fill(history, *range(500), start=START + written * 10_000)
            written += 500
    with pytest.raises(OSError, match="full"):
        fill(history, *range(500), start=START + written * 10_000)
    with contextlib.suppress(OSError):
        history.condense(START + 1000 * HOUR_MS)
    assert raw(history, hours=1000) == [*range(500)] * (written // 500)
    history._writer.execute("PRAGMA max_page_count = 1000000")
    fill(history, *range(500), start=START + written * 10_000)
    history.condense(START + 20 * HOUR_MS)
    assert raw(history, hours=1000) == [*range(500)] * (written // 500 + 1)


def test_a_file_of_the_first_form_is_rewritten_without_loss(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "history.sqlite")) as old, old:
        old.executescript(FIRST_FORM)
        old.execute("INSERT INTO series VALUES (7, 'default', 'hemei', 'sensor', 'hall', 'temperature')")
        old.execute("INSERT INTO series VALUES (9, 'default', 'hemei', 'gate', 'east-in', 'state')")
        for hour in range(3):
            start = START + hour * HOUR_MS
            old.execute("INSERT INTO minute VALUES (7, ?, 6, 0, 5, 15, 5)", (start,))
            old.execute("INSERT INTO hour VALUES (7, ?, 6, 0, 5, 15, 5)", (start,))
        rows = [(START + 2 * HOUR_MS + n * 10_000, n) for n in (0, 1, 3, 2, 5, 4, 5)]
        old.executemany("INSERT INTO raw VALUES (7, ?, ?, NULL)", rows)
        old.execute("INSERT INTO raw VALUES (9, ?, NULL, 'open')", (START + HOUR_MS + 1,))
    for _ in range(2):
        with closing(SqliteHistory(tmp_path / "history.sqlite", Retention())) as new:
            assert raw(new) == [0, 1, 2, 3, 4, 5]
            for aggregate, value in (("mean", 2.5), ("count", 6), ("time-weighted", 2.5)):
                points = [
                    point.value for point in read(new, Aggregate(aggregate), MINUTE_MS) if point.value != 5
                ]
                assert points == pytest.approx([value] * 3, rel=1e-4)
            assert [each.total for each in new.read_sums(SERIES, Tier.HOUR, START, START + DAY_MS)] == [
                15
            ] * 3
            assert new.durations(OTHER, START + 2 * HOUR_MS, START + 3 * HOUR_MS) == [
                Duration("open", HOUR_MS)
            ]
            new.condense(START + 4 * HOUR_MS)


KILLED_MIDWAY = """
import os, signal, sys
from pathlib import Path
from hub.history.sqlite import SqliteHistory, migrating
from hub.settings import Retention
put, begun = migrating.put_samples, set()
def put_until_killed(connection, number, *rest):
    put(connection, number, *rest)
    begun.add(number)
    if len(begun) == 3:
        os.kill(os.getpid(), signal.SIGKILL)
migrating.put_samples = put_until_killed
SqliteHistory(Path(sys.argv[1]), Retention())
"""
"""Dies while the third series is rewritten, before that is committed."""


def test_a_rewriting_that_is_killed_goes_on_where_it_was(tmp_path: Path) -> None:
    file = tmp_path / "history.sqlite"
    names = [f"value-{number}" for number in range(5)]
    with closing(sqlite3.connect(file)) as old, old:
        old.executescript(FIRST_FORM)
        for number, name in enumerate(names):
            old.execute(
                "INSERT INTO series VALUES (?, 'default', 'hemei', 'sensor', 'hall', ?)", (number, name)
            )
            old.execute("INSERT INTO minute VALUES (?, ?, 6, 0, 5, 15, 5)", (number, START))
            old.execute("INSERT INTO hour VALUES (?, ?, 6, 0, 5, 15, 5)", (number, START))
            rows = [(number, START + HOUR_MS + n * 10_000, n + number) for n in range(720)]
            old.executemany("INSERT INTO raw VALUES (?, ?, ?, NULL)", rows)
    done = subprocess.run([sys.executable, "-c", KILLED_MIDWAY, str(file)], check=False)
    assert done.returncode == -signal.SIGKILL
    with closing(sqlite3.connect(file)) as midway:
        left = midway.execute("SELECT DISTINCT series FROM raw ORDER BY series").fetchall()
        assert left == [(2,), (3,), (4,)]
    with closing(SqliteHistory(file, Retention())) as new:
        for number, name in enumerate(names):
            series = SERIES._replace(property=name)
            found = new.tally(series, START, START + DAY_MS)
            assert found == Tally(720, sum(range(720)) + 720 * number)
            hours = new.read_sums(series, Tier.HOUR, START, START + DAY_MS)
            assert [each.numbers for each in hours] == [6, 360, 360]


def test_the_file_tells_how_much_it_holds(history: SqliteHistory) -> None:
    fill(history, *range(30), every_ms=HOUR_MS)
    history.condense(START + 30 * HOUR_MS)
    fill(history, 1, start=START + 30 * HOUR_MS)
    kept = held(history._file, START + 30 * HOUR_MS + MINUTE_MS)
    assert kept is not None
    assert (kept.samples, kept.samples_a_day) == (31, 24)
    assert kept.bytes_a_sample == kept.size_bytes / 31
    assert held(history._file.with_name("none.sqlite"), START) is None


def test_a_hub_killed_while_samples_become_blocks_reads_each_once(
    history: SqliteHistory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "SEAL_AT", 20)
    monkeypatch.setattr(engine, "SEALED_AT_ONCE", 1)
    keys = [SERIES._replace(property=f"value-{number}") for number in range(8)]
    for minute in range(3):  # at the third some, but not all, are in blocks
        history.write([Sample(key, START + minute * MINUTE_MS, float(minute)) for key in keys[: 8 - minute]])
    assert history._sealing is not None
    assert history._writer.execute("SELECT count(*) FROM block").fetchone()[0] > 0
    with closing(SqliteHistory(history._file, Retention())) as after:
        for _ in range(3):
            after.condense(START + 3 * HOUR_MS)
        for number, key in enumerate(keys):
            count = 3 - max(0, number - 5)
            assert after.tally(key, START, START + HOUR_MS).count == count
            query = Query(
                series=key,
                start_ms=START,
                end_ms=START + HOUR_MS,
                aggregate=Aggregate.COUNT,
                step_ms=HOUR_MS,
            )
            assert [point.value for point in after.read(query)] == [count]


def test_who_reads_while_samples_become_blocks_misses_none(
    history: SqliteHistory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "SEAL_AT", 40)

    def write() -> None:
        for minute in range(300):
            fill(history, *range(6), start=START + minute * MINUTE_MS)
            history.condense(START + minute * MINUTE_MS)

    writing = threading.Thread(target=write)
    writing.start()
    counts = [0]
    while writing.is_alive() or counts[-1] < 1800:
        counts.append(len(raw(history)))
        summed = sum(int(point.value or 0) for point in read(history, Aggregate.COUNT, MINUTE_MS))
        assert counts[-2] <= counts[-1] <= summed
    writing.join()
    assert counts[-1] == 1800


def test_it_may_be_closed_while_others_use_it(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.hub.history.closing", str(tmp_path)]
    subprocess.run(command, check=True, cwd=Path(__file__).parents[3])
