"""Pretend cameras met by readers that we did not write: FFmpeg (PyAV), OpenCV and GStreamer."""

import asyncio
import itertools
import os
import random
import struct
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import pytest
import pytest_asyncio
from av.video.frame import VideoFrame
from hypothesis import given, settings
from hypothesis import strategies as st

from simulators.camera.loops import Shot
from simulators.camera.stream import Viewer
from simulators.clock import VirtualClock
from simulators.errors import BadOptions, UnknownName, WireUnavailable
from simulators.host import Host
from tests.peers import require_program
from tests.simulators.cameras import PASSWORD, USER, calling, camera, credentials, with_account
from tests.simulators.wiring import hosting
from tests.waiting import eventually

PATIENCE_S = 45

Bench = tuple[Host, str]


@pytest_asyncio.fixture
async def bench() -> AsyncIterator[Bench]:
    async with hosting(camera()) as (host, wires):
        yield host, wires["camera/lane-east"]


def watch(url: str, count: int, transport: str = "tcp") -> list[VideoFrame]:
    """Let FFmpeg read and decode `count` pictures."""
    options = {"rtsp_transport": transport, "fpsprobesize": "0"}
    with av.open(url, options=options, timeout=PATIENCE_S) as container:
        return list(itertools.islice(container.decode(video=0), count))


class Watcher:
    """FFmpeg reading in a thread: what it saw last, how often the same, how much it could not decode."""

    def __init__(self, url: str) -> None:
        self._url = url
        self.last: VideoFrame | None = None
        self.same = self.garbled = 0
        self.ended = False
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def _run(self) -> None:
        before: Any = None
        try:
            options = {"rtsp_transport": "tcp", "fpsprobesize": "0"}
            with av.open(self._url, options=options, timeout=PATIENCE_S) as container:
                for packet in container.demux(video=0):
                    if self._stop.is_set():
                        return
                    try:
                        frames = packet.decode()
                    except av.FFmpegError:
                        self.garbled += 1
                        continue
                    for frame in frames:
                        pixels = frame.to_ndarray(format="gray")
                        self.same = (
                            self.same + 1 if before is not None and np.array_equal(before, pixels) else 0
                        )
                        before, self.last = pixels, frame
        except av.FFmpegError:
            pass  # how FFmpeg calls the end does not matter
        finally:
            self.ended = True

    @property
    def brightness(self) -> float:
        return float(self.last.to_ndarray(format="gray")[30:].mean()) if self.last else -1.0


@contextmanager
def watching(url: str) -> Iterator[Watcher]:
    watcher = Watcher(url)
    watcher._thread.start()
    try:
        yield watcher
    finally:
        watcher._stop.set()


@pytest.mark.parametrize("transport", ["tcp", "udp"])
async def test_ffmpeg_plays_with_digest(transport: str, tmp_path: Path) -> None:
    async with hosting(camera(credentials_file=credentials(tmp_path), fps=20)) as (host, wires):
        url = wires["camera/lane-east"]
        pictures = await asyncio.to_thread(watch, with_account(url), 25, transport)
        assert "@" not in url
        assert host.inspect("lane-east")["packets"]
        await eventually(lambda: host.inspect("lane-east")["connections"] == 0)
    assert {(each.width, each.height) for each in pictures} == {(320, 180)}
    times = [float(each.pts * each.time_base) for each in pictures if each.pts is not None and each.time_base]
    steps = [after - before for before, after in itertools.pairwise(times)]
    assert steps == pytest.approx([1 / 20] * len(steps))
    one, other = (each.to_ndarray(format="gray") for each in pictures[-2:])
    assert np.any(one != other)


async def test_ffmpeg_plays_with_basic(tmp_path: Path) -> None:
    options = {"credentials_file": credentials(tmp_path), "authentication": "basic"}
    async with hosting(camera(**options)) as (_, wires):
        assert await asyncio.to_thread(watch, with_account(wires["camera/lane-east"]), 2)


