"""One whole sample community for all tests that need every family at once: it takes a while to come up."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.hemei.demos import RunningDemo, running_demo
from tests.peers import require_program


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def whole_community(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningDemo]:
    """Give a community on a workday morning, to be found and left with every process running."""
    require_program("mosquitto", "mosquitto")
    async with running_demo(tmp_path_factory.mktemp("demo")) as running:
        yield running
        assert await running.end() == 0, running.printed
