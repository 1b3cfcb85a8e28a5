"""What of the load is in the hub's own stores: read from the ledger and the history file themselves."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Final, NamedTuple, Protocol

from sqlalchemy import Engine, create_engine, func, select

from hemei.bench.packets import MARKER
from hemei.settings import hub_settings, ledger_url
from hemei.site import Site
from hub.history.sqlite.reading import look_at
from hub.ledger.schema import events

EVER: Final = (-(1 << 62), 1 << 62)


class Stored(NamedTuple):
    """Rows that hold the load's messages, and how many different messages those are."""

    rows: int
    different: int


class Store(Protocol):
    """Where messages of one kind end up."""

    def newest(self) -> int:
        """Return the newest row's number; quick."""
        ...

    def stored(self, boot: int, start_ms: float, end_ms: float) -> Stored:
        """Count the run's messages; slow."""
        ...


class Ledger:
    """Events, in SQLite or PostgreSQL."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def newest(self) -> int:
        """Return the last number of the order of commit."""
        with self._engine.connect() as connection:
            return connection.execute(select(func.max(events.c.seq))).scalar() or 0

    def stored(self, boot: int, start_ms: float, end_ms: float) -> Stored:
        """Count the run's events by its boot."""
        del start_ms, end_ms
        ours = events.c.boot == str(boot)
        counts = select(func.count(), func.count(func.distinct(events.c.source + " " + events.c.id)))
        with self._engine.connect() as connection:
            return Stored(*connection.execute(counts.where(ours)).one())


class History:
    """Raw samples of the embedded history, in blocks or not yet."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def newest(self) -> int:
        """Return the last row's number."""
        row = self._connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'fresh'").fetchone()
        return int(row[0]) if row else 0

    def stored(self, boot: int, start_ms: float, end_ms: float) -> Stored:
        """Count the run's samples by their marker, which no other run has."""
        del boot
        found = self._connection.execute("SELECT id FROM series WHERE property = ?", (MARKER,)).fetchall()
        markers = [
            value
            for (number,) in found
            for _, value in look_at(self._connection, number).samples(*EVER)
            if isinstance(value, float) and start_ms - 0.001 <= value <= end_ms + 0.001
        ]
        return Stored(len(markers), len(set(markers)))


@contextmanager
def open_store(site: Site, qos: int) -> Iterator[Store]:
    """Open, for reading, the store in which the load ends: the ledger at QoS 1, history at QoS 0."""
    if qos:
        engine = create_engine(ledger_url(site))
        try:
            yield Ledger(engine)
        finally:
            engine.dispose()
    else:
        file = hub_settings(site).history_file
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
            yield History(connection)
