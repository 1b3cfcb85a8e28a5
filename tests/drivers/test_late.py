"""What is late never arrives: on every line over which something can be told to open.

What the kernel makes of the option was seen between two network namespaces, whose link was cut for 20 s:
without it an "open" came through after 26 s, with it never. That needs root; here the option is looked at.
"""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest

from contract.clock import SystemClock
from drivers.isapi.client import IsapiClient
from drivers.modbus.bus import Bus
from drivers.modbus.wire import parse_wire
from drivers.mqtt.link import linked
from drivers.plates.listener import shared_listener
from drivers.plates.push import Guest, Secret
from drivers.runtime.late import LATEST_S, soon_or_never
from tests.broker import Mosquitto, free_port
from tests.drivers.plates.desk import Desk
from tests.waiting import eventually

OPTION: int | None = getattr(socket, "TCP_USER_TIMEOUT", None)
pytestmark = pytest.mark.skipif(OPTION is None, reason="this system knows no such limit")


def limit_s(transport: asyncio.BaseTransport | None) -> float:
    assert transport is not None
    assert OPTION is not None
    milliseconds: int = transport.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, OPTION)
    return milliseconds / 1000


@asynccontextmanager
async def answering(words: bytes = b"") -> AsyncIterator[int]:
    """Listen, and answer everybody the same."""
    writers: list[asyncio.StreamWriter] = []

    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        writer.write(words)

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]
        for each in writers:
            each.transport.abort()


async def test_an_answer_to_a_camera() -> None:
    async def never(_: object) -> None: ...

    desk = Desk()
    guest = Guest(secret=Secret.of("x" * 16), handle=never, malformed=desk.malformed)  # type: ignore[arg-type] # nobody asks
    port = free_port()
    listener = shared_listener(desk.port, "127.0.0.1", port)
    async with listener.expecting(guest):
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        (line,) = await eventually(lambda: list(listener._server._open.values()))
        assert limit_s(line) == LATEST_S
        writer.close()
    await desk.aclose()


async def test_a_command_through_a_broker(mosquitto: Mosquitto) -> None:
    async with linked(mosquitto.broker(), "hemei/gate/east", ["x"], SystemClock()) as link:
        assert limit_s(link._connection.transport) == LATEST_S


async def test_a_request_to_a_device() -> None:
    async with answering(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n") as port:
        client = IsapiClient(f"http://127.0.0.1:{port}", None, SystemClock())
        async with client.stream("/") as response:
            assert isinstance(response, aiohttp.ClientResponse)
            assert response.connection is not None
            assert limit_s(response.connection.transport) == LATEST_S


async def test_a_coil_of_a_board() -> None:
    async with answering() as port:
        bus = Bus(parse_wire(f"modbus-tcp://127.0.0.1:{port}").endpoint)
        async with bus.joined():
            client = await bus._connected()
            assert limit_s(client.ctx.transport) == LATEST_S


def test_other_lines_are_left_alone() -> None:
    one, other = socket.socketpair()
    with one, other:
        soon_or_never(one)
    soon_or_never(None)
