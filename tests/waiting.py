"""Wait for something to become true, with a deadline, where there is no event to await."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import httpx

T = TypeVar("T")

POLL_S = 0.01
PATIENCE_S = 60.0
"""Long enough for a slow machine that does much else: who waits in vain has found a fault."""

ASK_EVERY_S = 0.5
"""Between two questions to another process: each costs it something."""

PATIENCE_WITH_OTHERS_S = 120.0
"""For what several processes do together."""


async def eventually(condition: Callable[[], T], within_s: float = PATIENCE_S) -> T:
    """Return the first truthy value of `condition`; TimeoutError after `within_s` seconds without one."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + within_s
    while not (value := condition()):
        if loop.time() > deadline:
            raise TimeoutError(f"not within {within_s} s: {condition}")
        tick = loop.create_future()
        timer = loop.call_later(POLL_S, tick.set_result, None)
        try:
            await tick
        finally:
            timer.cancel()
    return value


async def eventually_told(
    ask: Callable[[], Awaitable[T]],
    fits: Callable[[T], object] = bool,
    within_s: float = PATIENCE_WITH_OTHERS_S,
    every_s: float = ASK_EVERY_S,
) -> T:
    """Return the first answer that `fits`; TimeoutError with the last one if none does.

    Whoever is asked may be away meanwhile: that is an answer, too, which does not fit.
    """
    loop = asyncio.get_running_loop()
    deadline = loop.time() + within_s
    told: object = None
    while True:
        try:
            told = answer = await asyncio.wait_for(ask(), within_s)
            if fits(answer):
                return answer
        except httpx.TransportError as away:
            told = away
        if loop.time() > deadline:
            raise TimeoutError(f"not within {within_s} s; told at last: {told!r}")
        await asyncio.sleep(every_s)
