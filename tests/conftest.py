"""What every test may use.

What starts a browser or a whole community is in the group `lane-1` or `lane-2`: two workers do these one
after another, beside light tests. More at once would starve each other, and each worker would start its own.
"""

import gc
from collections.abc import AsyncIterator, Generator
from pathlib import Path

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, settings

from tests.broker import Mosquitto
from tests.waiting import eventually

__all__ = ["eventually", "mosquitto"]

# Half of what hypothesis tries by itself: the suite runs often. `--hypothesis-profile=thorough` tries more.
# By no clock: a machine that does much else is slow.
UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("often", UNHURRIED, max_examples=50)
settings.register_profile("thorough", UNHURRIED, max_examples=1000)
settings.load_profile("often")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Let the garbage collector pass over what is imported and collected: all of it stays."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Refuse to run if pytest-xdist would not keep groups together: each worker would start every demo."""
    if config.getoption("loadgroup", default=False):
        for item in items:
            if item.get_closest_marker("xdist_group") and "@" not in item.nodeid:
                raise pytest.UsageError(f"{item.nodeid} is in a group, and pytest-xdist does not know it")


@pytest_asyncio.fixture
async def mosquitto(tmp_path: Path) -> AsyncIterator[Mosquitto]:
    """Give a mosquitto of the test's own that lets anybody do anything."""
    async with Mosquitto(tmp_path / "mosquitto") as broker:
        yield broker
