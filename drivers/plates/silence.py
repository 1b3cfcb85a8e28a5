"""How long a camera that should say something now and then has been silent."""

import asyncio
from typing import Final

from contract.clock import Clock
from contract.errors import DeviceUnreachable
from drivers.runtime.waiting import TICK_S

FOREVER: Final = float("inf")


class Silence:
    """Counts from its making; `limit_s` FOREVER: silence means nothing."""

    def __init__(self, clock: Clock, limit_s: float) -> None:
        self._clock = clock
        self._limit_s = limit_s
        self._heard_at = clock.monotonic()

    def heard(self) -> None:
        """Take that the camera said anything."""
        self._heard_at = self._clock.monotonic()

    async def watch(self) -> None:
        """Raise DeviceUnreachable when the camera has been silent for too long."""
        while self._clock.monotonic() - self._heard_at < self._limit_s:  # noqa: ASYNC110 - no event is set
            await asyncio.sleep(TICK_S)
        raise DeviceUnreachable(f"the camera has said nothing for {self._limit_s:g} s")
