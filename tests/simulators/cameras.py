"""What the tests of pretend cameras need: cameras, and somebody who talks RTSP byte by byte."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from simulators.host import SimulatedDevice

USER, PASSWORD = "admin", "Kamera-77"


def camera(device_id: str = "lane-east", **options: Any) -> SimulatedDevice:
    """Describe one camera; small and slow where the test does not say else, so that its film is made fast."""
    options = {
        "wire": f"rtsp://127.0.0.1:0/{device_id}",
        "scene": "lane",
        "width": 320,
        "height": 180,
        "fps": 10,
        **options,
    }
    return SimulatedDevice(kind="camera", id=device_id, family="camera", options=options)


def credentials(folder: Path) -> str:
    """Write the account into a file, as the site has it."""
    file = folder / "camera-credentials"
    file.write_text(f"{USER}:{PASSWORD}\n", encoding="utf-8")
    return str(file)


def with_account(url: str, password: str = PASSWORD) -> str:
    """Put the account into an address, as FFmpeg wants it."""
    return url.replace("://", f"://{USER}:{password}@")


@dataclass
class Answer:
    """What the server says to one request."""

    status: int
    headers: dict[str, str]
    body: str


@dataclass
class RtspCaller:
    """One RTSP connection, without any library."""

    url: str
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    _cseq: int = 0
    packets: list[tuple[int, bytes]] = field(default_factory=list)

    async def ask(self, method: str, url: str | None = None, **headers: str) -> Answer:
        self._cseq += 1
        lines = [f"{method} {url or self.url} RTSP/1.0", f"CSeq: {self._cseq}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        self.writer.write("\r\n".join([*lines, "", ""]).encode())
        answer = await self.answer()
        assert answer.headers["cseq"] == str(self._cseq)
        return answer

    async def answer(self) -> Answer:
        while (first := await self.reader.readexactly(1)) == b"$":
            self.packets.append(await self._packet())
        line, *lines = (first + await self.reader.readuntil(b"\r\n\r\n")).decode().strip().split("\r\n")
        headers = {name.lower(): value for name, value in (each.split(": ", 1) for each in lines)}
        body = await self.reader.readexactly(int(headers.get("content-length", "0")))
        return Answer(int(line.split()[1]), headers, body.decode())

    async def packet(self) -> tuple[int, bytes]:
        """Return the next packet and its channel."""
        assert await self.reader.readexactly(1) == b"$"
        return await self._packet()

    async def _packet(self) -> tuple[int, bytes]:
        head = await self.reader.readexactly(3)
        return head[0], await self.reader.readexactly(int.from_bytes(head[1:]))

    async def play(self) -> Answer:
        """Set up the film inside this connection and start it."""
        assert (await self.ask("DESCRIBE")).status == 200
        told = await self.ask(
            "SETUP", f"{self.url}/trackID=0", Transport="RTP/AVP/TCP;unicast;interleaved=0-1"
        )
        session = told.headers["session"].split(";")[0]
        return await self.ask("PLAY", Session=session, Range="npt=0-")


@asynccontextmanager
async def calling(url: str) -> AsyncIterator[RtspCaller]:
    """Connect to the server of `url`."""
    parts = urlsplit(url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    try:
        yield RtspCaller(url, reader, writer)
    finally:
        writer.transport.abort()
