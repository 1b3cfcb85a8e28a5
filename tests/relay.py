"""A network between two programs that a test can take away: a TCP relay."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress


class Relay:
    """Passes bytes on to `port` of this machine, both ways, until it is cut."""

    def __init__(self, port: int) -> None:
        self.port = 0
        """Where to connect to instead."""
        self._to = port
        self._server: asyncio.Server | None = None
        self._pairs: set[asyncio.Task[None]] = set()

    async def mend(self) -> None:
        """Let bytes through, at the same port as before."""
        self._server = await asyncio.start_server(self._pair, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def cut(self) -> None:
        """Drop every connection, and take no new one."""
        if self._server is not None:
            self._server.close()
        for pair in tuple(self._pairs):
            pair.cancel()
        await asyncio.gather(*self._pairs, return_exceptions=True)

    async def _pair(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._pairs.add(task)
        try:
            up_reader, up_writer = await asyncio.open_connection("127.0.0.1", self._to)
            async with asyncio.TaskGroup() as group:
                group.create_task(_pass(reader, up_writer))
                group.create_task(_pass(up_reader, writer))
        except* (asyncio.CancelledError, OSError):
            pass
        finally:
            self._pairs.discard(task)
            for each in (writer, *([up_writer] if "up_writer" in locals() else [])):
                each.transport.abort()


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
    writer.close()


@asynccontextmanager
async def relay(port: int) -> AsyncIterator[Relay]:
    """Run a relay to `port` of this machine."""
    running = Relay(port)
    await running.mend()
    try:
        yield running
    finally:
        await running.cut()
