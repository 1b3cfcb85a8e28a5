"""A webhook's other end: a real HTTP server that keeps what it is sent, and behaves badly when told to."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

from aiohttp import web

Answer = int | asyncio.Event | dict[str, Any]


class Post(NamedTuple):
    """One request."""

    path: str
    key: str
    body: dict[str, Any]
    query: dict[str, str]

    @property
    def text(self) -> str:
        return f"{self.body.get('title', '')}\n{self.body.get('message', '')}"


class Receiver:
    """Answers each path as `answers` says, the last for good: a status, a body, or not before an event."""

    def __init__(self) -> None:
        self.posts: list[Post] = []
        self.answers: dict[str, Sequence[Answer]] = {}
        self.port = 0

    def address(self, path: str, options: str = "rto=5") -> str:
        """Return the Apprise address of a path."""
        return f"json://127.0.0.1:{self.port}/{path}?{options}"

    def keys(self, path: str | None = None) -> list[str]:
        """Return the idempotency keys that came to a path, in their order, repeats too."""
        return [each.key for each in self.posts if path in (None, each.path)]

    def counts(self) -> Counter[str]:
        """Return how often each key came."""
        return Counter(self.keys())

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Keep a request and answer it."""
        path = request.path.strip("/")
        key = request.headers.get("Idempotency-Key", "")
        self.posts.append(Post(path, key, await request.json(), dict(request.query)))
        answer, *later = self.answers.get(path, [200])
        self.answers[path] = later or [answer]
        if isinstance(answer, dict):
            return web.json_response(answer)
        if isinstance(answer, asyncio.Event):
            await answer.wait()
            return web.Response()
        headers = {"Location": "/elsewhere"} if 300 <= answer < 400 else {}
        return web.Response(status=answer, headers=headers)

    async def welcome(self, _request: web.Request) -> web.Response:
        """Answer whoever only looks."""
        return web.Response()


@asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    """Open a receiver on a free port."""
    receiver = Receiver()
    app = web.Application()
    app.router.add_post("/{path:.*}", receiver.handle)
    app.router.add_get("/{path:.*}", receiver.welcome)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    receiver.port = runner.addresses[0][1]
    try:
        yield receiver
    finally:
        await runner.cleanup()
