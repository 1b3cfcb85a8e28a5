"""Wakes everybody who waits for news of a connector."""

import asyncio
from collections.abc import Callable

from contract.clock import Clock
from drivers.runtime.waiting import changed


class Bell:
    """Rung at every news; however many wait, each hears it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._next = asyncio.Event()

    def ring(self) -> None:
        """Wake whoever waits now."""
        self._next.set()
        self._next = asyncio.Event()

    async def rung(self, seconds: float) -> bool:
        """Wait for the next ring at most `seconds`; whether it rang."""
        return await changed(self._clock, self._next, seconds)

    async def until(self, condition: Callable[[], bool], seconds: float) -> bool:
        """Wait until `condition` holds, looking at each ring, at most `seconds`; whether it does."""
        deadline = self._clock.monotonic() + seconds
        while not condition():
            remaining = deadline - self._clock.monotonic()
            if remaining <= 0:
                return False
            await self.rung(remaining)
        return True
