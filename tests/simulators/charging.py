"""What a pretend post is tested against: a server of its protocol that answers as it is told."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from types import ModuleType
from typing import Any

from simulators.charger.family import ChargingPoint, Options, create
from simulators.clock import VirtualClock
from simulators.ports import Ports
from tests.waiting import eventually

STEP_S = 0.1


class Server:
    """Takes the posts of one protocol; `replies` gives what to answer, None for nothing."""

    def __init__(self, protocol: ModuleType, replies: Callable[[Any], Any | None]) -> None:
        self.heard: list[Any] = []
        self.skipped: list[int] = []
        self.calls = 0
        self.replies = replies
        self._protocol = protocol
        self._writer: asyncio.StreamWriter | None = None

    def say(self, frame: Any) -> None:
        assert self._writer is not None
        self._writer.write(frame.encode())

    def of(self, kind: int) -> list[Any]:
        """Return the frames of one kind, which DNY calls a command."""
        name = "command" if "command" in self._protocol.Frame._fields else "kind"
        return [frame for frame in self.heard if getattr(frame, name) == kind]

    async def next(self, kind: int, *, after: int = 0, within_s: float = 30.0) -> Any:
        """Wait for the frame of this kind that comes after the first `after`."""
        await eventually(lambda: len(self.of(kind)) > after, within_s)
        return self.of(kind)[after]

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.calls += 1
        self._writer = writer
        deframer = self._protocol.Deframer()
        try:
            while data := await reader.read(4096):
                for frame in deframer.feed(data):
                    self.heard.append(frame)
                    reply = self.replies(frame)
                    if reply is not None:
                        writer.write(reply.encode())
        except ConnectionError:
            pass
        finally:
            self.skipped.append(deframer.skipped)
            writer.close()


class Bench:
    """The connectors of one post on the bench, in a time of their own, and the server that it called."""

    def __init__(self, server: Server, points: list[ChargingPoint], clock: VirtualClock) -> None:
        self.server = server
        self.points = points
        self._clock = clock

    def pass_time(self, seconds: float) -> None:
        for _ in range(round(seconds / STEP_S)):
            self._clock.advance(STEP_S)
            for point in self.points:
                point.step(STEP_S)


@asynccontextmanager
async def bench(
    server: Server, wires: str, count: int, *, within_s: float = 30.0, **options: Any
) -> AsyncIterator[Bench]:
    """Let a post with `count` connectors call the server at the address `wires.format(port, connector)`."""
    listening = await asyncio.start_server(server.take, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    ports, clock = Ports(), VirtualClock()
    points = [
        create(f"point-{number}", Options(wire=wires.format(port=port, connector=number), **options), clock)
        for number in range(1, count + 1)
    ]
    for point in points:
        await point.serve(ports)
    try:
        await eventually(lambda: points[0].post.connected, within_s)
        yield Bench(server, points, clock)
    finally:
        await ports.close()
        await eventually(lambda: len(server.skipped) == server.calls)
        listening.close()
        await listening.wait_closed()


def pieces(wire: bytes, size: int) -> Iterator[bytes]:
    """Cut what goes over a wire."""
    return (wire[at : at + size] for at in range(0, len(wire), size))
