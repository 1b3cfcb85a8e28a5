"""An office on each database, on a clock that the test moves."""

import secrets
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import Engine

from tests.hub.orders.made import Office, Premises, office_on


@pytest.fixture
def premises(shared_ledger: Engine, tmp_path: Path) -> Premises:
    """Give a place for an office of its own."""
    return Premises(shared_ledger, tmp_path / "media", f"tenant-{secrets.token_hex(6)}")


@pytest_asyncio.fixture
async def office(premises: Premises) -> AsyncIterator[Office]:
    """Give an office; the test runs once on each database."""
    async with office_on(premises) as open_office:
        yield open_office
