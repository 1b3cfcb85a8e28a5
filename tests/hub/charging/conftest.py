"""A yard on each database, on a clock that the test moves."""

import secrets
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from sqlalchemy import Engine

from tests.hub.charging.made import Place, Yard, yard_on


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
