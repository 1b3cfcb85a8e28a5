"""A police desk on each database, on a clock that the test moves."""

from collections.abc import AsyncIterator

import pytest_asyncio
from sqlalchemy import Engine

from tests.hub.disclosure.made import Desk, desk_on


@pytest_asyncio.fixture
async def desk(shared_ledger: Engine) -> AsyncIterator[Desk]:
    """Give a desk; the test runs once on each database."""
    async with desk_on(shared_ledger) as opened:
        yield opened


@pytest_asyncio.fixture
async def one_desk(one_ledger: Engine) -> AsyncIterator[Desk]:
    """Give a desk for what no database decides."""
    async with desk_on(one_ledger) as opened:
        yield opened
