"""What tests of notifications have: somebody who receives them over real HTTP, and a ledger for all.

A ledger on each database is made once: every start of a hub in these tests is a tenant of its own.
"""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from hub.ledger.engine import open_ledger
from hub.ledger.schema import metadata
from tests.hub.conftest import BACKENDS
from tests.hub.notify.receiver import Receiver, receiving
from tests.postgresql import PostgreSQL


@pytest.fixture(scope="session", params=BACKENDS)
def ledger(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Give an open ledger; the test runs once on each database."""
    folder: Path = tmp_path_factory.mktemp("ledger")
    url = f"sqlite:///{folder / 'ledger.sqlite'}"
    if request.param != "sqlite":
        server: PostgreSQL = request.getfixturevalue("postgresql")
        url = server.new_database()
    engine = open_ledger(url)
    metadata.create_all(engine)
    yield engine
    engine.dispose()


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    """Give a webhook's other end."""
    async with receiving() as opened:
        yield opened
