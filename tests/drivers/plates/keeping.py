"""A camera that keeps its connection and asks again as soon as it is answered (comet)."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Self

from tests.drivers.plates import pushes
from tests.drivers.plates.desk import SECRET


class Kept:
    """One connection with all its answers."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.answers: list[dict[str, Any]] = []
        self._reader, self._writer = reader, writer

    @classmethod
    @asynccontextmanager
    async def at(cls, port: int) -> AsyncIterator[Self]:
        """Connect, as soon as somebody listens."""
        while True:
            try:
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
                break
            except ConnectionRefusedError:
                await asyncio.sleep(0.01)
        try:
            yield cls(reader, writer)
        finally:
            writer.transport.abort()

    async def ask(self) -> dict[str, Any]:
        """Send a heartbeat and wait for the answer."""
        kind, body = pushes.heartbeat()
        head = f"POST /{SECRET}/poll HTTP/1.1\r\nHost: hub\r\nContent-Type: {kind}\r\n"
        self._writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        answer = await self._reader.readuntil(b"\r\n\r\n")
        length = int(answer.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
        self.answers.append(json.loads(await self._reader.readexactly(length)))
        return self.answers[-1]

    async def poll(self) -> None:
        """Ask again and again."""
        while True:
            await self.ask()
