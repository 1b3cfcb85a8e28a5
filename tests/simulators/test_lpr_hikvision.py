"""The pretend Hikvision plate camera: its pushes taken by an HTTP server of aiohttp's, its web side by curl.

Digest and transport are proved by curl; the words are those of public parsers, composed by us.
"""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from simulators.host import Host
from tests.simulators.cameras import PASSWORD, USER, credentials
from tests.simulators.curls import Curl
from tests.simulators.plates import (
    RESIDENT,
    camera_gate,
    camera_options,
    plate_options,
    receiving,
    secret_file,
    until,
)
from tests.simulators.wiring import hosting
from tests.waiting import eventually

STREAM = "/ISAPI/Event/notification/alertStream"
BARRIER = "/ISAPI/Parking/channels/1/barrierGate"
OPEN = "<BarrierGate><ctrlMode>open</ctrlMode></BarrierGate>"
NAMES = (b"anpr.xml", b"licensePlatePicture.jpg", b"detectionPicture.jpg")

Bench = tuple[Host, Curl]


@pytest_asyncio.fixture
async def called(tmp_path: Path) -> AsyncIterator[Bench]:
    account = credentials(tmp_path)
    plates = plate_options("hikvision-stream", url="http://127.0.0.1:0", credentials_file=account)
    device = camera_gate(plates=plates, camera=camera_options(tmp_path))
    async with hosting(device) as (host, wires):
        yield host, Curl(wires["gate/garage"], USER, PASSWORD)


def field(xml: bytes, name: str) -> list[str]:
    return re.findall(f"<{name}>([^<]*)</{name}>", xml.decode(errors="replace"))


async def test_curl_hears_a_plate_and_opens_the_barrier(called: Bench) -> None:
    host, curl = called
    async with curl.listening(STREAM) as heard:
        host.happen("garage", "vehicle-arrives")
        await until(host, lambda: b"detectionPicture.jpg" in heard)
        assert field(heard, "licensePlate") == [RESIDENT]
        assert field(heard, "activePostCount") == ["0", "1"], "a heartbeat, the plate"
        assert b"\xff\xd8\xff" in heard
        assert await curl.status(BARRIER, "-X", "PUT", "-d", OPEN) == 200
        await until(host, lambda: host.inspect("garage")["cars_passed"])
    assert host.inspect("garage")["open_pulses"] == 1


async def test_nobody_opens_without_the_password_or_with_nonsense(called: Bench) -> None:
    host, curl = called
    wrong = Curl(curl.base, USER, "guess")
    assert await wrong.status(BARRIER, "-X", "PUT", "-d", OPEN) == 401
    assert await wrong.status(STREAM) == 401
    assert await curl.status(BARRIER, "-X", "PUT", "-d", "<BarrierGate/>") == 403
    assert "serialNumber" in await curl.text("/ISAPI/System/deviceInfo")
    host.fault("garage", "network-loss")
    assert await curl.status(STREAM) == 0
    assert host.inspect("garage")["open_pulses"] == 0


async def test_what_nobody_heard_is_said_to_the_next_as_a_repeat(called: Bench) -> None:
    host, curl = called
    host.happen("garage", "stranger-arrives")
    await until(host, lambda: host.inspect("garage")["records_kept"])
    async with curl.listening(STREAM) as heard:
        await eventually(lambda: b"detectionPicture.jpg" in heard)
        assert field(heard, "activePostCount") == ["0", "2"]
    assert host.inspect("garage")["records_kept"] == 0


async def test_a_push_that_nobody_takes_comes_again_and_counts(tmp_path: Path) -> None:
    async with receiving() as receiver:
        receiver.status = 503
        plates = plate_options(
            "hikvision-push", listen=f"127.0.0.1:{receiver.port}", secret_file=secret_file(tmp_path)
        )
        device = camera_gate(plates=plates, camera=camera_options(tmp_path))
        async with hosting(device) as (host, _):
            host.happen("garage", "vehicle-arrives")
            await until(host, lambda: len(receiver.bodies) == 2)
            receiver.status = 200
            await until(host, lambda: host.inspect("garage")["records_kept"] == 0)
        bodies = [body for _, body, _ in receiver.bodies]
        assert [field(body, "activePostCount")[0] for body in bodies] == ["1", "2", "3"]
        assert len({field(body, "UUID")[0] for body in bodies}) == 1
        assert {kind for _, _, kind in receiver.bodies} == {"multipart/form-data"}
        assert all(b'name="' + name + b'"' in body for body in bodies for name in NAMES)


@pytest.mark.parametrize(("mode", "held"), [("lock", True), ("unlock", False)])
async def test_a_locked_barrier_stays_open(called: Bench, mode: str, held: bool) -> None:
    host, curl = called
    body = f"<BarrierGate><ctrlMode>{mode}</ctrlMode></BarrierGate>"
    assert await curl.status(BARRIER, "-X", "PUT", "-d", body) == 200
    assert host.inspect("garage")["hold_open"] is held
