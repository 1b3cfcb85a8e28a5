"""The ONVIF client against our own pretend device.

No independent device can be installed; the pretend one was met by an independent client, npm onvif
(`tests/simulators/test_camera_web.py`).
"""

import asyncio
import json
import logging
import sys
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path

import pytest
import pytest_asyncio

from contract.clock import SystemClock
from contract.errors import DeviceError, DeviceUnreachable
from drivers.camera import onvif
from drivers.camera.happenings import VendorEvent
from drivers.runtime.credentials import Credentials, CredentialsRefused
from simulators.host import Host
from tests.simulators.cameras import PASSWORD, USER, camera, credentials
from tests.simulators.wiring import hosting
from tests.waiting import eventually

ACCOUNT = Credentials(USER, PASSWORD)
CLOCK = SystemClock()
"""The camera's stands in another year: its time goes into tokens, ours into events."""

SCENE_CHANGE = "tns1:VideoSource/GlobalSceneChange/ImagingService"

Bench = tuple[Host, str]


@pytest_asyncio.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    options = {"http": "http://127.0.0.1:0", "credentials_file": credentials(tmp_path)}
    async with hosting(camera(**options)) as (host, _):
        yield host, str(host.inspect("lane-east")["http"])


@pytest.mark.parametrize("profile", [None, "main", "Profile_1"])
async def test_the_stream_is_found_and_holds_no_account(bench: Bench, profile: str | None) -> None:
    host, url = bench
    found = await onvif.stream_uri(url, ACCOUNT, CLOCK, profile=profile)
    assert found == host.describe()["camera/lane-east"]["wire"]


async def test_a_profile_that_is_not_there_names_those_that_are(bench: Bench) -> None:
    with pytest.raises(DeviceError, match="it has main"):
        await onvif.stream_uri(bench[1], ACCOUNT, CLOCK, profile="sub")


@pytest.mark.parametrize("account", [None, Credentials(USER, "wrong-secret"), Credentials("other", PASSWORD)])
async def test_a_wrong_account_is_refused_and_not_told(
    bench: Bench, account: Credentials | None, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with pytest.raises(CredentialsRefused) as caught:
        await onvif.stream_uri(bench[1], account, CLOCK)
    assert "secret" not in f"{caught.value!r}{caplog.text}"
    assert PASSWORD not in f"{caught.value!r}{caplog.text}"


async def test_a_camera_that_is_not_there_is_unreachable(bench: Bench) -> None:
    host, url = bench
    host.fault("lane-east", "power-loss")
    with pytest.raises(DeviceUnreachable):
        await onvif.stream_uri(url, ACCOUNT, CLOCK)
    with pytest.raises(DeviceUnreachable):
        await onvif.stream_uri("http://127.0.0.1:1", ACCOUNT, CLOCK)


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"not XML",
        b"<a/>",
        b'<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body/></s:Envelope>',
        b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
    ],
)
async def test_nonsense_is_a_device_error(answer: bytes) -> None:
    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/soap+xml\r\nConnection: close\r\n"
        writer.write(head + b"Content-Length: %d\r\n\r\n" % len(answer) + answer)
        writer.close()

    async with await asyncio.start_server(take, "127.0.0.1", 0) as server:
        with pytest.raises(DeviceError) as caught:
            await onvif.stream_uri(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", None, CLOCK)
    assert caught.value.code in ("bad-protocol", "device-unreachable")


async def test_events_come_with_their_state_and_after_a_loss_again(bench: Bench) -> None:
    host, url = bench
    heard: list[VendorEvent] = []
    lost: list[DeviceError] = []
    malformed: list[str] = []

    async def listen() -> None:
        channel = onvif.events(url, ACCOUNT, CLOCK, malformed=malformed.append, lost=lost.append)
        async with aclosing(channel) as events:
            async for event in events:
                heard.append(event)

    host.fault("lane-east", "cover")  # lasts since before we asked
    listening = asyncio.create_task(listen())
    try:
        await eventually(lambda: heard)
        host.fault("lane-east", "none")
        await eventually(lambda: len(heard) == 2)
        host.fault("lane-east", "move")
        await eventually(lambda: len(heard) == 3)
        assert [event.event for event in heard] == [SCENE_CHANGE] * 3
        assert [event.began for event in heard] == [False, False, True]
        assert all(abs((event.time - CLOCK.now()).total_seconds()) < 60 for event in heard)
        assert heard[0].clock_error_s is not None
        assert heard[0].clock_error_s < -3600
        host.fault("lane-east", "power-loss")
        await eventually(lambda: lost)
        host.fault("lane-east", "none")
        await eventually(lambda: len(heard) > 3)
    finally:
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
    assert {type(each) for each in lost} == {DeviceUnreachable}
    assert malformed == []


async def test_the_library_is_loaded_late_and_leaves_the_log_alone() -> None:
    program = (
        "import sys, json, logging, drivers.camera.onvif as ours; "
        "before = 'zeep' in sys.modules; ours._load(); "
        "print(json.dumps([before, 'zeep' in sys.modules, len(logging.getLogger().handlers)]))"
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, stdout=asyncio.subprocess.PIPE
    )
    said, _ = await process.communicate()
    assert json.loads(said) == [False, True, 0]
