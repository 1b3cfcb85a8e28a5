"""The listener that cameras push to, played at by `curl`, and by sockets that behave badly."""

import asyncio
import logging
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from contract.clock import ManualClock
from contract.errors import DeviceUnreachable, InvalidMessage
from drivers.plates import lines
from drivers.plates.listener import MOST_AT_ONCE, PushListener, shared_listener
from drivers.plates.push import LARGEST, Guest, Push, Reply, Secret, parse_networks
from tests.broker import free_port
from tests.drivers.plates.curl import Curl
from tests.drivers.plates.desk import SECRET, Desk
from tests.waiting import eventually


class Camera:
    """A guest that writes down what it is handed, and answers `reply`, or raises it."""

    def __init__(self, desk: Desk, secret: str = SECRET, allow: tuple[str, ...] = ()) -> None:
        self.pushes: list[Push] = []
        self.reply: Reply | Exception = Reply(body=b"{}")
        self.may_go_on = asyncio.Event()
        self.may_go_on.set()
        self.guest = Guest(
            secret=Secret.of(secret),
            allow=parse_networks("allow", allow),
            handle=self._handle,
            malformed=desk.malformed,
        )

    async def _handle(self, push: Push) -> Reply:
        self.pushes.append(push)
        await self.may_go_on.wait()
        if isinstance(self.reply, Exception):
            raise self.reply
        return self.reply


@pytest.fixture
def at() -> int:
    return free_port()


@pytest.fixture
def curl(tmp_path: Path, at: int) -> Curl:
    return Curl(tmp_path, at)


@pytest_asyncio.fixture
async def listener(desk: Desk, at: int) -> PushListener:
    return shared_listener(desk.port, "127.0.0.1", at)


@pytest_asyncio.fixture
async def camera(desk: Desk, listener: PushListener) -> AsyncIterator[Camera]:
    made = Camera(desk)
    async with listener.expecting(made.guest):
        yield made


async def test_a_push_is_handed_over_whole(camera: Camera, curl: Curl) -> None:
    answered = await curl.push(b"\x00\xff" * 1000, kind="multipart/form-data; boundary=x", path="/a/b?c=1")
    assert (answered.status, answered.body) == (200, b"{}")
    push = camera.pushes[0]
    assert (push.body, push.path) == (b"\x00\xff" * 1000, "/a/b")
    assert push.content_type == "multipart/form-data; boundary=x"
    assert push.peer == "127.0.0.1"


@pytest.mark.parametrize("path", ["", "/", "/" + SECRET[:-1], "/" + SECRET + "x", "/%2e%2e/" + SECRET, "//x"])
async def test_who_knows_no_secret_path_is_told_nothing(
    camera: Camera, curl: Curl, desk: Desk, caplog: pytest.LogCaptureFixture, path: str
) -> None:
    curl.url = curl.url.removesuffix("/" + SECRET)
    with caplog.at_level(logging.DEBUG):
        answered = await curl.push(b"x", path=path)
    assert (answered.status, answered.body) == (404, b"")
    assert not camera.pushes
    assert not desk.nonsense
    assert "no camera's" in caplog.text
    assert SECRET[:-1] not in caplog.text


async def test_a_secret_is_shown_by_nothing(camera: Camera) -> None:
    assert SECRET not in repr(camera.guest)


async def test_other_methods_are_refused_and_counted(camera: Camera, curl: Curl, desk: Desk) -> None:
    assert (await curl.push(b"", "-X", "GET")).status == 405
    assert (await curl.push(b"", "-X", "DELETE")).status == 405
    assert len(desk.nonsense) == 2
    assert not camera.pushes


async def test_only_allowed_addresses_push(desk: Desk, listener: PushListener, curl: Curl) -> None:
    far, near = Camera(desk, allow=("192.0.2.0/24",)), Camera(desk, "nearby-camera-secret", ("127.0.0.1",))
    async with listener.expecting(far.guest), listener.expecting(near.guest):
        assert (await curl.push(b"{}")).status == 403
        curl.url = curl.url.replace(SECRET, "nearby-camera-secret")
        assert (await curl.push(b"{}")).status == 200
    assert (len(far.pushes), len(near.pushes), len(desk.nonsense)) == (0, 1, 1)


def test_an_address_may_be_written_as_one_of_ipv6() -> None:
    desk = Desk(ManualClock())
    guest = Camera(desk, allow=("192.0.2.0/24", "2001:db8::7")).guest
    assert guest.may_come_from("::ffff:192.0.2.9")
    assert guest.may_come_from("2001:db8::7")
    assert not guest.may_come_from("2001:db8::8")
    assert not guest.may_come_from("nowhere")


@pytest.mark.parametrize("headers", [[], ["-H", "Transfer-Encoding: chunked"], ["-H", "Expect:"]])
async def test_a_body_that_is_too_long_is_refused(
    camera: Camera, curl: Curl, desk: Desk, headers: list[str]
) -> None:
    assert (await curl.push(b"x" * LARGEST)).status == 200
    assert (await curl.push(b"x" * (LARGEST + 1), *headers)).status == 413
    assert len(camera.pushes) == len(desk.nonsense) == 1


