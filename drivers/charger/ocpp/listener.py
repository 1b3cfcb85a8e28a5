"""One listening socket and the posts that may connect to it."""

import asyncio
import logging
import ssl
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

from websockets.asyncio.server import Server, ServerConnection, serve

from contract.clock import Clock
from contract.errors import DeviceError, DeviceUnreachable
from drivers.charger.ocpp.admission import VERSIONS, Admission, choose, post_of
from drivers.charger.ocpp.frames import Version
from drivers.charger.ocpp.passwords import read_password
from drivers.charger.ocpp.post import Bay, Post
from drivers.charger.ocpp.session import Dialect, Session
from drivers.charger.ocpp.strangers import Caller
from drivers.charger.ocpp.v16.central import Central16
from drivers.charger.ocpp.v201.central import Central201
from drivers.charger.options import ChargerOptions
from drivers.charger.wire import Wire

DIALECTS: Final[Mapping[Version, Callable[[Session], Dialect]]] = {"1.6": Central16, "2.0.1": Central201}

LARGEST: Final = 256 * 1024
"""Bytes of a message. The longest is the end of a charge with all its readings; see the versions' `setup`."""

COMPLETE_S: Final = 600.0
"""So long after we began to listen every connector of ours has been made known: others are not ours."""

PING_S: Final = 20.0
"""How often a silent connection is tried, and how long the answer may take."""

CLOSE_S: Final = 3.0
"""How long a post may take to say good-bye."""

# What websockets logs are headers, frames and tracebacks of other people's mistakes. Here they are counted.
_SILENT: Final = logging.getLogger(f"{__name__}.websockets")
_SILENT.setLevel(logging.CRITICAL + 1)


class Listener:
    """Listens from the first connector's registration until the process ends."""

    def __init__(self, wire: Wire, options: ChargerOptions, clock: Clock) -> None:
        self.posts: dict[str, Post] = {}
        self._wire = wire
        self._files = (options.certificate_file, options.key_file)
        self._clock = clock
        self._opening = asyncio.Lock()
        self._server: Server | None = None
        self._opened_at = clock.monotonic()

    def admit(self, wire: Wire, bay: Bay) -> None:
        """Let a post connect for a connector; DeviceError if its connectors disagree."""
        options = bay.options
        if (options.certificate_file, options.key_file) != self._files:
            raise DeviceError(
                f"another device at {wire.listener} has another certificate", code="configuration"
            )
        password = read_password(options.password_file or "")
        post = self.posts.get(wire.post) or Post(wire.post, password, self._clock, self._complete)
        if post.password != password:
            raise DeviceError(
                f"another connector of post {wire.post} has another password", code="configuration"
            )
        post.add(wire.connector, bay)
        self.posts[wire.post] = post

    async def open(self) -> None:
        """Listen; DeviceUnreachable if the address cannot be had. Once it listens, nothing happens."""
        async with self._opening:
            if self._server is None:
                self._server = await self._listen()
                self._opened_at = self._clock.monotonic()

    async def aclose(self) -> None:
        """Listen no more, and hang up on everybody."""
        if self._server is not None:
            server, self._server = self._server, None
            server.close()
            await server.wait_closed()

    def _complete(self) -> bool:
        return self._clock.monotonic() - self._opened_at > COMPLETE_S

    async def _listen(self) -> Server:
        admission = Admission(self.posts)
        caller: Any = partial(Caller, complain=admission.complain)  # a class is asked for, and only called
        try:
            return await serve(
                self._converse,
                self._wire.host,
                self._wire.port,
                ssl=self._tls(),
                subprotocols=None,
                select_subprotocol=choose,
                compression=None,
                process_request=admission.check,
                server_header=None,
                ping_interval=PING_S,
                ping_timeout=PING_S,
                close_timeout=CLOSE_S,
                max_size=LARGEST,
                logger=_SILENT,
                create_connection=caller,
            )
        except OSError as taken:
            where = f"{self._wire.host}:{self._wire.port}"
            raise DeviceUnreachable(f"cannot listen at {where}: {taken.strerror or taken}") from None

    def _tls(self) -> ssl.SSLContext | None:
        certificate, key = self._files
        if certificate is None:
            return None
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        try:
            context.load_cert_chain(certificate, key, password="")
        except (OSError, ValueError) as wrong:
            files = f"certificate_file {certificate}, key_file {key}"
            raise DeviceError(f"{files}: {type(wrong).__name__}", code="configuration") from None
        return context

    async def _converse(self, connection: ServerConnection) -> None:
        request = connection.request
        post = self.posts.get(post_of(request.path)) if request else None
        if post is not None:
            version = VERSIONS[connection.subprotocol or ""]
            await Session(post, connection, version, DIALECTS[version]).run()
