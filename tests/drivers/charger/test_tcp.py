"""The listening socket that DNY and 云快充 share: what a peer can do to it."""

import asyncio
from collections.abc import AsyncIterator, Iterable

import pytest
import pytest_asyncio

from contract.clock import ManualClock
from contract.errors import DeviceUnreachable, HemeiError
from drivers.charger.tcp.line import Line
from drivers.charger.tcp.listener import Job, Listener
from tests.drivers.charger.yard import free_port
from tests.waiting import PATIENCE_S, eventually


class Echo:
    """Sends back what comes; fails where it is told to."""

    def __init__(self, line: Line, lines: list[Line]) -> None:
        self.line = line
        lines.append(line)

    def hear(self, chunk: bytes) -> Iterable[Job]:
        return [self._send_back(chunk)] if chunk else []

    def over(self) -> None: ...

    def _send_back(self, chunk: bytes) -> Job:
        async def job() -> None:
            if chunk == b"disk full":
                raise HemeiError("nothing is kept")
            if chunk == b"bug":
                raise KeyError("bug")
            await self.line.send(chunk)

        return job


class Stage:
    def __init__(self) -> None:
        self.clock = ManualClock()
        self.lines: list[Line] = []
        self.complaints: list[str] = []
        self.port = free_port()
        self.listener = Listener(
            "127.0.0.1",
            self.port,
            lambda line: Echo(line, self.lines),
            self.clock,
            self.complaints.append,
        )

    async def call(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        count = len(self.lines)
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        await eventually(lambda: len(self.lines) > count)
        return reader, writer


@pytest_asyncio.fixture
async def stage() -> AsyncIterator[Stage]:
    stage = Stage()
    await stage.listener.open()
    await stage.listener.open()
    yield stage
    await stage.listener.aclose()
    await stage.listener.aclose()


async def test_what_goes_wrong_with_one_message_leaves_the_next_alone(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    reader, writer = await stage.call()
    for said in (b"disk full", b"bug"):
        writer.write(said)
        await writer.drain()
        await asyncio.sleep(0.02)  # so that they come apart
    writer.write(b"fine")
    assert await reader.read(100) == b"fine"
    assert "handled wrongly" in caplog.text
    writer.write_eof()
    assert await reader.read(100) == b""
    writer.close()


async def test_who_does_not_read_is_cut_off(stage: Stage) -> None:
    _, writer = await stage.call()
    line = stage.lines[0]
    sending = asyncio.create_task(line.send(bytes(16_000_000)))
    await asyncio.sleep(0.05)
    assert not sending.done()
    stage.clock.advance(11)
    with pytest.raises(DeviceUnreachable, match="does not read"):
        await sending
    with pytest.raises(DeviceUnreachable, match="not connected"):
        await line.send(b"x")
    writer.close()


async def test_too_many_connections_push_out_who_has_said_nothing(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("drivers.charger.tcp.listener.MOST_LINES", 2)
    known = await stage.call()
    stage.lines[0].known = True
    first = await stage.call()
    second = await stage.call()
    async with asyncio.timeout(PATIENCE_S):
        assert await first[0].read(1) == b""
    assert len(stage.complaints) == 1
    for reader, writer in (known, second):
        writer.write(b"here")
        assert await reader.read(100) == b"here"
        writer.close()
    first[1].close()


async def test_a_swarm_of_connections_leaves_no_more_open_than_there_may_be(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("drivers.charger.tcp.listener.MOST_LINES", 5)
    calls = [asyncio.open_connection("127.0.0.1", stage.port) for _ in range(40)]
    swarm = await asyncio.gather(*calls)
    await eventually(lambda: len(stage.lines) == 40)
    assert sum(line.open for line in stage.lines) == 5
    for _, writer in swarm:
        writer.close()
