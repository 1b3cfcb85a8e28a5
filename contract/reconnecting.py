"""Open a connection again and again, ever more slowly."""

import asyncio
import random
from collections.abc import Awaitable, Callable

from contract.errors import LinkError


async def reconnecting(
    serve: Callable[[], Awaitable[None]],
    *,
    on_lost: Callable[[LinkError, float], None],
    first_s: float = 0.2,
    longest_s: float = 10.0,
) -> None:
    """Call `serve` for ever, with back-off and jitter whenever it ends with LinkError.

    `serve` opens a Connection and uses it; `on_lost` is told the reason and the seconds until the next try.
    """
    wait_s = first_s
    loop = asyncio.get_running_loop()
    while True:
        started = loop.time()
        try:
            await serve()
        except LinkError as lost:
            if loop.time() - started > longest_s:
                wait_s = first_s
            pause = wait_s * random.uniform(0.5, 1.0)  # noqa: S311 - spreads load, hides nothing
            on_lost(lost, pause)
            await asyncio.sleep(pause)
            wait_s = min(wait_s * 2, longest_s)
