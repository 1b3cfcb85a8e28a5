"""A gatehouse on each database, on a clock that the test moves."""

import secrets
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from sqlalchemy import Engine

from tests.hub.passes.made import Gatehouse, Ground, gatehouse_on


@pytest.fixture
def ground(shared_ledger: Engine) -> Ground:
    """Give a place for a gatehouse of its own; the test runs once on each database."""
    return Ground(shared_ledger, f"tenant-{secrets.token_hex(6)}")


@pytest_asyncio.fixture
async def house(ground: Ground) -> AsyncIterator[Gatehouse]:
    """Give a gatehouse; the test runs once on each database."""
    async with gatehouse_on(ground) as opened:
        yield opened


@pytest.fixture
def quick_ground(one_ledger: Engine) -> Ground:
    """Give a place on one database."""
    return Ground(one_ledger, f"tenant-{secrets.token_hex(6)}")


@pytest_asyncio.fixture
async def quick(quick_ground: Ground) -> AsyncIterator[Gatehouse]:
    """Give a gatehouse on one database."""
    async with gatehouse_on(quick_ground) as opened:
        yield opened
