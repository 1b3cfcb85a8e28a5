"""A broker that does what it is told, byte for byte: for what no good broker ever does."""

import asyncio
import contextlib
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Final

from contract.mqtt import Broker

CONNACK: Final = bytes.fromhex("20 03 00 00 00")
"""MQTT 5: no session, success, no properties."""

Script = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def publish(topic: bytes, payload: bytes) -> bytes:
    """Return an MQTT 5 PUBLISH at QoS 0; both together shorter than 120 bytes."""
    body = struct.pack("!H", len(topic)) + topic + b"\x00" + payload
    return bytes([0x30, len(body)]) + body


async def packet(reader: asyncio.StreamReader) -> bytes:
    """Read one packet of fewer than 128 bytes."""
    head = await reader.readexactly(2)
    return head + await reader.readexactly(head[1])


@contextlib.asynccontextmanager
async def scripted(script: Script, tls: ssl.SSLContext | None = None) -> AsyncIterator[Broker]:
    """Serve each connection with `script`; closed when it returns."""
    serving: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        serving.add(task)
        try:
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
                await script(reader, writer)
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError, ssl.SSLError):
                await writer.wait_closed()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    async with server:
        host, port = server.sockets[0].getsockname()
        try:
            yield Broker(host="localhost" if tls else host, port=port)
        finally:
            for task in serving:
                task.cancel()
            await asyncio.gather(*serving, return_exceptions=True)
