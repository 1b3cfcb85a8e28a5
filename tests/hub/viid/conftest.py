"""A gatehouse on one database: what differs between databases is in the tests of the ledger and of passes."""

import secrets
from collections.abc import AsyncIterator

import pytest_asyncio
from sqlalchemy import Engine

from tests.hub.passes.made import Gatehouse, Ground, gatehouse_on


@pytest_asyncio.fixture
async def house(one_ledger: Engine) -> AsyncIterator[Gatehouse]:
    """Give a gatehouse."""
    async with gatehouse_on(Ground(one_ledger, f"tenant-{secrets.token_hex(6)}")) as opened:
        yield opened
