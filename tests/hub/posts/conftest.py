"""A site with posts, on each database, or on SQLite alone where the database decides nothing.

All tests share one ledger of each, emptied before: to make one takes longer than most of them.
"""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from hub.alarms.schema import alarms
from hub.ledger.engine import open_ledger
from hub.ledger.schema import metadata
from hub.posts.schema import handovers, presence_checks, shift_shelves, shifts
from tests.hub.conftest import BACKENDS
from tests.hub.posts.gatehouse import Site, site
from tests.postgresql import PostgreSQL


def _ledger(url: str) -> Iterator[Engine]:
    engine = open_ledger(url)
    metadata.create_all(engine)
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def posts_at_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Give the ledger on SQLite."""
    yield from _ledger(f"sqlite:///{tmp_path_factory.mktemp('posts') / 'ledger.sqlite'}")


@pytest.fixture(scope="session")
def posts_at_postgresql(postgresql: PostgreSQL) -> Iterator[Engine]:
    """Give the ledger on PostgreSQL."""
    yield from _ledger(postgresql.new_database())


@pytest.fixture
def at_sqlite(posts_at_sqlite: Engine) -> Iterator[Site]:
    """Give a site on SQLite."""
    yield from _site(posts_at_sqlite)


@pytest.fixture(params=BACKENDS)
def any_site(request: pytest.FixtureRequest) -> Iterator[Site]:
    """Give a site; the test runs once on each database."""
    yield from _site(request.getfixturevalue(f"posts_at_{request.param}"))


def _site(engine: Engine) -> Iterator[Site]:
    with engine.begin() as connection:
        for table in (alarms, shifts, handovers, presence_checks, shift_shelves):
            connection.execute(table.delete())
    with site(engine) as made:
        yield made
