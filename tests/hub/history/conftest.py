"""Each engine of history, empty, for the suite that runs over all of them."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Final

import pytest

from hub.counters import Counters
from hub.history.influx.settings import InfluxSettings
from hub.history.influx.store import InfluxHistory
from hub.history.sqlite import SqliteHistory
from hub.history.store import HistoryStore
from hub.settings import Retention
from tests.influxdb import InfluxDB

Open = Callable[[Retention], HistoryStore]
"""Opens the store; a second time with what is in it. It is closed at the end of the test at the latest."""


def open_sqlite(request: pytest.FixtureRequest) -> Open:
    """Give a store in a file of this test's own."""
    folder: Path = request.getfixturevalue("tmp_path")
    return lambda retention: SqliteHistory(folder / "history.sqlite", retention)


@pytest.fixture(scope="module")
def influxdb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[InfluxDB]:
    """Give a server for the tests of one file."""
    with InfluxDB(tmp_path_factory.mktemp("influxdb")) as server:
        yield server


@pytest.fixture
def database(influxdb: InfluxDB) -> Iterator[str]:
    """Give an empty database."""
    name = influxdb.new_database()
    yield name
    influxdb.drop(name)


@pytest.fixture
def influx_settings(influxdb: InfluxDB, database: str, tmp_path: Path) -> InfluxSettings:
    """Give the way to a database of this test's own."""
    return influxdb.settings(database, tmp_path)


def open_influxdb(request: pytest.FixtureRequest) -> Open:
    """Give a store in a database of this test's own."""
    settings: InfluxSettings = request.getfixturevalue("influx_settings")
    return lambda retention: InfluxHistory(settings, retention, Counters())


ENGINES: Final[dict[str, Callable[[pytest.FixtureRequest], Open]]] = {
    "sqlite": open_sqlite,
    "influxdb": open_influxdb,
}


@pytest.fixture(params=ENGINES)
def open_history(request: pytest.FixtureRequest) -> Iterator[Open]:
    """Open one engine's store, as often as the test likes; each test runs once on every engine."""
    opener = ENGINES[request.param](request)
    with ExitStack() as stack:
        yield lambda retention: stack.enter_context(closing(opener(retention)))


@pytest.fixture
def history(open_history: Open) -> HistoryStore:
    """Give a store that keeps raw samples for a day."""
    return open_history(Retention(raw_days=1))
