"""Our driver and GStreamer's RTSP server, which we did not write: streams, accounts, deaths, pictures."""

import io
from pathlib import Path

import av
import pytest

from contract.errors import DeviceError
from drivers.runtime.credentials import CredentialsRefused
from tests.drivers.camera.bare import account, becomes, driven
from tests.drivers.camera.gstreamer import gstreamer
from tests.drivers.camera.recordings import opened
from tests.waiting import eventually

LIVELY = "smpte"  # a part of it is noise


@pytest.mark.parametrize("transport", ["tcp", "udp"])
async def test_it_streams_and_gives_snapshots_and_clips(transport: str) -> None:
    async with gstreamer() as server:
        url = await server.serve("yard", LIVELY)
        async with driven(url, transport=transport, learn_s=1) as (driver, port):
            await becomes(port, "ok")
            assert (port.properties["codec"], port.properties["width"]) == ("h264", 640)
            await driver.perform("snapshot", {}, port)
            await driver.perform("clip", {"before_s": 2, "after_s": 1}, port)
        assert port.types() == ["snapshot-taken", "clip-cut"]
        with av.open(io.BytesIO(port.events[0][2][0])) as jpeg:
            assert next(jpeg.decode(video=0)).width == 640
        _, length_s, shown = opened(port.events[1][2][0])
        assert 2.5 <= length_s <= 5
        assert len(shown) >= 2.5 * 15
        assert port.events[1][1]["complete"] is True


async def test_it_comes_in_by_digest(tmp_path: Path) -> None:
    password = "a:b/c@d?e#f %41ü"
    async with gstreamer("guard", password) as server:
        url = await server.serve("yard", LIVELY)
        async with driven(url, credentials_file=account(tmp_path, "guard", password)) as (_, port):
            await eventually(lambda: port.is_ready)


async def test_a_wrong_password_is_said_and_another_is_tried(tmp_path: Path) -> None:
    async with gstreamer("guard", "right") as server:
        url = await server.serve("yard", LIVELY)
        file = account(tmp_path, "guard", "wr0ng-secret")
        async with driven(url, credentials_file=file) as (_, port):
            await eventually(lambda: port.ended)
            assert isinstance(port.ended[0], CredentialsRefused)
            assert str(port.ended[0]) == "credentials refused"
            assert port.properties["picture"] == "no-signal"
            account(tmp_path, "guard", "right")
            await eventually(lambda: port.is_ready)
        assert len(port.ended) == 1
        assert "wr0ng-secret" not in port.said()


async def test_a_stream_that_does_not_exist_is_said() -> None:
    async with gstreamer() as server:
        await server.serve("yard", LIVELY)
        async with driven(server.url("cellar")) as (_, port):
            await eventually(lambda: port.ended)
            ended = port.ended[0]
            assert isinstance(ended, DeviceError)
            assert ended.code == "no-such-stream"


async def test_a_killed_server_is_known_at_once_and_found_again() -> None:
    async with gstreamer() as server:
        url = await server.serve("yard", LIVELY)
        async with driven(url, learn_s=1) as (_, port):
            await becomes(port, "ok")
            await server.kill()
            await eventually(lambda: port.properties["picture"] == "no-signal")
            assert port.events[-1][:2] == ("hemei.camera.signal-lost", {"cause": "no-signal"})
            assert port.events[-1][2], "with the last picture"
            async with gstreamer(port=server.port) as again:
                await again.serve("yard", LIVELY)
                await becomes(port, "ok", 20)
                assert port.types() == ["signal-lost", "signal-restored"]


async def test_a_frozen_server_is_known_within_ten_seconds_and_so_is_its_end() -> None:
    async with gstreamer() as server:
        url = await server.serve("yard", LIVELY)
        async with driven(url, learn_s=1, timeout_s=4) as (_, port):
            await becomes(port, "ok")
            server.freeze()
            await eventually(lambda: port.properties["picture"] == "stalled")
            await eventually(lambda: port.properties["picture"] == "no-signal")
            server.thaw()
            await becomes(port, "ok", 25)
    assert port.types() == ["signal-lost", "signal-restored"]


@pytest.mark.parametrize(("pattern", "state"), [("black", "black"), ("checkers-8", "frozen")])
async def test_pictures_that_show_nothing(pattern: str, state: str) -> None:
    async with gstreamer() as server, driven(await server.serve("yard", pattern), learn_s=1) as (_, port):
        await eventually(lambda: port.is_ready)
        await becomes(port, state, 10)
    assert port.types() == [f"picture-{state}"]
    assert port.events[0][2], "with a snapshot"
