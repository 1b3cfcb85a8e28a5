"""One RTSP connection to a pretend camera: what is asked and answered, and the session that it sets up."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

from simulators.camera.digest import admits, challenge
from simulators.camera.rtp import interleaved
from simulators.camera.rtsp import (
    BadRequest,
    Datagrams,
    Interleaved,
    Request,
    Requests,
    Transport,
    answer,
    sdp,
    transport,
)
from simulators.camera.stream import Stream, Viewer
from simulators.camera.udp import UdpPair

SESSION_TIMEOUT_S = 60
MOST_UNSENT = 512 * 1024  # bytes that wait for a slow reader


@dataclass(slots=True)
class TcpLine:
    """Packets in the RTSP connection itself."""

    writer: asyncio.StreamWriter
    channels: Interleaved

    def send(self, packets: list[bytes]) -> bool:
        """Send RTP packets unless too much waits already."""
        if self.writer.transport.get_write_buffer_size() > MOST_UNSENT:
            return False
        self.writer.write(b"".join(interleaved(self.channels.rtp, each) for each in packets))
        return True

    def report(self, packet: bytes) -> None:
        """Send an RTCP packet."""
        self.writer.write(interleaved(self.channels.rtcp, packet))

    def abort(self) -> None:
        """Cut the connection."""
        self.writer.transport.abort()


@dataclass(slots=True)
class UdpLine:
    """Packets to two UDP ports of the reader."""

    writer: asyncio.StreamWriter
    sockets: UdpPair
    host: str
    ports: Datagrams

    def send(self, packets: list[bytes]) -> bool:
        """Send RTP packets; what the network loses is lost."""
        for each in packets:
            self.sockets.rtp.sendto(each, (self.host, self.ports.rtp))
        return True

    def report(self, packet: bytes) -> None:
        """Send an RTCP packet."""
        self.sockets.rtcp.sendto(packet, (self.host, self.ports.rtcp))

    def abort(self) -> None:
        """Cut the RTSP connection."""
        self.writer.transport.abort()


class Conversation:
    """One connection. It ends its session when it ends, as the TCP sessions of cameras do."""

    def __init__(
        self,
        streams: Mapping[str, Stream],
        writer: asyncio.StreamWriter,
        udp: Callable[[], Awaitable[UdpPair]],
    ) -> None:
        self._streams = streams
        self._writer = writer
        self._udp = udp
        self._nonce = secrets.token_hex(16)
        self._session = ""
        self._stream: Stream | None = None
        self._viewer: Viewer | None = None
        self._used: set[Stream] = set()
        self._methods: Mapping[str, Callable[[Request, Stream], Awaitable[bytes]]] = {
            "DESCRIBE": self._describe,
            "SETUP": self._set_up,
            "PLAY": self._play,
            "PAUSE": self._pause,
            "GET_PARAMETER": self._stay,
            "SET_PARAMETER": self._stay,
            "TEARDOWN": self._tear_down,
        }

    async def hold(self, reader: asyncio.StreamReader) -> None:
        """Answer until the reader hangs up, says nonsense, or the camera has no power."""
        requests = Requests()
        try:
            while data := await reader.read(65536):
                for request in requests.feed(data):
                    self._writer.write(await self._answer(request))
                await self._writer.drain()
        except BadRequest:
            self._writer.write(answer(Request("", ""), 400))
        finally:
            self._end()
            for stream in self._used:
                stream.connections -= 1

    async def _answer(self, request: Request) -> bytes:
        if request.method == "OPTIONS":
            return answer(request, 200, {"Public": ", ".join(["OPTIONS", *self._methods])})
        if request.method not in self._methods:
            return answer(request, 405)
        stream = self._streams.get(_name(request.url))
        if stream is None:
            return answer(request, 404)
        if not stream.manner.powered:
            raise ConnectionAbortedError
        if stream not in self._used:
            self._used.add(stream)
            stream.connections += 1
        if not self._may(request, stream):
            asked = challenge(stream.scheme, self._nonce, qop=False)
            return answer(request, 401, {"WWW-Authenticate": asked})
        return await self._methods[request.method](request, stream)

    def _may(self, request: Request, stream: Stream) -> bool:
        if stream.manner.refusing:
            return False
        said = request.headers.get("authorization", "")
        return stream.account is None or admits(
            stream.account, stream.scheme, self._nonce, request.method, said
        )

    async def _describe(self, request: Request, stream: Stream) -> bytes:
        film = await stream.film()
        host = self._writer.get_extra_info("sockname")[0]
        body = sdp(host=host, title=stream.look.scene, sps=film.sps, pps=film.pps, fps=film.fps)
        base = request.url.rstrip("/") + "/"
        return answer(request, 200, {"Content-Base": base, "Content-Type": "application/sdp"}, body)

    async def _set_up(self, request: Request, stream: Stream) -> bytes:
        if self._viewer is not None:
            return answer(request, 455)
        chosen = transport(request.headers.get("transport", ""))
        if chosen is None:
            return answer(request, 461)
        line, told = await self._line(chosen)
        self._session = secrets.token_hex(8)
        self._stream, self._viewer = stream, stream.viewer(line)
        told += f";ssrc={self._viewer.ssrc:08X}"
        return answer(request, 200, {"Transport": told, "Session": self._timed_session})

    async def _line(self, chosen: Transport) -> tuple[TcpLine | UdpLine, str]:
        if isinstance(chosen, Interleaved):
            return TcpLine(self._writer, chosen), str(chosen)
        pair = await self._udp()
        host = self._writer.get_extra_info("peername")[0]
        return UdpLine(self._writer, pair, host, chosen), f"{chosen};server_port={pair.ports}"

    async def _play(self, request: Request, stream: Stream) -> bytes:
        if self._viewer is None or not self._is_session(request, stream):
            return answer(request, 454)
        viewer, track = self._viewer, f"{_base(request.url)}/trackID=0"
        first = stream.first_timestamp(viewer)
        info = f"url={track};seq={viewer.sequence & 0xFFFF};rtptime={first}"
        headers = {"Session": self._timed_session, "Range": "npt=now-", "RTP-Info": info}
        self._writer.write(answer(request, 200, headers))
        stream.join(viewer)  # only now: its first packets follow the answer
        return b""

    async def _pause(self, request: Request, stream: Stream) -> bytes:
        if self._viewer is None or not self._is_session(request, stream):
            return answer(request, 454)
        stream.leave(self._viewer)
        return answer(request, 200, {"Session": self._timed_session})

    async def _stay(self, request: Request, stream: Stream) -> bytes:
        return answer(request, 200, {"Session": self._timed_session} if self._session else None)

    async def _tear_down(self, request: Request, stream: Stream) -> bytes:
        if not self._is_session(request, stream):
            return answer(request, 454)
        self._end()
        return answer(request, 200)

    def _is_session(self, request: Request, stream: Stream) -> bool:
        named = request.headers.get("session", "").partition(";")[0].strip()
        return self._stream is stream and named == self._session

    @property
    def _timed_session(self) -> str:
        return f"{self._session};timeout={SESSION_TIMEOUT_S}"

    def _end(self) -> None:
        if self._stream is not None and self._viewer is not None:
            self._stream.leave(self._viewer)
        self._stream = self._viewer = None
        self._session = ""


def _base(url: str) -> str:
    with suppress(ValueError):
        head, _, track = url.rstrip("/").rpartition("/")
        if track.startswith("trackID="):
            return head
    return url.rstrip("/")


def _name(url: str) -> str:
    """Return the stream's name in a URL; an empty one where the URL is none."""
    try:
        return urlsplit(_base(url)).path.strip("/")
    except ValueError:
        return ""
