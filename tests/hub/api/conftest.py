"""A hub with its API, on SQLite; tests of what the database decides take `any_hub`, on each."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.hub.api.house import House, house


@pytest_asyncio.fixture
async def hub(tmp_path: Path) -> AsyncIterator[House]:
    """Give a hub on SQLite."""
    async with house(tmp_path) as running:
        yield running


@pytest_asyncio.fixture
async def any_hub(tmp_path: Path, ledger_url: str) -> AsyncIterator[House]:
    """Give a hub; the test runs once on each database."""
    async with house(tmp_path, ledger_url=ledger_url) as running:
        yield running
