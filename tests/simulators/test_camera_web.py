"""The HTTP side of pretend cameras, met by programs that we did not write: curl, and npm onvif as a client.

How a real camera words a falling object could not be seen; curl proves transport and Digest, not the words.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import pytest_asyncio

from simulators.errors import WireUnavailable
from simulators.host import Host
from tests.peers import PEERS, node, require_npm_package, require_program
from tests.simulators.cameras import PASSWORD, USER, camera, credentials
from tests.simulators.wiring import hosting
from tests.waiting import eventually

Bench = tuple[Host, str]

ALERTS = "/ISAPI/Event/notification/alertStream"
PICTURE = "/ISAPI/Streaming/channels/101/picture"


@pytest_asyncio.fixture(params=["xml"])
async def bench(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Bench]:
    options = {"scene": "facade", "http": "http://127.0.0.1:0", "credentials_file": credentials(tmp_path)}
    async with hosting(camera("facade", alerts=request.param, **options)) as (host, _):
        yield host, str(host.inspect("facade")["http"])


class Program:
    """Somebody else's program and what it says."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None
        self.process, self.heard = process, process.stdout

    async def until(self, word: bytes) -> bytes:
        return await asyncio.wait_for(self.heard.readuntil(word), 60)

    async def all(self) -> bytes:
        return await asyncio.wait_for(self.heard.read(), 60)


@asynccontextmanager
async def running(starting: Awaitable[asyncio.subprocess.Process]) -> AsyncIterator[Program]:
    process = await starting
    try:
        yield Program(process)
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def curl(url: str, *options: str, password: str = PASSWORD) -> asyncio.subprocess.Process:
    program = require_program("curl", "curl")
    command = [program, "-sN", "--digest", "-u", f"{USER}:{password}", *options, url]
    return await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE, limit=1 << 20)


async def code(url: str, password: str = PASSWORD) -> int:
    """Return the HTTP status that curl sees, 0 where there is none."""
    process = await curl(url, "-o", "/dev/null", "-w", "%{http_code}", "--max-time", "20", password=password)
    said, _ = await process.communicate()
    return int(said)


@pytest.mark.parametrize("bench", ["xml", "json"], indirect=True)
async def test_curl_hears_an_object_fall_again_and_again_and_never_its_end(bench: Bench) -> None:
    host, url = bench
    async with running(curl(url + ALERTS)) as listener:
        host.step(0.1)
        await eventually(lambda: host.inspect("facade")["events_sent"] or host.step(0.1))
        assert b"videoloss" in await listener.until(b"</EventNotificationAlert>")
        host.happen("facade", "object-falls")
        host.step(2.4)
        assert host.inspect("facade")["events"] == 0, "it is still falling"
        host.step(0.2)
        first = await listener.until(b"Content-Type: image/jpeg")
        assert b"objectsThrownDetection" in first
        host.step(9)
        await listener.until(b"\xff\xd9\r\n--boundary")
        host.fault("facade", "power-loss")
        later = await listener.all()
        assert later.count(b"objectsThrownDetection") == 2
        assert b"image/jpeg" not in later
        assert later.count(b"inactive") == later.count(b"videoloss</eventType>") == 1


async def test_curl_is_let_in_by_digest_only(bench: Bench) -> None:
    host, url = bench
    assert await code(url + PICTURE) == 200
    assert await code(url + PICTURE, "other") == 401
    assert await code(url + ALERTS, "other") == 401
    host.fault("facade", "wrong-password")
    assert await code(url + PICTURE) == 401
    host.fault("facade", "power-loss")
    assert await code(url + PICTURE) == 0
    host.fault("facade", "none")
    assert await code(url + PICTURE) == 200


async def onvif_client(url: str, password: str = PASSWORD) -> asyncio.subprocess.Process:
    require_npm_package("onvif")
    parts = urlsplit(url)
    command = [node(), str(PEERS / "onvif-client.mjs"), str(parts.hostname), str(parts.port), USER, password]
    return await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)


async def said(program: Program) -> Any:
    return json.loads(await program.until(b"\n"))


async def test_npm_onvif_finds_the_stream_and_hears_an_event(bench: Bench) -> None:
    """The camera lives in another year than the client: the client takes the camera's time for its token."""
    host, url = bench
    async with running(onvif_client(url)) as client:
        found = await said(client)
        assert found["device"]["model"] == "Pretend camera"
        assert found["stream"] == host.describe()["camera/facade"]["wire"]
        assert found["snapshot"] == url + PICTURE
        assert (found["source"]["encoding"], found["source"]["width"], found["source"]["fps"]) == (
            "H264",
            320,
            10,
        )
        assert await said(client) == {"subscribed": True}
        host.fault("facade", "cover")
        topic = "tns1:VideoSource/GlobalSceneChange/ImagingService"
        assert await said(client) == {"topic": topic, "data": {"Name": "State", "Value": True}}
        assert await said(client) == {"renewed": True}
        assert await said(client) == {"unsubscribed": True}
        assert host.inspect("facade")["notices_sent"] == 1


async def test_npm_onvif_is_refused_with_a_wrong_password(bench: Bench) -> None:
    async with running(onvif_client(bench[1], "other")) as client:
        assert "not authorized" in (await said(client))["error"]


async def test_an_http_port_that_is_taken_is_named(bench: Bench) -> None:
    with pytest.raises(WireUnavailable, match="cannot open http"):
        async with hosting(camera(http=bench[1])):
            pass
