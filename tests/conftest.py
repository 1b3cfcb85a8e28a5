"""What every test may use."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio
from hypothesis import settings

from tests.broker import Mosquitto
from tests.waiting import eventually

__all__ = ["eventually", "mosquitto"]

# Half of what hypothesis tries by itself: the suite runs often. `--hypothesis-profile=thorough` tries more.
settings.register_profile("often", max_examples=50)
settings.register_profile("thorough", max_examples=1000)
settings.load_profile("often")


@pytest_asyncio.fixture
async def mosquitto(tmp_path: Path) -> AsyncIterator[Mosquitto]:
    """Give a mosquitto of the test's own that lets anybody do anything."""
    async with Mosquitto(tmp_path / "mosquitto") as broker:
        yield broker