async def test_a_wrong_password_and_none_at_all_are_refused(tmp_path: Path) -> None:
    async with hosting(camera(credentials_file=credentials(tmp_path))) as (host, wires):
        url = wires["camera/lane-east"]
        for wrong in (url, with_account(url, "other")):
            with pytest.raises(av.HTTPUnauthorizedError):
                await asyncio.to_thread(watch, wrong, 1)
        host.fault("lane-east", "wrong-password")
        with pytest.raises(av.HTTPUnauthorizedError):
            await asyncio.to_thread(watch, with_account(url), 1)
        host.fault("lane-east", "none")
        assert await asyncio.to_thread(watch, with_account(url), 1)


async def test_opencv_plays_with_digest(tmp_path: Path) -> None:
    async with hosting(camera(credentials_file=credentials(tmp_path), fps=25)) as (_, wires):
        shape = await asyncio.to_thread(_opencv, with_account(wires["camera/lane-east"]))
    assert shape == (180, 320, 3)


def _opencv(url: str) -> tuple[int, ...] | None:
    limits = [cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, 15000, cv2.CAP_PROP_READ_TIMEOUT_MSEC, 15000]
    capture = cv2.VideoCapture(url, cv2.CAP_FFMPEG, limits)
    try:
        known, picture = capture.read()
        return picture.shape if known and picture is not None else None
    finally:
        capture.release()


@pytest.mark.parametrize("transport", ["tcp", "udp"])
async def test_gstreamer_plays_with_digest(transport: str, tmp_path: Path) -> None:
    """The film decides, not GStreamer's exit code.

    When the film is over, gst-launch sends PAUSE and at once cancels it by CLOSE; GStreamer 1.22 takes that
    for a lost connection, depending on which of its threads is first.
    """
    program = require_program("gst-launch-1.0", "gstreamer1.0-tools gstreamer1.0-plugins-good")
    film = tmp_path / "film.h264"
    async with hosting(camera(credentials_file=credentials(tmp_path), fps=20)) as (_, wires):
        process = await asyncio.create_subprocess_exec(
            *(program, "-q", "rtspsrc", f"location={wires['camera/lane-east']}", f"protocols={transport}"),
            *(f"user-id={USER}", f"user-pw={PASSWORD}", "latency=50", "!", "rtph264depay", "!"),
            *("video/x-h264,stream-format=byte-stream,alignment=au", "!", "identity", "eos-after=20", "!"),
            *("filesink", f"location={film}"),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            env={**os.environ, "GST_REGISTRY": str(tmp_path / "registry")},
        )
        said, _ = await asyncio.wait_for(process.communicate(), 60)
    assert film.stat().st_size, said.decode()
    with av.open(str(film), format="h264") as container:
        assert sum(1 for _ in container.decode(video=0)) >= 15


async def test_every_fault_of_the_picture_and_of_the_wire_comes_and_goes(bench: Bench) -> None:
    host, url = bench
    with watching(url) as watcher:
        await eventually(lambda: watcher.brightness > 60, PATIENCE_S)
        host.fault("lane-east", "black")
        await eventually(lambda: watcher.brightness < 25, PATIENCE_S)  # black is 16 in video
        host.fault("lane-east", "freeze")
        await eventually(lambda: watcher.brightness > 60 and watcher.same > 5, PATIENCE_S)
        host.fault("lane-east", "garbage")
        await eventually(lambda: watcher.garbled > 2, PATIENCE_S)
        host.fault("lane-east", "none")
        await eventually(lambda: watcher.brightness > 60 and watcher.same == 0, PATIENCE_S)
        host.fault("lane-east", "power-loss")
        await eventually(lambda: watcher.ended, PATIENCE_S)
    with pytest.raises(av.FFmpegError):
        await asyncio.to_thread(watch, url, 1)
    host.fault("lane-east", "none")
    assert await asyncio.to_thread(watch, url, 1)


