"""curl at a pretend device's web side, with Digest."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from tests.peers import require_program


class Curl:
    """curl with an account, aimed at one device."""

    def __init__(self, base: str, user: str, password: str) -> None:
        self.base = base
        self._command = [require_program("curl", "curl"), "-sN", "--digest", "-u", f"{user}:{password}"]

    async def text(self, path: str, *options: str) -> str:
        """Return what it says to one call."""
        process = await self._start(path, "--max-time", "20", *options)
        said, _ = await process.communicate()
        return said.decode()

    async def json(self, method: str, path: str, said: Any = None) -> dict[str, Any]:
        """Send JSON, and read some."""
        body = [] if said is None else ["-H", "Content-Type: application/json", "-d", json.dumps(said)]
        answer: dict[str, Any] = json.loads(await self.text(path, "-X", method, *body))
        return answer

    async def status(self, path: str, *options: str) -> int:
        """Return the HTTP status of one call, 0 where there was none."""
        return int(await self.text(path, "-o", "/dev/null", "-w", "%{http_code}", *options))

    @asynccontextmanager
    async def listening(self, path: str) -> AsyncIterator[bytearray]:
        """Listen without end; gives what was heard so far, its beginning at least."""
        process = await self._start(path)
        assert process.stdout is not None
        heard = bytearray(await process.stdout.read(1 << 16))
        reading = asyncio.create_task(_read(process.stdout, heard))
        try:
            yield heard
        finally:
            process.kill()
            await process.wait()
            await reading

    async def _start(self, path: str, *options: str) -> asyncio.subprocess.Process:
        command = [*self._command, *options, f"{self.base}{path}"]
        return await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)


async def _read(stream: asyncio.StreamReader, heard: bytearray) -> None:
    while more := await stream.read(1 << 16):
        heard += more
