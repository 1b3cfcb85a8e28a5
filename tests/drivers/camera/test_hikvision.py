"""The Hikvision client against our own pretend camera, over real HTTP, and against a server that misbehaves.

No camera and no independent pretend one could be had: the words are golden vectors (`test_alert.py`), Digest
and transport are proven by curl on the pretend camera (`tests/simulators/test_camera_web.py`).
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contract.clock import Clock, ManualClock, SystemClock
from contract.errors import DeviceError, DeviceUnreachable
from drivers.camera import hikvision
from drivers.camera.alert import Region
from drivers.camera.channel import REFUSED_WAIT_S
from drivers.camera.happenings import FallingObject, VendorEvent
from drivers.isapi.alertstream import SILENCE_S
from drivers.isapi.client import IsapiClient
from drivers.runtime.credentials import Credentials, CredentialsRefused
from simulators.clock import VirtualClock
from simulators.host import Host
from tests.drivers.camera.test_alert import FALL_XML, HEARTBEAT
from tests.simulators.cameras import PASSWORD, USER, camera, credentials
from tests.simulators.wiring import hosting
from tests.waiting import eventually

ACCOUNT = Credentials(USER, PASSWORD)
EPOCH_S = VirtualClock().now_s()


@dataclass
class Listener:
    """Our client at work: what it gave, and what it complained of."""

    events: list[VendorEvent] = field(default_factory=list)
    malformed: list[str] = field(default_factory=list)
    lost: list[DeviceError] = field(default_factory=list)


@asynccontextmanager
async def listening(url: str, clock: Clock, account: Credentials | None = ACCOUNT) -> AsyncIterator[Listener]:
    listener = Listener()

    async def listen() -> None:
        channel = hikvision.events(
            url, account, clock, malformed=listener.malformed.append, lost=listener.lost.append
        )
        async with aclosing(channel) as events:
            async for event in events:
                listener.events.append(event)

    task = asyncio.create_task(listen())
    try:
        yield listener
        assert not task.done() or task.result() is None
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@asynccontextmanager
async def facade(folder: Path, form: str = "xml") -> AsyncIterator[tuple[Host, str]]:
    options = {"http": "http://127.0.0.1:0", "credentials_file": credentials(folder), "alerts": form}
    async with hosting(camera("facade", scene="facade", **options)) as (host, _):
        yield host, str(host.inspect("facade")["http"])


async def joined(host: Host, times: int = 1) -> None:
    """Wait until the client has asked for the channel and heard it begin."""
    before = int(str(host.inspect("facade")["events_sent"]))
    await eventually(
        lambda: host.step(0.1) or int(str(host.inspect("facade")["events_sent"])) >= before + times
    )


@pytest.mark.parametrize("form", ["xml", "json"])
async def test_a_fall_that_is_repeated_is_one_event_with_its_picture(form: str, tmp_path: Path) -> None:
    clock = ManualClock(datetime.fromtimestamp(EPOCH_S, UTC))
    async with facade(tmp_path, form) as (host, url), listening(url, clock) as listener:
        await joined(host)
        host.happen("facade", "object-falls")
        host.step(6)
        host.happen("facade", "person-passes")  # another event: the fall waits no longer for more pictures
        host.step(4)
        (fall,) = await eventually(lambda: listener.events)
        assert isinstance(fall, FallingObject)
        assert (fall.event, fall.channel, fall.clock_error_s) == ("objectsThrownDetection", "1", 0)
        assert fall.time == datetime.fromtimestamp(EPOCH_S, UTC)
        assert fall.regions == (Region(x=0.38, y=0.05, width=0.03, height=0.9),)
        assert [picture[:2] for picture in fall.pictures] == [b"\xff\xd8"]
        await eventually(lambda: clock.advance(0.1) or len(listener.events) > 1)
        assert [event.event for event in listener.events[1:]] == ["VMD"]
        assert (listener.malformed, listener.lost) == ([], [])


async def test_the_channel_comes_back_after_a_power_cut(tmp_path: Path) -> None:
    clock = ManualClock()
    async with facade(tmp_path) as (host, url), listening(url, clock) as listener:
        await joined(host)
        host.fault("facade", "power-loss")
        await eventually(lambda: clock.advance(0.5) or len(listener.lost) >= 2)
        assert {type(each) for each in listener.lost} == {DeviceUnreachable}
        host.fault("facade", "none")
        await eventually(
            lambda: (
                clock.advance(0.5) or host.step(0.1) or int(str(host.inspect("facade")["events_sent"])) > 1
            )
        )
        host.happen("facade", "object-falls")
        host.step(3)
        await eventually(lambda: clock.advance(0.1) or listener.events)


async def test_a_wrong_password_is_not_insisted_on_and_never_told(tmp_path: Path) -> None:
    """Cameras lock an account that is tried too often."""
    clock = ManualClock()
    async with (
        facade(tmp_path) as (_, url),
        listening(url, clock, Credentials(USER, "wrong-secret")) as listener,
    ):
        await eventually(lambda: listener.lost)
        assert isinstance(listener.lost[0], CredentialsRefused)
        assert "secret" not in f"{listener.lost[0]!r}{listener.lost[0].__context__!r}"
        clock.advance(REFUSED_WAIT_S - 1)
        await asyncio.sleep(
            0.6
        )  # two looks of the client at the clock: nothing to await, for nothing happens
        assert len(listener.lost) == 1
        clock.advance(1)
        await eventually(lambda: len(listener.lost) == 2)


Talk = Callable[[asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def server(talk: Talk) -> AsyncIterator[str]:
    """Serve HTTP by hand: `talk` writes what it likes."""

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            await talk(writer)
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    listener = await asyncio.start_server(take, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}"
    finally:
        listener.close()


OK = b"HTTP/1.1 200 OK\r\nContent-Type: multipart/mixed; boundary=boundary\r\n\r\n"


def part(body: bytes, kind: bytes = b"application/xml") -> bytes:
    return b"--boundary\r\nContent-Type: " + kind + b"\r\n\r\n" + body + b"\r\n"


async def all_of(url: str, clock: Clock, malformed: list[str]) -> tuple[list[VendorEvent], DeviceError]:
    """Listen to one session until it ends."""
    events = []
    try:
        async with aclosing(
            hikvision.session(IsapiClient(url, None, clock), malformed=malformed.append)
        ) as session:
            async for event in session:
                events.append(event)
    except DeviceError as error:
        return events, error
    raise AssertionError("a session ends with an error only")


async def test_an_event_is_not_lost_with_its_channel() -> None:
    async def talk(writer: asyncio.StreamWriter) -> None:
        writer.write(OK + part(HEARTBEAT) + part(FALL_XML))

    async with server(talk) as url:
        events, error = await all_of(url, SystemClock(), malformed := [])
    assert [type(event) for event in events] == [FallingObject]
    assert isinstance(error, DeviceUnreachable)
    assert malformed == []


async def test_nonsense_is_counted_and_what_follows_is_heard() -> None:
    async def talk(writer: asyncio.StreamWriter) -> None:
        writer.write(
            OK + part(b"<a><b></a>") + b"garbage\r\n" + part(b"{]", b"application/json") + part(FALL_XML)
        )

    async with server(talk) as url:
        events, _ = await all_of(url, SystemClock(), malformed := [])
    assert len(events) == 1
    assert len(malformed) >= 2


async def test_a_silent_channel_is_dead() -> None:
    clock, hung_up = ManualClock(), asyncio.Event()

    async def talk(writer: asyncio.StreamWriter) -> None:
        writer.write(OK + part(HEARTBEAT))
        await hung_up.wait()

    async with server(talk) as url:
        listening = asyncio.create_task(all_of(url, clock, []))
        await eventually(lambda: clock.advance(1) or listening.done())
        hung_up.set()
        _, error = await listening
    assert isinstance(error, DeviceUnreachable)
    assert f"{SILENCE_S:.0f} s" in str(error)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", DeviceError),
        (b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 0\r\n\r\n", DeviceError),
        (b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n", CredentialsRefused),
        (b"SSH-2.0-x\r\n", DeviceUnreachable),
        (b"", DeviceUnreachable),
    ],
)
async def test_what_is_no_channel_is_said_so(answer: bytes, kind: type[DeviceError]) -> None:
    async def talk(writer: asyncio.StreamWriter) -> None:
        writer.write(answer)

    async with server(talk) as url:
        events, error = await all_of(url, SystemClock(), [])
    assert events == []
    assert isinstance(error, kind)
    assert error.retryable == kind.retryable


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.one_of(st.binary(max_size=60), st.sampled_from([part(FALL_XML), part(b"<x>"), b"--boundary"]))
    )
)
def test_any_bytes_after_the_head_are_survived(pieces: list[bytes]) -> None:
    async def talk(writer: asyncio.StreamWriter) -> None:
        writer.write(OK)
        for piece in pieces:
            writer.write(piece)

    async def check() -> DeviceError:
        async with server(talk) as url:
            return (await all_of(url, SystemClock(), []))[1]

    assert isinstance(asyncio.run(check()), DeviceUnreachable)
