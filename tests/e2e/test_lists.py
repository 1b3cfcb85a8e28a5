"""The lists of a large community reach a driver host's own file, whoever is killed on the way."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from msgspec.json import decode
from sqlalchemy import Connection

from contract.lists import Entry, ListName, Person, Vehicle
from hub.ledger.engine import open_ledger
from hub.lists.book import ListBook
from tests.drivers import reader
from tests.e2e.community import SmallCommunity
from tests.waiting import eventually

PEOPLE, VEHICLES = 20_000, 15_000
READER = """
[[device]]
kind = "sensor"
id = "reader"
family = "reader"
driver_host = "gates"
title = {zh-CN = "读者", en = "Reader"}
"""
ROOT = Path(__file__).parents[2]
WITHIN_S = 120.0


class Site(SmallCommunity):
    """A community whose one device reads the lists of people and vehicles."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, READER)
        del self._commands["simulators"]

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Write in the ledger of the running hub, behind its back."""
        engine = open_ledger(f"sqlite:///{self.folder / 'data' / 'hub' / 'ledger.sqlite'}")
        try:
            with engine.begin() as connection:
                yield connection
        finally:
            engine.dispose()

    def held(self, query: str, *values: object) -> list[tuple[object, ...]]:
        """Look into the file of the driver host; empty while there is none."""
        file = self.folder / "data" / "drivers" / "gates" / "lists.sqlite"
        if not file.exists():
            return []
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=10)) as connection:
            try:
                return connection.execute(query, values).fetchall()
            except sqlite3.OperationalError:
                return []

    def revisions(self) -> dict[object, object]:
        """How far the host has each list."""
        return dict(self.held("SELECT list, revision FROM lists"))  # type: ignore[arg-type]  # two columns


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    packages = tmp_path / "site-packages"
    reader.install(packages)
    monkeypatch.setenv("PYTHONPATH", f"{ROOT}:{packages}")
    return Site(tmp_path)


def everybody() -> list[Entry]:
    people = [Person(key=f"p-{n}", levels=("residents",), cards=(f"{8_000_000 + n}",)) for n in range(PEOPLE)]
    vehicles = [
        Vehicle(key=f"v-{n}", plate=f"琼A{n:05}", person=f"p-{n}", levels=("residents",))
        for n in range(VEHICLES)
    ]
    return [*people, *vehicles]


async def test_a_large_communitys_lists_arrive_whoever_is_killed(site: Site) -> None:
    book, count = ListBook("default"), "SELECT count(*) FROM entries WHERE list = ?"
    async with site:
        await eventually(site.revisions, WITHIN_S)  # empty ones
        with site.writing() as connection:
            book.put(connection, everybody())
        await site.kill_and_restart("hub", "drivers")
        await eventually(lambda: site.revisions() == {"people": PEOPLE, "vehicles": VEHICLES}, WITHIN_S)
        assert site.held(count, "people") == [(PEOPLE,)]
        assert site.held(count, "vehicles") == [(VEHICLES,)]

        with site.writing() as connection:
            book.put(connection, [Vehicle(key="v-7", plate="琼A00007", blocked=True)])
            book.drop(connection, ListName.PEOPLE, ["p-7"])
        after = {"people": PEOPLE + 1, "vehicles": VEHICLES + 1}
        await eventually(lambda: site.revisions() == after, WITHIN_S)
        assert site.held(count, "people") == [(PEOPLE - 1,)]
        [(entry,)] = site.held("SELECT entry FROM entries WHERE key = 'v-7'")
        assert decode(entry, type=Vehicle).blocked  # type: ignore[call-overload]  # a BLOB
