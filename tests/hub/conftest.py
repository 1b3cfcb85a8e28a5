"""What every test of the hub may use: a ledger, on each database that the hub runs on."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from hub.ledger.engine import open_ledger
from tests.postgresql import PostgreSQL

BACKENDS = ("sqlite", "postgresql")


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQL]:
    """Give the test run's own PostgreSQL."""
    with PostgreSQL() as server:
        yield server


@pytest.fixture(params=BACKENDS)
def ledger_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Give the URL of an empty ledger; the test runs once on each database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'ledger.sqlite'}"
        return
    server: PostgreSQL = request.getfixturevalue("postgresql")
    url = server.new_database()
    yield url
    server.drop(url)


@pytest.fixture
def ledger(ledger_url: str) -> Iterator[Engine]:
    """Give an open, migrated ledger; the test runs once on each database."""
    engine = open_ledger(ledger_url)
    yield engine
    engine.dispose()
