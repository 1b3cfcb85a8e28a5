"""Walks through a story: it is told to a hub that dies after its first step, one that dies after its second.

A life is cheap but long, most of it waiting: several are lived at a time, each with a broker of its own.
"""

import asyncio
import itertools
import signal
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Any, Final

from hub.settings import HubSettings
from tests.broker import Mosquitto
from tests.hub.crash.mortal import Mark, live, prepare
from tests.waiting import eventually

AT_ONCE: Final = 4
WITHIN_S: Final = 120.0

Life = Callable[[Mosquitto, Path, int], Awaitable[bool]]
"""Lives with a broker, in a folder, until it dies at a step; whether it died."""


async def walk(folder: Path, life: Life) -> int:
    """Die at every step, until a hub outlives the story; return at which step none was left to die of."""
    await asyncio.to_thread(prepare)
    steps = itertools.count(1)
    outlived: list[int] = []

    async def walker() -> None:
        while not outlived:
            step = next(steps)
            async with Mosquitto(folder / f"broker-{step}") as mosquitto:
                if not await life(mosquitto, folder / f"hub-{step}", step):
                    outlived.append(step)

    async with asyncio.TaskGroup() as group:
        for _ in range(AT_ONCE):
            group.create_task(walker())
    return min(outlived)


async def outlive(settings: HubSettings, mark: Mark, dies_at: int, story: Coroutine[Any, Any, None]) -> bool:
    """Tell a story to a hub that dies at that step, and go on with another after it; whether it died."""
    first = live(settings, mark, dies_at)
    lives = [first]
    telling = asyncio.create_task(story)
    try:
        await eventually(lambda: telling.done() or not first.is_alive(), 2 * WITHIN_S)
        died = not first.is_alive()
        if died:
            assert first.exitcode == -signal.SIGKILL, "it ended by itself"
            lives.append(live(settings, mark, 0))
        await asyncio.wait_for(telling, WITHIN_S)
    finally:
        telling.cancel()
        await asyncio.gather(telling, return_exceptions=True)
        for process in lives:
            process.kill()
            process.join()
    return died
