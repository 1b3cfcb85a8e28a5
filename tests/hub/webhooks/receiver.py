"""A program that gets webhooks: a real HTTP server that checks signatures with another author's library."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

import standardwebhooks
from aiohttp import web

SECRET: Final = "whsec_" + "c2VjcmV0IG9mIGEgdGVzdCB0aGF0IGlzIGxvbmc="  # "secret of a test that is long"


class Receiver:
    """Keeps what comes; answers as `answers` says, then 200. An event: not before it is set."""

    def __init__(self) -> None:
        self.got: list[tuple[str, dict[str, Any]]] = []
        self.answers: list[int | asyncio.Event] = []
        self.port = 0

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}/hook"

    @property
    def ids(self) -> list[str]:
        """The `webhook-id` of each request, in order."""
        return [ident for ident, _ in self.got]

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Check, keep and answer a request."""
        body = await request.text()
        headers = {name.lower(): value for name, value in request.headers.items()}
        verified = standardwebhooks.Webhook(SECRET).verify(body, headers)
        assert headers["content-type"].startswith("application/cloudevents+json")
        self.got.append((headers["webhook-id"], verified))
        answer = self.answers.pop(0) if self.answers else 200
        if isinstance(answer, asyncio.Event):
            await answer.wait()
            return web.Response()
        return web.Response(status=answer, headers={"Location": self.url} if 300 <= answer < 400 else {})


@asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    """Open one on a free port."""
    receiver = Receiver()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", receiver.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    receiver.port = runner.addresses[0][1]
    try:
        yield receiver
    finally:
        await runner.cleanup()
