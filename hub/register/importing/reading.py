"""Has a file read by a process of its own, off the event loop."""

import asyncio
import sys
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec

from hub.register.importing.sheet import Read, Unreadable

LONGEST_S: Final = 180.0
ROOT: Final = Path(__file__).parents[3]

_decode: Final = msgspec.msgpack.Decoder(Read).decode


async def read_file(content: bytes) -> Read:
    """Read a table; what is no table, or takes too long, is unreadable."""
    reader = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "hub.register.importing.sheet",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        cwd=ROOT,
    )
    try:
        async with asyncio.timeout(LONGEST_S):
            answer, _ = await reader.communicate(content)
    except TimeoutError:
        return Unreadable(code="too-large")
    finally:
        with suppress(ProcessLookupError):
            reader.kill()
    try:
        return await asyncio.to_thread(_decode, answer)
    except msgspec.MsgspecError:
        return Unreadable(code="not-a-table")  # it was killed: by its limits, or by whoever
