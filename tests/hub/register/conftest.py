"""An office on each database, on a clock that the test moves."""

import secrets
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from sqlalchemy import Engine

from tests.hub.register.made import Office, Place, office_on


@pytest.fixture
def place(shared_ledger: Engine) -> Place:
    """Give a place for an office of its own; the test runs once on each database."""
    return Place(shared_ledger, f"tenant-{secrets.token_hex(6)}")


@pytest.fixture
def quick_place(one_ledger: Engine) -> Place:
    """Give a place on one database."""
    return Place(one_ledger, f"tenant-{secrets.token_hex(6)}")


@pytest_asyncio.fixture
async def office(place: Place) -> AsyncIterator[Office]:
    """Give an office; the test runs once on each database."""
    async with office_on(place) as opened:
        yield opened


@pytest_asyncio.fixture
async def quick(quick_place: Place) -> AsyncIterator[Office]:
    """Give an office on one database."""
    async with office_on(quick_place) as opened:
        yield opened
