"""An office on each database, on a clock that the test moves.

All tests share two ledgers, as to migrate one for each would take longer than the tests; each test is a
tenant of its own.
"""

import secrets
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import Engine

from hub.ledger.engine import open_ledger
from tests.hub.conftest import BACKENDS
from tests.hub.orders.made import Office, Premises, office_on


@pytest.fixture(scope="session", params=BACKENDS)
def shared_ledger(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engine]:
    """Give a ledger that all tests share, on each database."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('orders') / 'ledger.sqlite'}"
    else:
        url = request.getfixturevalue("postgresql").new_database()
    engine = open_ledger(url)
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def one_ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Give a ledger for tests of what no database decides."""
    engine = open_ledger(f"sqlite:///{tmp_path_factory.mktemp('orders') / 'ledger.sqlite'}")
    yield engine
    engine.dispose()


@pytest.fixture
def premises(shared_ledger: Engine, tmp_path: Path) -> Premises:
    """Give a place for an office of its own."""
    return Premises(shared_ledger, tmp_path / "media", f"tenant-{secrets.token_hex(6)}")


@pytest_asyncio.fixture
async def office(premises: Premises) -> AsyncIterator[Office]:
    """Give an office; the test runs once on each database."""
    async with office_on(premises) as open_office:
        yield open_office
