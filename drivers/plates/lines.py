"""The connections of a listener: aiohttp's server, with a bound on how many there are."""

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any, Final

from aiohttp import web

from drivers.runtime.late import soon_or_never

MOST_LINES: Final = 256
"""Connections. Beyond this, a stranger makes way: one that has not come to a path that exists."""

IDLE_S: Final = 75.0
"""How long a connection may say nothing, or take for a request's head; heartbeats come every 30 s."""

LINGER_S: Final = 2.0
"""For so long the rest of a body is read that nobody wants, so that its sender sees the answer."""

Answer = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]
Complain = Callable[[str, str], None]
"""Takes who has done what."""

# What aiohttp logs are tracebacks of other people's mistakes. Here they are told of.
_SILENT: Final = logging.getLogger(f"{__name__}.aiohttp")
_SILENT.setLevel(logging.CRITICAL + 1)


class BoundedServer(web.Server):
    """Answers requests; `complain` hears of what is no request, and of connections that had to make way."""

    def __init__(self, answer: Answer, complain: Complain) -> None:
        super().__init__(
            answer,
            access_log=None,
            logger=_SILENT,
            keepalive_timeout=IDLE_S,
            lingering_time=LINGER_S,
            auto_decompress=False,
        )
        self._complain = complain
        self._open: dict[web.RequestHandler, asyncio.Transport] = {}
        self._known: dict[web.RequestHandler, int] = {}
        self._count = 0

    def __call__(self) -> web.RequestHandler:
        """Make what talks over a new connection."""
        return _Line(self._complain, self, loop=self._loop, **self._kwargs)

    def connection_made(self, handler: web.RequestHandler, transport: asyncio.Transport) -> None:
        """Take that somebody calls."""
        super().connection_made(handler, transport)
        soon_or_never(transport)
        self._open[handler] = transport
        if len(self._open) > MOST_LINES:
            self._complain("many", f"more than {MOST_LINES} connections; one is closed")
            self._open.pop(self._dispensable() or handler).abort()

    def connection_lost(self, handler: web.RequestHandler, exc: BaseException | None = None) -> None:
        """Take that a connection is gone."""
        self._open.pop(handler, None)
        self._known.pop(handler, None)
        super().connection_lost(handler, exc)

    def _dispensable(self) -> web.RequestHandler | None:
        """Return the oldest stranger from where most strangers come; None if all are known."""
        strangers = {each: _address(line) for each, line in self._open.items() if each not in self._known}
        crowd = Counter(strangers.values()).most_common(1)
        return next((each for each, address in strangers.items() if address == crowd[0][0]), None)

    def known(self, handler: web.RequestHandler) -> int:
        """Take that a connection has come to a path that exists; its number."""
        if handler not in self._known:
            self._count += 1
            self._known[handler] = self._count
        return self._known[handler]

    def hang_up(self) -> None:
        """Cut every connection."""
        for transport in list(self._open.values()):
            transport.abort()


def _address(line: asyncio.Transport) -> str:
    peer = line.get_extra_info("peername")
    return str(peer[0]) if peer else ""


class _Line(web.RequestHandler):
    """One connection."""

    __slots__ = ("_complain",)

    def __init__(self, complain: Complain, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self._complain = complain

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Answer what cannot be read."""
        self._complain(request.remote or "nowhere", f"no HTTP that can be read ({status})")
        return super().handle_error(request, status, exc, message)
