"""Waiting by the injected clock."""

import asyncio
from collections.abc import Awaitable
from typing import Any, Final, TypeVar

from contract.clock import Clock

T = TypeVar("T")

TICK_S: Final = 0.25
"""How often a wait looks at the clock; a clock that jumps is noticed within this time."""


async def pause(clock: Clock, seconds: float) -> None:
    """Return when `seconds` have passed by `clock`."""
    until = clock.monotonic() + seconds
    while (remaining := until - clock.monotonic()) > 0:  # noqa: ASYNC110 - the clock sets no event
        await asyncio.sleep(min(remaining, TICK_S))


async def within(clock: Clock, seconds: float, work: Awaitable[T]) -> T:
    """Return the result of `work`, or cancel it and raise TimeoutError after `seconds` by `clock`.

    How work ends that is not waited for any more, nobody is told.
    """
    task = asyncio.ensure_future(work)
    task.add_done_callback(_ended)
    until = clock.monotonic() + seconds
    try:
        while not task.done():
            remaining = until - clock.monotonic()
            if remaining <= 0:
                raise TimeoutError(f"not within {seconds} s")
            await asyncio.wait({task}, timeout=min(remaining, TICK_S))
        return task.result()
    finally:
        if not task.done():
            task.cancel()
            await asyncio.wait({task})


def _ended(work: asyncio.Future[Any]) -> None:
    if not work.cancelled():
        work.exception()  # that is looked at now: else asyncio complains of it when it is thrown away


async def changed(clock: Clock, event: asyncio.Event, seconds: float) -> bool:
    """Wait for `event` at most `seconds` by `clock`; whether it is set."""
    until = clock.monotonic() + seconds
    while not event.is_set() and (remaining := until - clock.monotonic()) > 0:
        try:
            async with asyncio.timeout(min(remaining, TICK_S)):
                await event.wait()
        except TimeoutError:
            continue
    return event.is_set()
