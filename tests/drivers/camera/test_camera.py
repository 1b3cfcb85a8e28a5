"""What only cameras promise: pictures that are watched over, snapshots, clips, previews, events.

Against our own simulator; `test_gstreamer.py` has the peer that we did not write.
"""

import asyncio
import hashlib
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from contract.errors import DeviceError
from contract.messages import Event
from contract.topics import Channel, parse
from drivers.camera.driver import REFUSED_S
from simulators.camera.look import Look
from simulators.camera.server import RtspServers
from simulators.host import SimulatedDevice
from tests.drivers.benches.camera import BENCH
from tests.drivers.camera.bare import Written, account, becomes, driven
from tests.drivers.camera.gstreamer import gstreamer
from tests.drivers.camera.recordings import opened
from tests.drivers.conformance import OnStage, Stage
from tests.drivers.stage import Hurried, Pretend, pretending
from tests.waiting import eventually

SIGNAL = "hemei.camera.signal-"
"""Lost and restored: from a pretend camera on a busy machine there may come no picture for a while."""

FLAWS = {
    "stall": "stalled",
    "freeze": "frozen",
    "black": "black",
    "cover": "covered",
    "defocus": "out-of-focus",
    "move": "moved",
}


def camera(name: str = "yard", **options: Any) -> SimulatedDevice:
    """Place one pretend camera."""
    options = {"wire": f"rtsp://127.0.0.1:0/{name}", **options}
    return SimulatedDevice(kind="camera", id=name, family="camera", options=options)


@asynccontextmanager
async def watched(pretend: Pretend, name: str = "yard", **options: Any) -> AsyncIterator[Written]:
    """Drive one pretend camera until its picture is known to be fine."""
    async with driven(pretend.wires[f"camera/{name}"], learn_s=2, **options) as (_, port):
        await becomes(port, "ok", 20)
        yield port


async def test_what_is_wrong_with_a_picture_is_known_within_ten_seconds() -> None:
    async def spoil(name: str, port: Written) -> None:
        pretend.fault(f"camera/{name}", name)
        await eventually(lambda: port.properties["picture"] == FLAWS[name])
        pretend.fault(f"camera/{name}", "none")
        await becomes(port, "ok", 20)

    async with pretending(*(camera(name) for name in FLAWS)) as pretend, AsyncExitStack() as stack:
        films = pretend._ports.of(RtspServers).films  # drawn before, so that a fault shows at once
        for flaw in set(FLAWS) - {"stall"}:
            await films.get(Look(scene="courtyard", flaw=flaw))
        entering = [stack.enter_async_context(watched(pretend, name)) for name in FLAWS]
        ports = dict(zip(FLAWS, await asyncio.gather(*entering), strict=True))
        await asyncio.gather(*(spoil(name, port) for name, port in ports.items()))
    for name, port in ports.items():
        stalls = name == "stall"
        told = [each for each in port.events if each[0].startswith(SIGNAL) is stalls]
        assert len(told) == 2 or (stalls and len(told) % 2 == 0), port.types()
        wrong, restored = told[-2:]
        assert restored[0].endswith("-restored")
        assert wrong[2][0].startswith(b"\xff\xd8"), "with a snapshot"


async def test_what_happens_before_a_camera_is_no_fault() -> None:
    async with pretending(camera(scene="lane")) as pretend, watched(pretend) as port:
        for happening in ("car-passes", "person-passes", "evening", "lights-on", "night"):
            pretend.happen("camera/yard", happening)
            pictures = pretend.inspect("camera/yard")["pictures"]
            await eventually(lambda seen=pictures: pretend.inspect("camera/yard")["pictures"] > seen + 45, 30)
        assert port.properties["picture"] == "ok"
        assert [each for each in port.events if not each[0].startswith(SIGNAL)] == []


