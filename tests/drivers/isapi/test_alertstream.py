"""The event channel behind a real Apache with mod_auth_digest; what is said on it are golden vectors."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing

import pytest
import pytest_asyncio
from hypothesis import given, settings
from hypothesis import strategies as st

from contract.clock import ManualClock
from contract.errors import DeviceError, DeviceUnreachable
from drivers.isapi.alertstream import LOOK_S, PATH, SILENCE_S, is_whole, pushes
from drivers.isapi.client import IsapiClient
from drivers.isapi.parts import LONGEST_BODY, Part
from drivers.isapi.push import PICTURE_WAIT_S, Push
from drivers.runtime.credentials import CredentialsRefused
from tests.broker import HOST
from tests.drivers.isapi.apache import US, Apache
from tests.drivers.isapi.shapes import HEARTBEAT, JSON, MOTION, PASS, PLATE, SCENE, anpr, mixed
from tests.drivers.isapi.upstream import Upstream, upstream
from tests.waiting import eventually


@pytest_asyncio.fixture
async def behind() -> AsyncIterator[Upstream]:
    async with upstream() as server:
        yield server


class Listener:
    """Listens until the channel ends."""

    def __init__(self, client: IsapiClient) -> None:
        self.heard: list[Push] = []
        self.malformed: list[str] = []
        self.ended: DeviceError | None = None
        self.task = asyncio.create_task(self._listen(client))

    async def _listen(self, client: IsapiClient) -> None:
        try:
            async with aclosing(pushes(client, self.malformed.append)) as said:
                async for push in said:
                    self.heard.append(push)
        except DeviceError as error:
            self.ended = error

    @property
    def events(self) -> list[tuple[str, int]]:
        """What was heard: kind of event, and number of pictures."""
        return [(push.event, len(push.pictures)) for push in self.heard]


async def test_documents_come_with_the_pictures_that_follow_them(behind: Upstream) -> None:
    clock = ManualClock()
    end = behind.stream(
        mixed(HEARTBEAT),
        mixed(anpr()) + mixed(SCENE, "image/jpeg") + mixed(PLATE, "image/jpeg"),
        mixed(PASS, "application/json"),
        mixed(JSON, "application/json") + mixed(SCENE, "image/jpeg"),
        mixed(MOTION),
    )
    async with Apache(behind.url) as apache:
        listener = Listener(IsapiClient(apache.url, US, clock))
        await eventually(lambda: len(listener.heard) == 4)
        clock.advance(PICTURE_WAIT_S)  # of motion nobody said whether pictures follow
        await eventually(lambda: len(listener.heard) == 5)
        assert listener.events == [
            ("videoloss", 0),
            ("anpr", 2),
            ("accesscontrollerevent", 0),
            ("anpr", 1),
            ("vmd", 0),
        ]
        assert [each.jpeg for each in listener.heard[1].pictures] == [SCENE, PLATE]
        assert [push.active for push in listener.heard] == [False, True, True, True, True]
        end.set()
        await listener.task
    assert type(listener.ended) is DeviceUnreachable
    assert listener.malformed == []
    assert [(each.method, each.path) for each in behind.asked] == [("GET", PATH)]


async def test_a_channel_that_ends_loses_nothing_that_it_said(behind: Upstream) -> None:
    end = behind.stream(mixed(anpr()) + mixed(SCENE, "image/jpeg"), b"--boundary\r\nContent-Ty")
    end.set()
    async with Apache(behind.url) as apache:
        listener = Listener(IsapiClient(apache.url, US, ManualClock()))
        await listener.task
    assert listener.events == [("anpr", 1)]
    assert isinstance(listener.ended, DeviceUnreachable)


async def test_silence_is_death_and_heartbeats_are_life(behind: Upstream) -> None:
    clock = ManualClock()
    behind.stream(mixed(HEARTBEAT))
    listener = Listener(IsapiClient(behind.url, None, clock))
    await eventually(lambda: listener.heard)
    clock.advance(SILENCE_S - 1)
    await asyncio.sleep(2 * LOOK_S)  # two looks at the clock: nothing to await, for nothing happens
    assert listener.ended is None
    clock.advance(1)
    await listener.task
    assert "silent for 30 s" in str(listener.ended)


async def test_nonsense_is_counted_and_what_follows_is_heard(behind: Upstream) -> None:
    bomb = b'<!DOCTYPE a [<!ENTITY b "ha">]><EventNotificationAlert>&b;</EventNotificationAlert>'
    end = behind.stream(mixed(bomb), b"garbage\r\n", mixed(b"{]", "application/json"), mixed(HEARTBEAT))
    listener = Listener(IsapiClient(behind.url, None, ManualClock()))
    await eventually(lambda: listener.heard)
    end.set()
    await listener.task
    assert listener.events == [("videoloss", 0)]
    assert len(listener.malformed) == 3
    assert "DTDForbidden" in listener.malformed[0]


async def test_a_picture_without_a_document_is_left_out(behind: Upstream) -> None:
    end = behind.stream(
        mixed(SCENE, "image/jpeg"), mixed(b"\r\n"), mixed(HEARTBEAT), mixed(SCENE, "image/jpeg")
    )
    listener = Listener(IsapiClient(behind.url, None, ManualClock()))
    await eventually(lambda: listener.heard)
    end.set()
    await listener.task
    assert (listener.events, listener.malformed) == ([("videoloss", 0)], [])


@pytest.mark.parametrize(
    ("status", "kind", "error"),
    [
        (404, "text/html", DeviceError),
        (200, "text/html", DeviceError),
        (403, "multipart/mixed", DeviceError),
        (401, "text/html", CredentialsRefused),
    ],
)
async def test_what_is_no_channel_is_said_so(
    behind: Upstream, status: int, kind: str, error: type[DeviceError]
) -> None:
    behind.say(b"", status=status, kind=kind)
    listener = Listener(IsapiClient(behind.url, None, ManualClock()))
    await listener.task
    assert isinstance(listener.ended, error)
    assert not isinstance(listener.ended, DeviceUnreachable)


async def test_a_channel_that_does_not_answer_is_given_up(behind: Upstream) -> None:
    clock = ManualClock()
    behind.hang()
    listener = Listener(IsapiClient(behind.url, None, clock))
    await eventually(lambda: behind.asked)
    clock.advance(10)
    await listener.task
    assert isinstance(listener.ended, DeviceUnreachable)


def test_a_message_without_a_length_is_whole_at_its_end() -> None:
    assert is_whole(Part("application/xml", HEARTBEAT + b"\r\n"))
    assert is_whole(Part("", HEARTBEAT.replace(b"EventNotificationAlert", b"h:EventNotificationAlert")))
    assert is_whole(Part("application/json", JSON))
    assert not is_whole(Part("application/xml", HEARTBEAT[:-2]))
    assert not is_whole(Part("application/json", JSON[:-1]))
    assert not is_whole(Part("application/json", b"{" * 5000 + b"}"))
    assert not is_whole(Part("image/jpeg", HEARTBEAT))
    assert not is_whole(Part("application/xml", b" " * LONGEST_BODY + HEARTBEAT))


async def served(said: bytes) -> Listener:
    """Listen to what somebody says by hand, until the end."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: multipart/mixed; boundary=boundary\r\n" + said)
        writer.close()

    server = await asyncio.start_server(talk, HOST, 0)
    port = server.sockets[0].getsockname()[1]
    listener = Listener(IsapiClient(f"http://{HOST}:{port}", None, ManualClock()))
    await listener.task
    server.close()
    return listener


async def test_a_channel_that_is_cut_in_the_middle_is_dead() -> None:
    listener = await served(b"Transfer-Encoding: chunked\r\n\r\nffff\r\n" + mixed(HEARTBEAT))
    assert isinstance(listener.ended, DeviceUnreachable)
    assert "dead" in str(listener.ended)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.one_of(st.binary(max_size=60), st.sampled_from([mixed(anpr()), mixed(b"<x>"), b"--boundary"])),
        max_size=12,
    )
)
def test_any_bytes_after_the_head_are_survived(pieces: list[bytes]) -> None:
    listener = asyncio.run(served(b"\r\n" + b"".join(pieces)))
    assert isinstance(listener.ended, DeviceUnreachable)
