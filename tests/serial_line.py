"""A serial line without a cable: two pseudo-terminals that socat joins."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.peers import require_program
from tests.waiting import eventually


@asynccontextmanager
async def serial_line(folder: Path) -> AsyncIterator[tuple[Path, Path]]:
    """Give the paths of both ends: the board's and the master's."""
    ends = folder / "board-end", folder / "master-end"
    arguments = [f"pty,raw,echo=0,link={end}" for end in ends]
    socat = await asyncio.create_subprocess_exec(require_program("socat", "socat"), *arguments)
    try:
        await eventually(lambda: all(end.exists() for end in ends))
        yield ends
    finally:
        socat.terminate()
        await socat.wait()
