"""What tests of notifications have: somebody who receives them over real HTTP, and a ledger for all.

Every start of a hub in these tests is a tenant of its own.
"""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import Engine

from tests.hub.notify.receiver import Receiver, receiving


@pytest.fixture
def ledger(shared_ledger: Engine) -> Engine:
    """Give the ledger that tests share; the test runs once on each database."""
    return shared_ledger


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    """Give a webhook's other end."""
    async with receiving() as opened:
        yield opened
