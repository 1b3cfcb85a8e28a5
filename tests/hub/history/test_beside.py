"""What another process reads of each engine's history, while the hub goes on writing it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from msgspec.structs import replace

from hub.history.beside import WINDOW_MS, Beside, open_beside
from hub.history.influx.answers import HistoryUnavailable
from hub.history.influx.settings import InfluxSettings
from hub.history.store import HistoryStore, Sample
from hub.history.summing import HOUR_MS, MINUTE_MS, Timed
from tests.broker import HOST, free_port
from tests.hub.history.test_store import DAY_MS, OTHER, SERIES, START, fill, let_go

END = START + DAY_MS

Look = Callable[[], Beside]
"""Opens what is kept, as a process does that begins now."""


@pytest.fixture
def look(request: pytest.FixtureRequest, history: HistoryStore, tmp_path: Path) -> Iterator[Look]:
    engine = request.node.callspec.params["open_history"]
    influx = request.getfixturevalue("influx_settings") if engine == "influxdb" else None
    with ExitStack() as stack:
        yield lambda: stack.enter_context(closing(open_beside(tmp_path / "history.sqlite", influx)))


def samples(beside: Beside, start_ms: int = START, end_ms: int = END) -> list[Timed]:
    return list(beside.samples(SERIES, start_ms, end_ms))


def minutes(beside: Beside, start_ms: int = START, end_ms: int = END) -> list[Timed]:
    return list(beside.minutes(SERIES, start_ms, end_ms))


def test_samples_are_read_across_windows_from_the_first_ms_to_the_last(
    history: HistoryStore, look: Look
) -> None:
    border = START + WINDOW_MS
    kept: list[Timed] = [(border - 2, 1.5), (border - 1, None), (border, "open"), (border + 1, 3)]
    history.write([Sample(SERIES, *each) for each in kept])
    fill(history, "closed", series=OTHER)
    fill(history, 1, series=SERIES._replace(tenant="elsewhere"))
    beside = look()
    assert sorted(beside.series("default")) == sorted([SERIES, OTHER])
    assert samples(beside) == kept
    assert samples(beside, border - 1, border + 1) == kept[1:3]
    assert samples(beside, border, border) == []
    history.write([Sample(SERIES, border + 2, 4)])
    assert samples(beside)[-1] == (border + 2, 4), "the hub goes on meanwhile"


def test_the_last_sample_of_each_minute_is_read_also_where_the_others_are_gone(
    history: HistoryStore, look: Look
) -> None:
    border = START + WINDOW_MS
    fill(history, *range(12))
    fill(history, "closed", None, start=border - 10_000, every_ms=15_000)
    last = [
        (START + 50_000, 5),
        (START + MINUTE_MS + 50_000, 11),
        (border - 10_000, "closed"),
        (border + 5_000, None),
    ]
    assert minutes(look()) == last, "nothing is summed up yet"
    history.condense(START + 2 * HOUR_MS)
    fill(history, 9, start=START + 55_000)
    last[0] = (START + 55_000, 9)
    assert minutes(look()) == last, "one came late, the rest is not summed up yet"
    assert minutes(look(), START + MINUTE_MS, border) == last[1:3]
    assert look().raw_from_ms() <= START
    let_go(history, START + 3 * DAY_MS)
    assert look().raw_from_ms() > border + 5_000
    assert samples(look()) == []
    assert minutes(look()) == last


def test_there_may_be_no_history_yet(tmp_path: Path) -> None:
    with closing(open_beside(tmp_path / "history.sqlite", None)) as beside:
        assert beside.series("default") == []
        assert samples(beside) == minutes(beside) == []
        assert beside.raw_from_ms() == 0
    assert not (tmp_path / "history.sqlite").exists(), "who reads makes no file"


def test_a_server_that_is_away_is_no_empty_history(influx_settings: InfluxSettings) -> None:
    away = replace(influx_settings, url=f"http://{HOST}:{free_port()}")
    with closing(open_beside(Path("unused"), away)) as beside:
        for ask in (lambda: beside.series("default"), lambda: samples(beside), lambda: minutes(beside)):
            with pytest.raises(HistoryUnavailable):
                ask()
