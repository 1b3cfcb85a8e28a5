"""The server: it starts where it is told, says why it cannot, and stops without leaving anybody waiting."""

import asyncio
import socket
from pathlib import Path

import pytest
from starlette.responses import PlainTextResponse

from contract.errors import ConfigurationError
from hub.access.roles import Role
from hub.api.server import ApiServer
from tests.hub.api.house import frame_of, house
from tests.plain_http import plain_client

HELLO = PlainTextResponse("hello")


async def test_port_0_is_any_free_one() -> None:
    async with ApiServer(HELLO, "127.0.0.1", 0) as server, plain_client() as http:
        assert server.port > 0
        assert server.address == f"http://127.0.0.1:{server.port}"
        assert (await http.get(server.address)).text == "hello"
    with pytest.raises(OSError, match="Connect call failed"):
        await asyncio.open_connection("127.0.0.1", server.port)


async def test_it_serves_ipv6_too() -> None:
    async with ApiServer(HELLO, "::1", 0) as server, plain_client() as http:
        assert server.address == f"http://[::1]:{server.port}"
        assert (await http.get(server.address)).text == "hello"


async def test_a_port_in_use_is_a_mistake_in_the_configuration() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ConfigurationError, match=f"http_port: cannot listen on 127.0.0.1 port {port}"):
            async with ApiServer(HELLO, "127.0.0.1", port):
                pass


@pytest.mark.parametrize(
    ("host", "port"),
    [("no-such-host.invalid", 0), ("127.0.0.1", 70_000), ("127.0.0.1", -1), ("192.0.2.1", 0)],
)
async def test_an_address_that_is_none_of_ours_is_one_as_well(host: str, port: int) -> None:
    with pytest.raises(ConfigurationError, match="http_port: "):
        async with ApiServer(HELLO, host, port):
            pass


async def test_viewers_are_told_to_come_back_when_the_hub_stops(tmp_path: Path) -> None:
    async with house(tmp_path) as hub:
        socket = await hub.viewer(hub.bearer(Role.WALL))
        await frame_of(socket)
    await asyncio.wait_for(socket.wait_closed(), 60)
    assert socket.close_code == 1012


async def test_it_can_be_waited_for() -> None:
    async with ApiServer(HELLO, "127.0.0.1", 0) as server:
        ended = asyncio.create_task(server.ended())
        await asyncio.sleep(0)
        assert not ended.done()
    await asyncio.wait_for(ended, 60)