async def test_compressed_bodies_stay_compressed(camera: Camera, curl: Curl) -> None:
    await curl.push(b"\x1f\x8b\x08", "-H", "Content-Encoding: gzip")
    assert camera.pushes[0].body == b"\x1f\x8b\x08"


async def test_what_makes_no_sense_is_answered_400(camera: Camera, curl: Curl, desk: Desk) -> None:
    camera.reply = InvalidMessage("no plate in it")
    assert (await curl.push(b"{}")).status == 400
    assert desk.nonsense == ["no plate in it"]


async def test_what_cannot_be_kept_now_is_answered_503(camera: Camera, curl: Curl, desk: Desk) -> None:
    camera.reply = DeviceUnreachable("later")
    assert (await curl.push(b"{}")).status == 503
    assert not desk.nonsense


async def test_a_bug_is_logged_and_told_to_nobody(
    camera: Camera, curl: Curl, caplog: pytest.LogCaptureFixture
) -> None:
    camera.reply = ZeroDivisionError("bug")
    answered = await curl.push(b"{}")
    assert (answered.status, answered.body) == (500, b"")
    assert "ZeroDivisionError" in caplog.text


async def test_a_camera_has_only_so_many_pushes_at_once(camera: Camera, curl: Curl, desk: Desk) -> None:
    camera.may_go_on.clear()
    pushing = [asyncio.create_task(curl.push(b"{}")) for _ in range(MOST_AT_ONCE)]
    await eventually(lambda: len(camera.pushes) == MOST_AT_ONCE)
    assert (await curl.push(b"{}")).status == 503
    camera.may_go_on.set()
    assert {(await each).status for each in pushing} == {200}
    assert (await curl.push(b"{}")).status == 200
    assert len(desk.nonsense) == 1


async def test_a_body_that_does_not_come_is_not_waited_for(at: int) -> None:
    desk = Desk(clock := ManualClock())
    camera = Camera(desk)
    async with shared_listener(desk.port, "127.0.0.1", at).expecting(camera.guest):
        reader, writer = await asyncio.open_connection("127.0.0.1", at)
        writer.write(f"POST /{SECRET} HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc".encode())
        answer = asyncio.create_task(reader.readline())
        while not answer.done():
            clock.advance(1.0)
            await asyncio.wait({answer}, timeout=0.01)
        assert b"408" in answer.result()
        writer.close()
    assert len(desk.nonsense) == 1
    await desk.aclose()


async def test_a_body_that_is_cut_off_is_counted(camera: Camera, at: int, desk: Desk) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", at)
    writer.write(f"POST /{SECRET} HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc".encode())
    await writer.drain()
    writer.close()
    await eventually(lambda: desk.nonsense)
    assert not camera.pushes


@pytest.mark.parametrize("noise", [b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", b"GET\r\n\r\n"])
async def test_what_is_no_http_is_told_rarely(
    camera: Camera, curl: Curl, at: int, caplog: pytest.LogCaptureFixture, noise: bytes
) -> None:
    for _ in range(5):
        reader, writer = await asyncio.open_connection("127.0.0.1", at)
        writer.write(noise)
        assert b"400" in await reader.readline()
        writer.close()
    assert caplog.text.count("no HTTP") == 1
    assert (await curl.push(b"{}")).status == 200


async def test_strangers_make_way_for_cameras(
    camera: Camera, curl: Curl, at: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "MOST_LINES", 8)
    known, own = await asyncio.open_connection("127.0.0.1", at)
    ask = f"POST /{SECRET} HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{{}}".encode()
    own.write(ask)
    await known.readuntil(b"\r\n\r\n{}")
    strangers = [await asyncio.open_connection("127.0.0.1", at) for _ in range(20)]
    try:
        assert (await curl.push(b"{}")).status == 200
        own.write(ask)
        assert b"200" in await known.readline()
        assert [await reader.read() for reader, _ in strangers[:12]] == [b""] * 12
    finally:
        for _, writer in [*strangers, (known, own)]:
            writer.transport.abort()


async def test_a_crowd_makes_way_for_who_comes_alone(
    camera: Camera, at: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A camera that has not spoken yet is a stranger, too; a flood comes from few addresses."""
    monkeypatch.setattr(lines, "MOST_LINES", 8)
    reader, writer = await asyncio.open_connection("127.0.0.1", at)
    crowd = [await asyncio.open_connection("127.0.0.1", at, local_addr=("127.0.0.2", 0)) for _ in range(20)]
    try:
        assert await crowd[0][0].read() == b""
        writer.write(f"POST /{SECRET} HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{{}}".encode())
        assert b"200" in await reader.readline()
    finally:
        for _, each in [*crowd, (reader, writer)]:
            each.transport.abort()


async def test_it_can_be_closed_while_a_camera_waits(desk: Desk, camera: Camera, curl: Curl) -> None:
    camera.may_go_on.clear()
    pushing = asyncio.create_task(curl.push(b"{}"))
    await eventually(lambda: camera.pushes)
    await desk.aclose()
    assert (await pushing).status == 0
