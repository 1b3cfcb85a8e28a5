"""A small RTSP server for what a good one does not do: it dies at will, jumps in time, and talks nonsense."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import count
from typing import Self

from drivers.camera.stream import Packet
from simulators.camera.h264 import PPS, SPS, kind, nal_units, payloads
from simulators.camera.rtp import interleaved, packet
from simulators.camera.rtsp import sdp
from tests.drivers.camera.recordings import recorded

Break = Callable[[bytes], bytes]


def same(data: bytes) -> bytes:
    """Break nothing."""
    return data


class Canned:
    """Plays a recording over and over, `fps` pictures a second. `async with Canned() as server: server.url`.

    `answers` and `rtp` break what it says; `shift` is added to the camera's clock, in ticks.
    """

    def __init__(self, *, fps: float = 100, answers: Break = same, rtp: Break = same) -> None:
        self.connections = 0
        self.shift = 0
        self.answers, self.rtp = answers, rtp
        self._fps = fps
        self._port = 0
        self._server: asyncio.Server | None = None
        self._callers: dict[asyncio.Task[None], asyncio.StreamWriter] = {}
        self._packets = recorded()[1]
        units = nal_units(self._packets[0].data)
        self._sps = next(each for each in units if kind(each) == SPS)
        self._pps = next(each for each in units if kind(each) == PPS)

    @property
    def url(self) -> str:
        """Its address, the same after every restart."""
        return f"rtsp://127.0.0.1:{self._port}/canned"

    async def start(self) -> None:
        """Listen."""
        self._server = await asyncio.start_server(self._talk, "127.0.0.1", self._port)
        self._port = self._server.sockets[0].getsockname()[1]

    async def kill(self) -> None:
        """Stop listening and break every connection."""
        assert self._server is not None
        self._server.close()
        for writer in self._callers.values():
            writer.transport.abort()
        await asyncio.gather(*self._callers)
        await self._server.wait_closed()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.kill()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._callers[task] = writer
        self.connections += 1
        playing = None
        try:
            while request := await _request(reader):
                method, headers = request
                writer.write(self.answers(self._answer(method, headers)))
                if method == "PLAY" and playing is None:
                    playing = asyncio.create_task(self._play(writer))
        except (OSError, ValueError, asyncio.IncompleteReadError):
            pass
        finally:
            if playing is not None:
                playing.cancel()
            writer.transport.abort()
            del self._callers[task]

    def _answer(self, method: str, headers: dict[str, str]) -> bytes:
        body, more = b"", ""
        if method == "DESCRIBE":
            body = sdp(host="127.0.0.1", title="canned", sps=self._sps, pps=self._pps, fps=10)
            more = f"Content-Type: application/sdp\r\nContent-Base: {self.url}/\r\n"
        elif method == "SETUP":
            more = "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\nSession: 1\r\n"
        elif method == "OPTIONS":
            more = "Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN\r\n"
        else:
            more = "Session: 1\r\n"
        head = f"RTSP/1.0 200 OK\r\nCSeq: {headers.get('cseq', '0')}\r\n{more}"
        head += f"Content-Length: {len(body)}\r\n\r\n"
        return head.encode() + body

    async def _play(self, writer: asyncio.StreamWriter) -> None:
        sequence = count()
        with suppress(OSError):
            for number, each in enumerate(_for_ever(self._packets)):
                ticks = number * 9000 + self.shift
                units = [payload for unit in nal_units(each.data) for payload in payloads(unit)]
                for place, payload in enumerate(units, 1):
                    last = place == len(units)
                    made = packet(payload, last=last, sequence=next(sequence), timestamp=ticks, ssrc=7)
                    writer.write(interleaved(0, self.rtp(made)))
                await writer.drain()
                await asyncio.sleep(1 / self._fps)


def _for_ever(packets: tuple[Packet, ...]) -> Iterator[Packet]:
    while True:
        yield from packets


async def _request(reader: asyncio.StreamReader) -> tuple[str, dict[str, str]] | None:
    line = await reader.readline()
    while line[:1] == b"$":  # a report of the viewer: four bytes of header, and what it says
        await reader.readexactly(int.from_bytes((line + await reader.readexactly(4))[2:4], "big"))
        line = await reader.readline()
    if not line:
        return None
    headers = {}
    while (header := await reader.readline()).strip():
        name, _, value = header.decode("latin-1").partition(":")
        headers[name.lower()] = value.strip()
    return line.decode("latin-1").split(" ")[0], headers