async def test_a_refused_account_is_not_tried_again_for_a_quarter_of_an_hour(tmp_path: Path) -> None:
    (tmp_path / "right").mkdir()
    right, wrong = account(tmp_path / "right", "guard", "right"), account(tmp_path, "guard", "wrong")
    clock = Hurried(300)
    async with (
        pretending(camera(credentials_file=right)) as pretend,
        driven(pretend.wires["camera/yard"], Written(clock), credentials_file=wrong) as (_, port),
    ):
        await eventually(lambda: port.ended)
        refused_at, tried = clock.monotonic(), pretend.inspect("camera/yard")["connections"]
        await eventually(lambda: clock.monotonic() > refused_at + REFUSED_S * 0.8)
        assert pretend.inspect("camera/yard")["connections"] == tried
        await eventually(lambda: len(port.ended) == 2)
        assert str(port.ended[1]) == "credentials refused"


async def test_a_camera_that_takes_the_account_back_says_so(tmp_path: Path) -> None:
    file = account(tmp_path, "guard", "right")
    async with (
        pretending(camera(credentials_file=file)) as pretend,
        watched(pretend, credentials_file=file) as port,
    ):
        pretend.fault("camera/yard", "wrong-password")
        await eventually(lambda: "credentials refused" in map(str, port.ended))
        assert port.properties["picture"] == "no-signal"


async def test_a_falling_object_that_the_camera_sees_is_reported_with_its_picture_and_a_clip() -> None:
    async with pretending(camera(scene="facade", http="http://127.0.0.1:0")) as pretend:
        http = pretend.inspect("camera/yard")["http"]
        films = pretend._ports.of(RtspServers).films  # drawn before: a busy machine draws them slowly
        for act in (None, "object-falls"):
            await films.get(Look(scene="facade", act=act))
        async with watched(pretend, hikvision=http) as port:
            pretend.happen("camera/yard", "object-falls")
            await eventually(lambda: "clip-cut" in port.types(), 40)
    assert port.types() == ["object-falling", "clip-cut"]
    said = port.events[0][1]
    assert said["source"] == "camera"
    assert 0 < said["x"] < 1
    assert 0 < said["y"] < 1
    assert port.events[0][2][0].startswith(b"\xff\xd8")
    _, length_s, _ = opened(port.events[1][2][0])
    assert length_s >= port.events[1][1]["duration_s"] > 5
    assert port.events[1][1]["cause"] == "object-falling"


async def test_a_camera_is_found_by_onvif_and_what_it_notices_is_reported() -> None:
    async with pretending(camera(http="http://127.0.0.1:0")) as pretend:
        http = pretend.inspect("camera/yard")["http"]
        options = {"onvif_events": True, "report": ("GlobalSceneChange",)}
        async with driven(None, onvif=http, learn_s=2, **options) as (_, port):
            await becomes(port, "ok", 30)
            pretend.fault("camera/yard", "move")
            await eventually(lambda: "reported" in port.types())
    (data,) = [data for type, data, _ in port.events if type == "hemei.camera.reported"]
    assert "GlobalSceneChange" in data["event"]


async def test_only_key_pictures_are_decoded_where_that_is_asked_for() -> None:
    async with pretending(camera()) as pretend:
        wire = pretend.wires["camera/yard"]
        async with driven(wire, decode="keyframes", learn_s=2) as (driver, port):
            await becomes(port, "ok", 30)
            reader = driver._session.reader if driver._session else None
            assert reader is not None
            assert reader.frames <= reader.packets / 4
            await driver.perform("snapshot", {}, port)
            pretend.fault("camera/yard", "black")
            await becomes(port, "black")


async def test_sixteen_cameras_at_five_looks_a_second_take_less_than_a_core() -> None:
    async with gstreamer() as server, AsyncExitStack() as stack:
        url = await server.serve("yard", "smpte", fps=15)
        drivers = []
        for _ in range(4):  # one after another: the server falls over its own assertion if all come at once
            driver, port = await stack.enter_async_context(driven(url))
            await eventually(lambda port=port: port.is_ready, 60)
            drivers.append(driver)
        looks = 0

        def counted() -> int:
            return sum(driver._watch.looks for driver in drivers)

        used_s, looks = time.process_time(), counted()
        await eventually(lambda: counted() - looks >= 4 * 5 * 4, 60)
        a_look_s = (time.process_time() - used_s) / (counted() - looks)
    assert a_look_s * 16 * 5 < 1


