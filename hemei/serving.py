"""Run one part of the product in this process until it is told to stop."""

import asyncio
import logging
import os
import signal
import time
from collections.abc import Callable, Coroutine
from typing import Any, Final

from contract.errors import HemeiError

LOG_LEVEL_VARIABLE: Final = "HEMEI_LOG_LEVEL"

TELLTALES: Final = ("httpx", "fontTools")
"""At INFO they log the address of each request, and the letters of each PDF, of names too."""

LoopFactory = Callable[[], asyncio.AbstractEventLoop]


def configure_logs() -> None:
    """Log to stderr, in UTC; the environment variable HEMEI_LOG_LEVEL chooses how much."""
    handler = logging.StreamHandler()
    formatter = logging.Formatter(
        "%(asctime)s.%(msecs)03dZ %(levelname)s %(name)s: %(message)s", "%Y-%m-%dT%H:%M:%S"
    )
    formatter.converter = time.gmtime
    handler.setFormatter(formatter)
    level = os.environ.get(LOG_LEVEL_VARIABLE, "INFO").upper()
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for telltale in TELLTALES:
        logging.getLogger(telltale).setLevel(logging.WARNING)


def serve(
    part: Callable[[asyncio.Event], Coroutine[Any, Any, None]], *, loop_factory: LoopFactory | None = None
) -> None:
    """Run `part` with an event that SIGTERM and SIGINT set; a second signal ends the process at once.

    A HemeiError comes out as itself, even from inside a task group.
    """
    configure_logs()
    with asyncio.Runner(loop_factory=loop_factory) as runner:
        try:
            runner.run(_until_told(part))
        except BaseExceptionGroup as group:
            raise _meant(group) from group


async def _until_told(part: Callable[[asyncio.Event], Coroutine[Any, Any, None]]) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()

    def on_signal() -> None:
        if stop.is_set():
            os._exit(1)
        stop.set()

    for each in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(each, on_signal)
    await part(stop)


def _meant(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """Return the error on purpose that a group of exceptions carries, else the group."""
    ours = group.subgroup(HemeiError)
    while isinstance(ours, BaseExceptionGroup):
        first = ours.exceptions[0]
        if not isinstance(first, BaseExceptionGroup):
            return first
        ours = first
    return group
