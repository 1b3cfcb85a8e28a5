"""Wait for something to become true, with a deadline, where there is no event to await."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

POLL_S = 0.01
PATIENCE_S = 60.0
"""Long enough for a slow machine that does much else: who waits in vain has found a fault."""


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
