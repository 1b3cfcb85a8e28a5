"""What the tests of plate cameras may use."""

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.drivers.plates.desk import Desk


@pytest_asyncio.fixture
async def desk() -> AsyncIterator[Desk]:
    """Give a host with one gate."""
    made = Desk()
    try:
        yield made
    finally:
        await made.aclose()
