"""Scenes on SQLite; what the database decides is tested on each, with `ledger`."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import Engine

from hub.ledger.engine import open_ledger
from tests.hub.evidence.scene import Scene, scene
from tests.ledgers import new_ledger


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Engine]:
    """Give an empty ledger on SQLite."""
    engine = open_ledger(new_ledger(tmp_path / "ledger.sqlite"))
    yield engine
    engine.dispose()


@pytest_asyncio.fixture
async def yard(sqlite: Engine, tmp_path: Path) -> AsyncIterator[Scene]:
    """Give a scene of which snapshots and data are wanted."""
    async with scene(sqlite, tmp_path) as made:
        yield made
