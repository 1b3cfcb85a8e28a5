"""What every test may use."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.broker import Mosquitto
from tests.waiting import eventually

__all__ = ["eventually", "mosquitto"]


@pytest_asyncio.fixture
async def mosquitto(tmp_path: Path) -> AsyncIterator[Mosquitto]:
    """Give a mosquitto of the test's own that lets anybody do anything."""
    async with Mosquitto(tmp_path / "mosquitto") as broker:
        yield broker
