"""Opens the engine of history that the site chose. InfluxDB's client is loaded only where it is used."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fcntl import LOCK_EX, LOCK_NB, flock
from pathlib import Path
from typing import Final, NamedTuple

from contract.errors import ConfigurationError
from hub.counters import Counters
from hub.history.influx.settings import InfluxSettings
from hub.history.influx.view import ServerView
from hub.history.sqlite import SqliteHistory
from hub.history.store import HistoryStore
from hub.settings import Retention

MISSING: Final = (
    "[history] engine = 'influxdb': influxdb-client is not installed; pip install 'hemei-hub[influxdb]'"
)


class Opened(NamedTuple):
    """A store, and how its server does; None: it needs none."""

    store: HistoryStore
    server: Callable[[], ServerView] | None = None


def open_history(
    file: Path, influx: InfluxSettings | None, retention: Retention, counters: Counters
) -> Opened:
    """Open history, in `file` or in InfluxDB; ConfigurationError if what it needs is not installed."""
    if influx is None:
        return Opened(SqliteHistory(file, retention))
    try:
        from hub.history.influx.store import InfluxHistory  # noqa: PLC0415 - takes a second and 45 MiB
    except ModuleNotFoundError as missing:
        raise ConfigurationError(MISSING) from missing
    store = InfluxHistory(influx, retention, counters)
    return Opened(store, lambda: store.server)


@contextmanager
def sole_user(data_dir: Path) -> Iterator[None]:
    """Be the only process that uses a hub's history; ConfigurationError if there is another."""
    data_dir.mkdir(parents=True, exist_ok=True)
    with (data_dir / "history.lock").open("w") as file:
        try:
            flock(file, LOCK_EX | LOCK_NB)
        except BlockingIOError as taken:
            raise ConfigurationError(
                f"{data_dir}: a hub, or a copy of its history, is running on this folder; stop that first"
            ) from taken
        yield
