"""The engines of history that `hemei bench history` measures, each with an empty store of its own."""

import secrets
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from pathlib import Path
from typing import Final, NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from contract.errors import ConfigurationError
from hemei.bench.influxd import Listening, ScratchInfluxDB, on_disk, programs
from hemei.demo.ports import Ports
from hub.counters import Counters
from hub.history.influx.settings import InfluxSettings
from hub.history.opened import open_history
from hub.history.sqlite import SqliteHistory
from hub.history.store import HistoryStore
from hub.settings import Retention

TENANT: Final = "default"
DATABASE: Final = "hemei"


class HistoryQuestion(Struct, frozen=True, kw_only=True):
    """What is asked: over how many samples, one every so many seconds in each series, of so many days.

    `folder`: where files are put. `influxd`: start a server for it. `influx`: a server that runs, with an
    empty database, None: there is none; `influx_folder`: where that has its files, on this machine.
    """

    points: int
    every_s: float
    days: int = 30
    folder: Path | None = None
    influxd: bool = False
    influx: InfluxSettings | None = None
    influx_folder: Path | None = None

    @property
    def retention(self) -> Retention:
        """Keep every sample raw."""
        return Retention(raw_days=self.days + 1)


class Under(NamedTuple):
    """An engine under test: its empty store, its size in bytes, whether all before a moment is condensed."""

    store: HistoryStore
    size: Callable[[], int | None]
    condensed: Callable[[int], bool]


@contextmanager
def sqlite(question: HistoryQuestion) -> Iterator[Under]:
    """Give the embedded engine, with a file of its own."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=question.folder)))
        store = SqliteHistory(folder / "history.sqlite", question.retention)
        stack.enter_context(closing(store))
        yield Under(store, store.size, lambda now_ms: not store.behind(now_ms))


@contextmanager
def influxdb(question: HistoryQuestion) -> Iterator[Under | None]:
    """Give the server's engine; ConfigurationError if its database holds something: it may be a site's."""
    if question.influx is None and not question.influxd:
        yield None
        return
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=question.folder)))
        settings, size = question.influx, lambda: _size_of(question.influx_folder)
        if settings is None:
            server = stack.enter_context(_scratch(folder))
            settings, size = server.settings(DATABASE, folder), server.held
        settings = replace(settings, buffer_dir=folder)
        store, _ = open_history(folder / "unused", settings, question.retention, Counters())
        stack.enter_context(closing(store))
        if store.series(TENANT):
            raise ConfigurationError(
                f"database {settings.database!r} holds history; give the benchmark an empty one of its own"
            )
        yield Under(store, size, lambda _: True)


@contextmanager
def _scratch(folder: Path) -> Iterator[ScratchInfluxDB]:
    """Start a server with an empty database, as it would be made for a hub."""
    at = programs()
    with Ports() as ports:
        listening = Listening(ports.take(), ports.take(), ports.take())
        with ScratchInfluxDB(folder, at, listening, f"bench:{secrets.token_hex()}") as server:
            server.create(DATABASE)
            yield server


def _size_of(folder: Path | None) -> int | None:
    return None if folder is None else on_disk(folder)


ENGINES: Final[dict[str, Callable[[HistoryQuestion], AbstractContextManager[Under | None]]]] = {
    "sqlite": sqlite,
    "influxdb": influxdb,
}
"""Each gives its engine, or None where that is not to be had."""
