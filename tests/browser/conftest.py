"""One sample community and one Chromium for the browser tests of a group; two groups, two workers."""

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, StorageState, expect

from hemei.demo.access import SEATS
from tests.browser.chromium import chromium, screen
from tests.hemei.demos import RunningDemo, running_demo
from tests.peers import require_program

QUIET_GATES = ("--scenario", "quiet-night", "--kinds", "gate", "--gates", "6")

# Long enough for a machine that does much else: what waits in vain has found a fault.
expect.set_options(timeout=60_000)


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def demo(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningDemo]:
    """Give a sample community by night: at most gates no car comes for minutes."""
    require_program("mosquitto", "mosquitto")
    async with running_demo(tmp_path_factory.mktemp("demo"), *QUIET_GATES) as running:
        yield running
        assert await running.end() == 0, running.printed


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def browser() -> AsyncIterator[Browser]:
    """Give a Chromium."""
    async with chromium() as running:
        yield running


@pytest.fixture(scope="package")
def links(demo: RunningDemo) -> dict[str, str]:
    """Give the one-time links that the demo has printed, by seat."""
    printed = re.findall(r"\S+/signin\?token=\S+", demo.printed)
    return dict(zip(SEATS, printed, strict=True))


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def signed_in(demo: RunningDemo, browser: Browser, links: dict[str, str]) -> StorageState:
    """Give the browser profile of a wall display that has signed in."""
    async with screen(browser, base_url=demo.ready["http"]) as opened:
        await opened.page.goto(links["wall"])
        await opened.page.wait_for_url("**/wall")
        return await opened.page.context.storage_state()
