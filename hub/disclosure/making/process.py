"""The process that makes a bundle, as the hub sees it. Lives on the hub's event loop."""

import asyncio
import contextlib
import logging
import os
import signal
from collections.abc import Callable, Sequence
from typing import Final

import msgspec

from hub.disclosure.making.telling import Advanced, Told, read_line
from hub.disclosure.request import Progress

logger = logging.getLogger(__name__)

STOP_WITHIN_S: Final = 5.0
LONGEST_LINE: Final = 1 << 20


async def follow(
    command: Sequence[str], ident: str, on_progress: Callable[[Progress], None], stop: asyncio.Event
) -> Told | None:
    """Have a bundle made, and return how that ended; None: the process was ended, and told nothing.

    When `stop` is set, or this is cancelled, the process is ended; what it has made stays. OSError if it
    cannot be started.
    """
    process = await asyncio.create_subprocess_exec(
        *command,
        *("--id", ident, "--for", str(os.getpid())),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        limit=LONGEST_LINE,
        start_new_session=True,
    )
    stopping = asyncio.create_task(_stop_when(stop, process))
    try:
        told = await _listen(process, on_progress)
        await process.wait()
    finally:
        stopping.cancel()
        await _end(process)
    return told


async def _listen(
    process: asyncio.subprocess.Process, on_progress: Callable[[Progress], None]
) -> Told | None:
    last: Told | None = None
    stream = process.stdout
    while stream is not None and (line := await stream.readline()):
        try:
            told = read_line(line)
        except msgspec.MsgspecError:
            logger.warning("the process that makes a bundle says what is no word of it")
            continue
        if isinstance(told, Advanced):
            on_progress(told.progress)
        else:
            last = told
    return last


async def _stop_when(stop: asyncio.Event, process: asyncio.subprocess.Process) -> None:
    await stop.wait()
    await _end(process)


async def _end(process: asyncio.subprocess.Process) -> None:
    """End it politely, and by force after a while: it may be killed at any moment."""
    for each, within_s in ((signal.SIGTERM, STOP_WITHIN_S), (signal.SIGKILL, None)):
        if process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(each)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                await process.wait()