class TestOnTheBroker(OnStage):
    bench = BENCH

    async def test_a_snapshot_is_a_jpeg_that_the_event_names(self, stage: Stage) -> None:
        await stage.start()
        await stage.ear.do(BENCH.address, "snapshot")
        event = await stage.ear.hear(Event, BENCH.address, lambda each: each.type.endswith("snapshot-taken"))
        (sha256,) = event.media
        topic = f"{BENCH.address.topic(Channel.MEDIA)}/{sha256}"
        found = await eventually(lambda: [each for each in stage.ear.heard if each.topic == topic])
        assert found[0].payload.startswith(b"\xff\xd8")
        assert hashlib.sha256(found[0].payload).hexdigest() == sha256

    async def test_a_clip_reaches_back(self, stage: Stage) -> None:
        await stage.start()
        await stage.ear.property(BENCH.address, "picture", "ok")
        result = await stage.ear.do(BENCH.address, "clip", {"before_s": 1, "after_s": 1})
        assert result.status == "succeeded"
        event = await stage.ear.hear(Event, BENCH.address, lambda each: each.type.endswith("clip-cut"))
        assert event.action == result.id, "so that whoever asked knows it is theirs"
        assert event.data["duration_s"] == pytest.approx(2, abs=1.2)
        assert event.data["before_s"] >= 1

    async def test_pictures_are_shown_only_while_somebody_watches(self, stage: Stage) -> None:
        def shown() -> list[bytes]:
            topics = ((parse(each.topic), each) for each in stage.ear.heard)
            return [each.payload for topic, each in topics if topic.channel is Channel.PREVIEW]

        await stage.start()
        await stage.ear.property(BENCH.address, "picture", "ok")
        assert shown() == []
        result = await stage.ear.do(BENCH.address, "preview", {"seconds": 2})
        assert result.status == "succeeded"
        assert shown(), "success means that a picture was shown"
        await stage.ear.property(BENCH.address, "previewing", True)
        await stage.ear.property(BENCH.address, "previewing", False)
        seen = len(shown())
        assert 2 <= seen <= 8
        await stage.ear.do(BENCH.address, "snapshot")
        await stage.ear.do(BENCH.address, "snapshot")
        assert len(shown()) <= seen + 1, "one may have been on its way"

    async def test_a_view_is_learnt_anew(self, stage: Stage) -> None:
        await stage.start()
        await stage.ear.property(BENCH.address, "picture", "ok")
        stage.pretend.fault(BENCH.device, "move")
        await stage.ear.hear(Event, BENCH.address, lambda each: each.type.endswith("moved"))
        assert (await stage.ear.do(BENCH.address, "learn-view")).status == "succeeded"
        await stage.ear.property(BENCH.address, "picture", "ok")


async def test_a_stalled_camera_gives_no_snapshot() -> None:
    async with pretending(camera()) as pretend:
        wire = pretend.wires["camera/yard"]
        async with driven(wire, learn_s=1, timeout_s=4) as (driver, port):
            await becomes(port, "ok")  # on a busy machine it may have been stalled before
            pretend.fault("camera/yard", "stall")
            stalled_at = port.clock.monotonic()
            await eventually(lambda: port.properties["picture"] == "stalled")
            on_its_way_s = driver.options.stalled_s  # what was sent before has been read by then
            await eventually(lambda: port.clock.monotonic() > stalled_at + on_its_way_s)
            with pytest.raises(DeviceError):
                await driver.perform("snapshot", {}, port)
        assert "snapshot-taken" not in port.types()