async def test_a_stalled_camera_keeps_its_connections_and_sends_nothing(bench: Bench) -> None:
    host, url = bench
    async with calling(url) as caller:
        await caller.play()
        await caller.packet()
        host.fault("lane-east", "stall")
        assert (await caller.ask("GET_PARAMETER")).status == 200
        caller.packets.clear()
        assert (await caller.ask("GET_PARAMETER")).status == 200
        assert caller.packets == []
        truth = host.inspect("lane-east")
        assert (truth["viewers"], truth["connections"]) == (1, 1)
        host.fault("lane-east", "none")
        await caller.packet()


async def test_a_slow_camera_sends_a_picture_a_second(bench: Bench) -> None:
    host, url = bench
    host.fault("lane-east", "slow")
    times: set[int] = set()
    async with calling(url) as caller:
        await caller.play()
        while len(times) < 3:
            channel, packet = await caller.packet()
            if channel == 0:
                times.add(int.from_bytes(packet[4:8]))
    assert {after - before for before, after in itertools.pairwise(sorted(times))} == {90_000}


async def test_the_numbers_of_the_packets_are_those_of_the_standard(bench: Bench) -> None:
    """Sequence numbers without a gap, 90 kHz timestamps, a marker at each picture's end, reports that fit."""
    _, url = bench
    rtp: list[tuple[int, int, bool]] = []
    reports = []
    async with calling(url) as caller:
        told = await caller.play()
        while len(rtp) < 40:
            channel, packet = await caller.packet()
            if channel == 0:
                second, sequence, timestamp = struct.unpack("!xBHI", packet[:8])
                rtp.append((sequence, timestamp, second >= 0x80))
            else:
                reports.append(struct.unpack("!IIIII", packet[8:28]))
    first = dict(each.split("=", 1) for each in told.headers["rtp-info"].split(";"))
    assert (int(first["seq"]), int(first["rtptime"])) == rtp[0][:2]
    assert [sequence for sequence, _, _ in rtp] == [(rtp[0][0] + number) & 0xFFFF for number in range(40)]
    for before, after in itertools.pairwise(rtp):
        assert after[1] - before[1] == (9000 if before[2] else 0)
    seconds, _, timestamp, packets, octets = reports[0]
    assert seconds == int(VirtualClock().now_s()) + 2_208_988_800
    assert (timestamp, packets > 0, octets > 100) == (rtp[0][1], True, True)


async def test_who_comes_later_begins_with_the_last_key_picture(bench: Bench) -> None:
    host, url = bench
    async with calling(url) as first, calling(url) as second:
        await first.play()
        await eventually(lambda: int(str(host.inspect("lane-east")["pictures"])) % 10 >= 3, PATIENCE_S)
        await second.play()
        channel, packet = await second.packet()
        assert (channel, packet[12] & 0x1F) == (0, 7), "parameter sets, then the key picture"


class Narrow:
    """A line that takes a few pictures, then none for a while."""

    def __init__(self, free: list[bool]) -> None:
        self.free, self.packets = free, list[bytes]()

    def send(self, packets: list[bytes]) -> bool:
        takes = self.free.pop(0)
        self.packets += packets if takes else []
        return takes

    def report(self, packet: bytes) -> None:
        raise NotImplementedError

    abort = report


def test_a_viewer_who_is_too_slow_goes_on_with_a_key_picture_and_without_a_gap() -> None:
    line = Narrow([True, True, False, True, True])
    viewer = Viewer(line, random.Random(1))  # noqa: S311 - numbers of pretend packets
    shots = [
        Shot((b"\x65" if key else b"\x61",), key) for key in (False, True, False, False, False, True, False)
    ]
    for number, shot in enumerate(shots):
        viewer.send(shot, viewer.timestamp(number, 10), None)
    assert [packet[12] for packet in line.packets] == [0x65, 0x61, 0x65, 0x61]
    numbers = [int.from_bytes(packet[2:4]) for packet in line.packets]
    assert numbers == list(range(numbers[0], numbers[0] + 4))
    assert (viewer.packets, viewer.skipped) == (4, 2)


