"""Has a camera's relay open for those that may pass, while the camera goes on reading."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from contract.errors import HemeiError
from drivers.plates.camera import Answer

log = logging.getLogger(__name__)


class Openings:
    """What a camera was told and has not confirmed. `open`: `PlateCamera.open` of the gate called `name`."""

    def __init__(self, name: str, open: Callable[[], Awaitable[bool]]) -> None:
        self._name = name
        self._open = open
        self._tasks: set[asyncio.Task[None]] = set()

    def follow(self, answer: Answer) -> None:
        """Do what a gate answered to a plate: once, and nobody waits for the outcome."""
        if answer.tells_camera:
            task = asyncio.create_task(self._told(answer), name=f"{self._name} opens")
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def aclose(self) -> None:
        """Wait for no confirmation any more."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _told(self, answer: Answer) -> None:
        try:
            if not await self._open():
                log.warning("%s: the camera did not confirm that it opened", self._name)
        except HemeiError as failed:
            log.warning("%s: the camera did not open: %s", self._name, failed)
            answer.not_opened()
