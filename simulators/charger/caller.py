"""Who calls again and again: one connection after another, with longer waits while nobody answers."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator

log = logging.getLogger(__name__)

FIRST_WAIT_S = 0.05
LONGEST_WAIT_S = 2.0
LASTED_S = 1.0  # a connection that held so long was a good one: call again at once


class Caller:
    """Runs `talk`, which holds one connection from beginning to end; `lost` hears when there is none."""

    def __init__(self, talk: Callable[[], Awaitable[None]], *, lost: Callable[[], None], name: str) -> None:
        self._talk = talk
        self._lost = lost
        self._name = name
        self._task: asyncio.Task[None] | None = None
        self._call: asyncio.Future[None] | None = None
        self._allowed = asyncio.Event()
        self._allowed.set()
        self._complaint = ""

    def open(self) -> None:
        """Begin to call; called again it changes nothing."""
        if self._task is None:
            self._task = asyncio.create_task(self._call_again_and_again())

    async def close(self) -> None:
        """Hang up and call no more."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            self.hang_up()
            await asyncio.gather(task, return_exceptions=True)

    def allow(self, allowed: bool) -> None:
        """Say whether it may call; a connection that is up stays."""
        if allowed:
            self._allowed.set()
        else:
            self._allowed.clear()

    def hang_up(self) -> None:
        """End the connection, if there is one."""
        if self._call is not None:
            self._call.cancel()

    async def _call_again_and_again(self) -> None:
        loop = asyncio.get_running_loop()
        waits = _waits()
        while True:
            await self._allowed.wait()
            began = loop.time()
            await self._call_once()
            if loop.time() - began > LASTED_S:
                waits = _waits()
            await asyncio.sleep(next(waits))

    async def _call_once(self) -> None:
        self._call = asyncio.ensure_future(self._talk())
        try:
            await asyncio.wait([self._call])
        finally:
            self._call.cancel()
        self._lost()
        if not self._call.cancelled() and (wrong := self._call.exception()) is not None:
            self._complain(repr(wrong))

    def _complain(self, about: str) -> None:
        """Say it once, not at every call."""
        if about != self._complaint:
            log.info("post %s: %s", self._name, about)
        self._complaint = about


def _waits() -> Iterator[float]:
    """Yield what to wait before each call: short at first, for those who wait for the post."""
    wait_s = FIRST_WAIT_S
    while True:
        yield wait_s
        wait_s = min(LONGEST_WAIT_S, wait_s * 1.5)
