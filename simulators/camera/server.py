"""The RTSP servers of the pretend cameras: several cameras share one port, each under its own name."""

import asyncio
import contextlib
import re
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from simulators.camera.conversation import Conversation
from simulators.camera.loops import Films
from simulators.camera.stream import Stream
from simulators.camera.udp import UdpPair
from simulators.errors import BadOptions, WireUnavailable
from simulators.wire import TcpWire

_NAME = re.compile(r"[\w.-]+(/[\w.-]+)*")


@dataclass(frozen=True, slots=True)
class RtspWire:
    """One camera behind an RTSP endpoint; port 0 asks the machine for a free one."""

    endpoint: TcpWire
    name: str

    @classmethod
    def parse(cls, url: str) -> "RtspWire":
        """Read `rtsp://HOST:PORT/NAME`; credentials have no place in it."""
        endpoint = TcpWire.parse(url, "rtsp")
        parts = urlsplit(url)
        if "@" in parts.netloc:
            raise BadOptions(f"a password in the wire of {endpoint}: it belongs into credentials_file")
        name = parts.path.strip("/")
        if not _NAME.fullmatch(name) or parts.query:
            raise BadOptions(f"{url}: a name is missing, as in rtsp://127.0.0.1:8554/lane")
        return cls(endpoint, name)

    def __str__(self) -> str:
        return f"{self.endpoint}/{self.name}"


class _Server:
    """One RTSP port."""

    def __init__(self, wire: TcpWire) -> None:
        self.wire = wire
        self.streams: dict[str, Stream] = {}
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._talks: set[asyncio.Task[None]] = set()
        self._pair: UdpPair | None = None

    async def open(self) -> None:
        """Listen; WireUnavailable where that is impossible."""
        try:
            self._server = await asyncio.start_server(self._take, self.wire.host, self.wire.port)
        except OSError as error:
            raise WireUnavailable(f"cannot open {self.wire}: {error}") from error
        self.wire = replace(self.wire, port=self._server.sockets[0].getsockname()[1])

    async def close(self) -> None:
        """Stop listening and drop every connection."""
        for writer in self._writers:
            writer.transport.abort()
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()
        await asyncio.gather(*self._talks, return_exceptions=True)
        for stream in self.streams.values():
            await stream.close()
        if self._pair is not None:
            self._pair.close()

    async def udp(self) -> UdpPair:
        """Open the two UDP ports from which RTP and RTCP come, once."""
        if self._pair is None:
            self._pair = await UdpPair.open(self.wire.host)
        return self._pair

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not any(stream.manner.powered for stream in self.streams.values()):
            writer.transport.abort()
            return
        talk = asyncio.current_task()
        assert talk is not None  # noqa: S101 - asyncio runs this in a task
        self._writers.add(writer)
        self._talks.add(talk)
        with contextlib.suppress(OSError):
            await Conversation(self.streams, writer, self.udp).hold(reader)
        self._writers.discard(writer)
        self._talks.discard(talk)
        writer.transport.abort() if writer.transport.is_closing() else writer.close()


class RtspServers:
    """All RTSP servers of this process, opened as cameras are put on them, and the films that they share."""

    def __init__(self) -> None:
        self.films = Films()
        self._servers: dict[tuple[str, int], _Server] = {}

    async def put(self, stream: Stream, wire: RtspWire) -> RtspWire:
        """Serve `stream` at `wire` and return where it is; WireUnavailable where it cannot be opened."""
        endpoint = wire.endpoint
        server = self._servers.get((endpoint.host, endpoint.port))
        if server is None:
            server = _Server(endpoint)
            await server.open()
            self._servers[endpoint.host, server.wire.port] = server
        if wire.name in server.streams:
            raise BadOptions(f"{wire}: two cameras have this name")
        server.streams[wire.name] = stream
        stream.stand_on(self.films)
        return RtspWire(server.wire, wire.name)

    async def close(self) -> None:
        """Stop listening and drop every connection."""
        for server in self._servers.values():
            await server.close()
        self._servers.clear()
        await self.films.close()

    async def tend(self) -> None:
        """Nothing: TCP ports stay open."""
