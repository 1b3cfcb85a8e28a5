"""Telling a camera that polls (comet) to open: nothing else reaches one that only pushes.

A camera that polls asks again as soon as it is answered; one that only has a heartbeat asks every few
seconds and does not read the answer (the vendor's HTTP push protocol, §2.5).
"""

import asyncio
from typing import Final

from contract.clock import Clock
from contract.errors import DeviceUnreachable, Refused
from drivers.runtime.waiting import changed

QUICK_S: Final = 2.5
"""Who asks again so soon after an answer polls; the quickest heartbeat comes every 5 s."""

HOLD_S: Final = 1.0
"""How long the answer to a poll is kept back for something to tell."""

FRESH_S: Final = 5.0
"""Who has not polled for so long does not poll any more."""

VALID_S: Final = 3.0
"""An "open" that no poll has taken by then is withdrawn."""

CONFIRM_S: Final = 4.0
"""How long the camera may take to ask again."""


class _Order:
    def __init__(self) -> None:
        self.told = asyncio.Event()
        self.settled = asyncio.Event()
        self.line: int | None = None
        self.read = False


class Poll:
    """The polls of one camera."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._answered_at = self._polled_at = float("-inf")
        self._order: _Order | None = None
        self._stirred = asyncio.Event()
        """Set when there is something to tell, or the poll that waits is not the latest any more."""

    @property
    def polls(self) -> bool:
        """Whether the camera polls now."""
        return self._clock.monotonic() - self._polled_at < FRESH_S

    async def take(self, line: int) -> bool:
        """Take a poll that came over connection `line`; whether to answer it with "open"."""
        self._stirred.set()
        self._settle(line)
        quick = self._clock.monotonic() - self._answered_at < QUICK_S
        if quick:
            self._polled_at = self._clock.monotonic()
            await self._hold()
        self._answered_at = self._clock.monotonic()
        return quick and self._tell(line)

    async def open(self) -> bool:
        """Open by the answer to the next poll; whether the camera has read it.

        Refused `not-supported` if it does not poll, DeviceUnreachable if it stopped: nothing was told.
        """
        if not self.polls:
            raise Refused(
                "the camera does not poll: it opens only when it sees a plate", code="not-supported"
            )
        if self._order is not None:
            raise Refused("the camera is just being told to open", code="busy")
        order = self._order = _Order()
        self._stirred.set()
        try:
            if not await changed(self._clock, order.told, VALID_S):
                raise DeviceUnreachable("the camera has stopped polling")
            await changed(self._clock, order.settled, CONFIRM_S)
            return order.read
        finally:
            self._order = None

    async def _hold(self) -> None:
        stirred = self._stirred = asyncio.Event()
        if self._order is None or self._order.told.is_set():
            await changed(self._clock, stirred, HOLD_S)

    def _tell(self, line: int) -> bool:
        order = self._order
        if order is None or order.told.is_set():
            return False
        order.line = line
        order.told.set()
        return True

    def _settle(self, line: int) -> None:
        """Who asks again over the same connection has read the answer; over another, nobody knows."""
        order = self._order
        if order is not None and order.told.is_set():
            order.read = order.line == line
            order.settled.set()
