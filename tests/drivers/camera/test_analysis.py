"""The place for analytics: frames out, detections in, and what an analyser does wrong harms no picture."""

import os
import sys

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.errors import DeviceError
from drivers.camera.analysis.process import command
from drivers.camera.analysis.words import read
from drivers.camera.driver import CameraDriver
from tests.drivers.camera.bare import Written, driven
from tests.drivers.camera.canned import Canned
from tests.drivers.stage import Hurried
from tests.waiting import eventually

MODULE = "tests.drivers.camera.analyser"


def analyser(mode: str) -> str:
    """Write the command line of the test's analyser."""
    return f"{sys.executable} -m {MODULE} {mode}"


def answered(driver: CameraDriver) -> int:
    return driver._analysis.answered if driver._analysis else 0


async def test_frames_go_out_and_detections_come_back() -> None:
    async with Canned(fps=30) as server, driven(server.url, analyser=MODULE) as (driver, port):
        await eventually(lambda: answered(driver) > 5, 30)
        assert port.properties["analyser"] == "running"
    ((type, data, media),) = port.events
    assert type == "hemei.camera.object-detected"
    assert data["label"] == "brightness"
    assert 0 < data["score"] < 1
    assert media[0].startswith(b"\xff\xd8")


async def test_a_falling_object_is_reported_at_once_and_its_clip_follows() -> None:
    async with Canned(fps=30) as server, driven(server.url, analyser=analyser("falls")) as (_, port):
        await eventually(lambda: len(port.events) == 2, 40)
    (falling, source, _), (clip, cut, _) = port.events
    assert (falling, source) == ("hemei.camera.object-falling", {"source": "analyser"})
    assert (clip, cut["cause"]) == ("hemei.camera.clip-cut", "object-falling")


@pytest.mark.parametrize("mode", ["hang", "die", "rave"])
async def test_one_that_hangs_dies_or_raves_is_started_again(mode: str) -> None:
    port = Written(Hurried(20))
    limits = {"timeout_s": 9, "stalled_s": 9}
    async with Canned() as server, driven(server.url, port, analyser=analyser(mode), **limits) as (driver, _):
        await eventually(lambda: driver._analysis is not None and driver._analysis.restarts >= 2, 30)
        assert port.is_ready
        assert port.nonsense
    assert not [each for each in port.ended if not isinstance(each, DeviceError)]


async def test_one_that_cannot_be_started_is_said() -> None:
    async with Canned() as server, driven(server.url, analyser="/no/such/program") as (_, port):
        await eventually(lambda: port.nonsense)
        await eventually(lambda: port.is_ready)
        assert port.properties["analyser"] == "failed"


async def test_it_ends_with_its_camera() -> None:
    async with Canned() as server:
        async with driven(server.url, analyser=analyser("")) as (driver, _):
            await eventually(lambda: answered(driver) > 0, 30)
            children = _children()
            assert children
        assert not _children() & children


def _children() -> set[int]:
    import psutil

    return {
        each.pid for each in psutil.Process(os.getpid()).children(recursive=True) if MODULE in each.cmdline()
    }


def test_a_module_or_a_command() -> None:
    assert command("a.b_c") == [sys.executable, "-m", "a.b_c"]
    assert command("/opt/fall --fast 'a b'") == ["/opt/fall", "--fast", "a b"]


def test_an_answer_is_read() -> None:
    line = b'{"number":3,"detections":[{"label":"falling-object","score":0.5,"box":[0,0.1,0.2,1]}]}'
    (found,) = read(line, 3)
    assert (found.label, found.score, found.box) == ("falling-object", 0.5, (0, 0.1, 0.2, 1))
    with pytest.raises(DeviceError):
        read(line, 4)


@given(
    st.one_of(st.binary(max_size=200), st.from_type(dict).map(lambda each: msgspec.json.encode(str(each))))
)
def test_nonsense_is_the_analysers_error(line: bytes) -> None:
    with pytest.raises(DeviceError):
        read(line, 1)
