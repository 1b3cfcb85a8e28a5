"""Goes on in rounds: at once where there is more, ever later where it fails, with the news where it rests."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from typing import Final

from hub.viid.sending import Turn
from hub.viid.session import Sleep, Unreachable, pause_s

logger = logging.getLogger(__name__)

LONGEST_LOOK_S: Final = 10.0
SHORTEST_LOOK_S: Final = 0.2
LONGEST_REST_S: Final = 3600.0
AGAIN_S: Final = 5.0
"""After something of ours failed."""


class Pace:
    """One pace. `rest_s`: at least so long between what is sent and the next look; `tries`: that failed."""

    def __init__(self, sleep: Sleep, settle_s: float, rest_s: float = 0.0) -> None:
        self.tries = 0
        self._sleep = sleep
        self._look_s = min(max(settle_s, SHORTEST_LOOK_S), LONGEST_LOOK_S)
        self._rest_s = min(max(rest_s, SHORTEST_LOOK_S), LONGEST_REST_S)
        self._news = asyncio.Event()

    def wake(self) -> None:
        """Take that there is news in the ledger."""
        self._news.set()

    async def keep(self, online: asyncio.Event, one_round: Callable[[], Awaitable[Turn]]) -> None:
        """Go on until cancelled, while there is a session."""
        while True:
            await online.wait()
            self._news.clear()
            try:
                turn = await one_round()
            except Unreachable:
                turn = Turn(some=True, wait=True)
            except Exception:  # a full disk, a fault of ours: the hub goes on, nothing is lost
                logger.exception("the police feed left something undone; it is tried again")
                await self._sleep(AGAIN_S)
                continue
            self.tries = self.tries + 1 if turn.wait else 0
            if turn.wait:
                await self._sleep(pause_s(self.tries - 1))
            elif not turn.some:
                await self._rest()

    async def _rest(self) -> None:
        await self._sleep(self._rest_s)  # one look for all who pass at the same time
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._look_s):
                await self._news.wait()
