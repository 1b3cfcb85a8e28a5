"""What stands behind Apache: a small web server that writes down what it is asked."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiohttp import web

from tests.broker import HOST

Answerer = Callable[[web.Request], Awaitable[web.StreamResponse]]

OK = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n<ResponseStatus version="2.0" '
    b'xmlns="http://www.hikvision.com/ver20/XMLSchema"><requestURL>/ISAPI</requestURL><statusCode>1</statusCode>'
    b"<statusString>OK</statusString><subStatusCode>ok</subStatusCode></ResponseStatus>"
)


@dataclass(frozen=True)
class Asked:
    """One request."""

    method: str
    path: str
    kind: str
    body: bytes


class Upstream:
    """`answer` says what the next requests get; by default all of them are done."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.url = ""
        self.answer: Answerer = self.done

    async def done(self, request: web.Request) -> web.StreamResponse:
        """Say that it is done."""
        return web.Response(body=OK, content_type="application/xml")

    async def take(self, request: web.BaseRequest) -> web.StreamResponse:
        """Take a request."""
        self.asked.append(
            Asked(
                request.method, request.path_qs, request.headers.get("Content-Type", ""), await request.read()
            )
        )
        return await self.answer(request)

    def say(self, body: bytes, *, status: int = 200, kind: str = "application/xml") -> None:
        """Answer this from now on."""

        async def answer(request: web.Request) -> web.StreamResponse:
            return web.Response(body=body, status=status, content_type=kind)

        self.answer = answer

    def hang(self) -> asyncio.Event:
        """Never answer from now on, until the event is set."""
        released = asyncio.Event()

        async def answer(request: web.Request) -> web.StreamResponse:
            await released.wait()
            return web.Response()

        self.answer = answer
        return released

    def hang_up(self) -> None:
        """Break the connection from now on instead of answering."""

        async def answer(request: web.Request) -> web.StreamResponse:
            assert request.transport is not None
            request.transport.abort()
            return web.Response()

        self.answer = answer

    def stream(self, *pieces: bytes, kind: str = "multipart/mixed; boundary=boundary") -> asyncio.Event:
        """Answer with these pieces, one write each, and an end that does not come until the event is set."""
        released = asyncio.Event()

        async def answer(request: web.Request) -> web.StreamResponse:
            response = web.StreamResponse(headers={"Content-Type": kind})
            await response.prepare(request)
            for piece in pieces:
                await response.write(piece)
            await released.wait()
            return response

        self.answer = answer
        return released


@asynccontextmanager
async def upstream() -> AsyncIterator[Upstream]:
    """Serve one."""
    behind = Upstream()
    runner = web.ServerRunner(web.Server(behind.take), shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, HOST, 0).start()
    behind.url = "http://{}:{}".format(*runner.addresses[0])
    try:
        yield behind
    finally:
        await runner.cleanup()