async def test_requests_out_of_place_are_answered(bench: Bench) -> None:
    _, url = bench
    async with calling(url) as caller:
        assert "DESCRIBE" in (await caller.ask("OPTIONS")).headers["public"]
        assert (await caller.ask("DESCRIBE", url + "-none")).status == 404
        assert (await caller.ask("RECORD")).status == 405
        assert (await caller.ask("PLAY", Session="1")).status == 454
        assert (await caller.ask("SETUP", Transport="RTP/AVP;multicast")).status == 461
        told = await caller.play()
        assert (await caller.ask("SETUP", Transport="RTP/AVP/TCP;interleaved=0-1")).status == 455
        session = told.headers["session"].split(";")[0]
        assert (await caller.ask("PAUSE", Session=session)).status == 200
        assert (await caller.ask("TEARDOWN", Session="other")).status == 454
        assert (await caller.ask("TEARDOWN", Session=session)).status == 200


async def test_cameras_share_a_port_each_under_its_own_name(bench: Bench) -> None:
    port = bench[1].split(":")[2].split("/")[0]
    with pytest.raises(WireUnavailable, match="cannot open rtsp"):
        async with hosting(camera(wire=f"rtsp://127.0.0.1:{port}/other")):
            pass
    async with hosting(camera("a")) as (_, wires):
        at = wires["camera/a"].removesuffix("/a")
    async with hosting(camera("a", wire=f"{at}/a"), camera("b", wire=f"{at}/b", scene="garage")) as (
        host,
        wires,
    ):
        host.fault("a", "power-loss")
        assert await asyncio.to_thread(watch, wires["camera/b"], 1)
        with pytest.raises(av.FFmpegError):
            await asyncio.to_thread(watch, wires["camera/a"], 1)
    with pytest.raises(BadOptions, match="two cameras have this name"):
        async with hosting(camera("a", wire=f"{at}/a"), camera("b", wire=f"{at}/a")):
            pass


async def test_a_port_without_any_power_takes_nobody(bench: Bench) -> None:
    host, url = bench
    host.fault("lane-east", "power-loss")
    async with calling(url) as caller:
        with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
            await caller.ask("OPTIONS")


@pytest.mark.parametrize(
    "wire",
    ["rtsp://127.0.0.1:0", "rtsp://127.0.0.1/a", "http://127.0.0.1:0/a", "rtsp://u:secret@127.0.0.1:0/a"],
)
async def test_a_wire_that_is_none_is_refused_and_no_password_shown(wire: str) -> None:
    with pytest.raises(BadOptions) as caught:
        async with hosting(camera(wire=wire)):
            pass
    assert "secret" not in str(caught.value)


async def test_unknown_faults_and_happenings_say_what_there_is(bench: Bench) -> None:
    host, _ = bench
    with pytest.raises(UnknownName, match="defocus"):
        host.fault("lane-east", "haunted")
    with pytest.raises(UnknownName, match="object-falls"):
        host.happen("lane-east", "picnic")


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.one_of(st.binary(max_size=40), st.sampled_from(["OPTIONS * RTSP/1.0\r\n", "\r\n", "$\0\0\1"]))
    )
)
def test_the_server_outlives_any_bytes(pieces: list[bytes | str]) -> None:
    async def talk() -> list[object]:
        wrong: list[object] = []
        asyncio.get_running_loop().set_exception_handler(lambda _, context: wrong.append(context))
        async with hosting(camera()) as (_, wires):
            async with calling(wires["camera/lane-east"]) as caller:
                for piece in pieces:
                    caller.writer.write(piece if isinstance(piece, bytes) else piece.encode())
                caller.writer.write_eof()
                await caller.reader.read()
            async with calling(wires["camera/lane-east"]) as caller:
                assert (await caller.ask("OPTIONS")).status == 200
        return wrong

    assert asyncio.run(talk()) == []
