"""What every test of the hub may use: a ledger, on each database that the hub runs on.

To migrate a ledger takes longer than most tests: those that are a tenant of their own share two of them.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from hub.ledger.engine import open_ledger
from tests.ledgers import new_ledger
from tests.postgresql import PostgreSQL

BACKENDS = ("sqlite", "postgresql")


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQL]:
    """Give the test run's own PostgreSQL."""
    with PostgreSQL() as server:
        yield server


@pytest.fixture(scope="session")
def template(postgresql: PostgreSQL) -> str:
    """Give a migrated database of PostgreSQL, to be copied."""
    url = postgresql.new_database()
    open_ledger(url).dispose()
    return url


@pytest.fixture(params=BACKENDS)
def ledger_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Give the URL of a new ledger; the test runs once on each database."""
    if request.param == "sqlite":
        yield new_ledger(tmp_path / "ledger.sqlite")
        return
    server: PostgreSQL = request.getfixturevalue("postgresql")
    url = server.new_database(request.getfixturevalue("template"))
    yield url
    server.drop(url)


@pytest.fixture
def ledger(ledger_url: str) -> Iterator[Engine]:
    """Give an open ledger; the test runs once on each database."""
    engine = open_ledger(ledger_url)
    yield engine
    engine.dispose()


@pytest.fixture(scope="session", params=BACKENDS)
def shared_ledger(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engine]:
    """Give a ledger that tests share, on each database: each must be a tenant of its own."""
    if request.param == "sqlite":
        url = new_ledger(tmp_path_factory.mktemp("shared") / "ledger.sqlite")
    else:
        url = request.getfixturevalue("postgresql").new_database(request.getfixturevalue("template"))
    engine = open_ledger(url)
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def one_ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Give a shared ledger for tests of what no database decides."""
    engine = open_ledger(new_ledger(tmp_path_factory.mktemp("one") / "ledger.sqlite"))
    yield engine
    engine.dispose()
