"""Serves the API with uvicorn inside the hub's own event loop.

async with ApiServer(app, "127.0.0.1", 8080) as server:
print(server.address)
await server.ended()
"""

import asyncio
import contextlib
import socket
import struct
from collections.abc import Iterator
from types import TracebackType
from typing import Final, Self

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Request

from contract.errors import ConfigurationError
from hub.api.routes.live import ABORT, SEND_JSON

BACKLOG: Final = 1024
MAX_SAID_BYTES: Final = 4096
"""A viewer of the live stream has little to say."""

STOP_S: Final = 3
"""How long requests that are under way may take once the hub stops."""


class ApiServer:
    """The listening socket and everything behind it, for one `async with`. Port 0: any free one."""

    def __init__(self, app: ASGIApp, host: str, port: int) -> None:
        self._app = app
        self._host = host
        self._port = port
        self._server: _Server | None = None
        self._serving: asyncio.Task[None] | None = None

    @property
    def port(self) -> int:
        """The TCP port, also where 0 was asked for."""
        return self._port

    @property
    def address(self) -> str:
        """Where people find it: `http://127.0.0.1:8080`."""
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"http://{host}:{self._port}"

    async def __aenter__(self) -> Self:
        """Listen; ConfigurationError says why that cannot be."""
        listener = _listen(self._host, self._port)
        self._port = listener.getsockname()[1]
        self._server = _Server(_configuration(self._app))
        self._serving = asyncio.create_task(self._server.serve(sockets=[listener]))
        started = asyncio.create_task(self._server.listening.wait())
        await asyncio.wait({started, self._serving}, return_when=asyncio.FIRST_COMPLETED)
        started.cancel()
        if self._serving.done():
            self._serving.result()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop listening, tell viewers to come back (close code 1012), end requests within STOP_S."""
        if self._server is not None and self._serving is not None:
            self._server.should_exit = True
            await self._serving

    async def ended(self) -> None:
        """Wait until it ends; it does so by itself only when something is very wrong."""
        if self._serving is not None:
            await asyncio.shield(self._serving)


class _Server(uvicorn.Server):
    """Leaves signals to the hub, and says when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = asyncio.Event()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Let the hub's own handlers be."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen on the sockets given."""
        await super().startup(sockets)
        self.listening.set()


class _Http(HttpToolsProtocol):
    """Offers the app the extension ABORT, for viewers of pictures that take nothing any more."""

    def on_message_begin(self) -> None:
        """Begin a request."""
        super().on_message_begin()
        self.scope["extensions"] = {ABORT: self.transport.abort}  # type: ignore[dict-item]  # ours, not ASGI's


class _LiveWebSocket(WebSocketsSansIOProtocol):
    """Offers the app the extensions ABORT and SEND_JSON.

    A close frame waits behind what a stuck viewer has not taken, for as long as TCP keeps trying; hence
    ABORT. The usual way of a frame through ASGI encodes and copies it anew for each viewer; SEND_JSON writes
    the bytes that all viewers share.
    """

    def handle_connect(self, event: Request) -> None:
        """Begin a handshake; the app runs after this returns."""
        super().handle_connect(event)
        scope = getattr(self, "scope", None)
        if scope is not None:
            scope["extensions"][ABORT] = self.transport.abort
            scope["extensions"][SEND_JSON] = self.send_json

    async def send_json(self, text: bytes) -> None:
        """Write one text frame as soon as the last ones are on their way; OSError if the viewer has gone."""
        await self.writable.wait()
        if self.disconnected or self.close_sent or self.transport.is_closing():
            raise ClientDisconnected
        self.transport.writelines((text_frame_header(len(text)), text))


def text_frame_header(length: int) -> bytes:
    """Head of an unmasked, final text frame (RFC 6455 §5.2)."""
    if length < 126:
        return struct.pack("!BB", 0x81, length)
    if length < 65536:
        return struct.pack("!BBH", 0x81, 126, length)
    return struct.pack("!BBQ", 0x81, 127, length)


def _configuration(app: ASGIApp) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=_Http,
        ws=_LiveWebSocket,
        ws_max_size=MAX_SAID_BYTES,
        ws_per_message_deflate=False,  # costs milliseconds a frame, once for each viewer
        lifespan="off",
        log_config=None,
        log_level="warning",
        access_log=False,  # addresses of one-time links are secrets
        server_header=False,
        timeout_graceful_shutdown=STOP_S,
    )


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    if not 0 <= port <= 65535:
        raise ConfigurationError(f"[hub] http_port: {port} is no port; allowed: 0 to 65535")
    try:
        listener = socket.create_server((host, port), family=family, backlog=BACKLOG)
        # Accepted sockets inherit it. asyncio sets it only where the protocol is named, and an answer in two
        # writes would wait 40 ms for the other end's delayed acknowledgement.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except OSError as wrong:
        reason = wrong.strerror or str(wrong)
        raise ConfigurationError(
            f"[hub] http_host, http_port: cannot listen on {host} port {port}: {reason}", code="cannot-listen"
        ) from wrong
    return listener
