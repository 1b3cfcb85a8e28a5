"""A yard on each database, on a clock that the test moves.

All tests share two ledgers, as to migrate one for each would take longer than the tests; each test is a
tenant of its own.
"""

import secrets
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from sqlalchemy import Engine

from hub.ledger.engine import open_ledger
from tests.hub.charging.made import Place, Yard, yard_on
from tests.hub.conftest import BACKENDS


@pytest.fixture(scope="session", params=BACKENDS)
def shared_ledger(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engine]:
    """Give a ledger that all tests share, on each database."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('charging') / 'ledger.sqlite'}"
    else:
        url = request.getfixturevalue("postgresql").new_database()
    engine = open_ledger(url)
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def one_ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Give a ledger for tests of what no database decides."""
    engine = open_ledger(f"sqlite:///{tmp_path_factory.mktemp('charging') / 'ledger.sqlite'}")
    yield engine
    engine.dispose()


@pytest.fixture
def place(shared_ledger: Engine) -> Place:
    """Give a place for a yard of its own; the test runs once on each database."""
    return Place(shared_ledger, f"tenant-{secrets.token_hex(6)}")


@pytest.fixture
def quick_place(one_ledger: Engine) -> Place:
    """Give a place on one database."""
    return Place(one_ledger, f"tenant-{secrets.token_hex(6)}")


@pytest_asyncio.fixture
async def yard(place: Place) -> AsyncIterator[Yard]:
    """Give a yard; the test runs once on each database."""
    async with yard_on(place) as opened:
        yield opened


@pytest_asyncio.fixture
async def quick(quick_place: Place) -> AsyncIterator[Yard]:
    """Give a yard on one database."""
    async with yard_on(quick_place) as opened:
        yield opened
