"""What Hikvision's devices share on their web side: Digest, `alertStream`, and how they say yes and no.

`alertStream` is one endless multipart/mixed answer; a heartbeat on it is `videoloss` `inactive`.
"""

import asyncio
import contextlib
import secrets
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta, timezone

from aiohttp import web

from simulators.camera.digest import Account, admits, challenge
from simulators.errors import WireUnavailable
from simulators.wire import TcpWire

BOUNDARY = "MIME_boundary"
HEARTBEAT_S = 10.0
MOST_UNREAD = 256  # parts for a listener who does not listen
LONGEST_CALL = 4 * 1024 * 1024
NAMESPACE = "http://www.isapi.org/ver20/XMLSchema"
ZONE = timezone(timedelta(hours=8))

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def iso(unix_s: float) -> str:
    """Write a time as the devices do, with their zone."""
    return datetime.fromtimestamp(unix_s, ZONE).isoformat(timespec="seconds")


def part(kind: str, body: bytes, name: str | None = None) -> bytes:
    """Write one part of the stream."""
    disposition = "" if name is None else f'Content-Disposition: form-data; name="{name}"\r\n'
    head = f"--{BOUNDARY}\r\n{disposition}Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body + b"\r\n"


def heartbeat(now: str) -> bytes:
    """Write what the stream says while nothing happens."""
    return part(
        'application/xml; charset="UTF-8"',
        f'<EventNotificationAlert version="2.0" xmlns="{NAMESPACE}"><dateTime>{now}</dateTime>'
        "<activePostCount>0</activePostCount><eventType>videoloss</eventType>"
        "<eventState>inactive</eventState><eventDescription>videoloss alarm</eventDescription>"
        "</EventNotificationAlert>".encode(),
    )


def status_xml(code: int = 1, text: str = "OK", sub: str = "ok") -> web.Response:
    """Answer an order that came in XML; 1 is yes."""
    body = (
        f'<?xml version="1.0" encoding="UTF-8"?><ResponseStatus version="2.0" xmlns="{NAMESPACE}">'
        f"<requestURL></requestURL><statusCode>{code}</statusCode><statusString>{text}</statusString>"
        f"<subStatusCode>{sub}</subStatusCode></ResponseStatus>"
    )
    return web.Response(text=body, content_type="application/xml", status=200 if code == 1 else 403)


def device_info(serial: str, model: str) -> Handler:
    """Make the answer to `GET /ISAPI/System/deviceInfo`."""
    body = (
        f'<?xml version="1.0" encoding="UTF-8"?><DeviceInfo version="2.0" xmlns="{NAMESPACE}">'
        f"<deviceName>{model}</deviceName><model>{model}</model><serialNumber>{serial}</serialNumber>"
        "<macAddress>44:a6:42:00:00:03</macAddress><firmwareVersion>V3.5.0</firmwareVersion></DeviceInfo>"
    )

    async def answer(_request: web.Request) -> web.StreamResponse:
        return web.Response(text=body, content_type="application/xml")

    return answer


class AlertStream:
    """The listeners of one device's stream; `came` hears when the first of them comes."""

    def __init__(self, now_s: Callable[[], float]) -> None:
        self.came: Callable[[], None] = lambda: None
        self.sent = 0
        self._now_s = now_s
        self._until_heartbeat_s = HEARTBEAT_S
        self._listeners: set[asyncio.Queue[bytes | None]] = set()

    @property
    def heard(self) -> bool:
        """Whether anybody listens."""
        return bool(self._listeners)

    def step(self, dt_s: float) -> None:
        """Let `dt_s` seconds pass."""
        self._until_heartbeat_s -= dt_s
        if self._until_heartbeat_s <= 0:
            self._until_heartbeat_s = HEARTBEAT_S
            self.send(heartbeat(iso(self._now_s())))

    def send(self, *parts: bytes) -> None:
        """Say something to everybody who listens."""
        for listener in self._listeners:
            for each in parts:
                if not listener.full():
                    listener.put_nowait(each)
                    self.sent += 1

    def hang_up(self) -> None:
        """End the stream for everybody."""
        for listener in self._listeners:
            while not listener.empty():
                listener.get_nowait()
            listener.put_nowait(None)
        self._listeners.clear()

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Answer somebody who listens, without end."""
        response = web.StreamResponse(headers={"Content-Type": f"multipart/mixed; boundary={BOUNDARY}"})
        await response.prepare(request)
        listener: asyncio.Queue[bytes | None] = asyncio.Queue(MOST_UNREAD)
        listener.put_nowait(heartbeat(iso(self._now_s())))
        self._listeners.add(listener)
        self.came()
        try:
            with contextlib.suppress(ConnectionError):
                while (said := await listener.get()) is not None:
                    await response.write(said)
        finally:
            self._listeners.discard(listener)
        return response


class IsapiServer:
    """One device's HTTP port. `routes` are its calls; without power or network it cuts every one."""

    def __init__(
        self, wire: TcpWire, account: Account | None, serial: str, routes: Iterable[web.RouteDef]
    ) -> None:
        self.wire = wire
        self.stream: AlertStream | None = None
        self.delay_s = 0.0
        self._routes = [web.get("/ISAPI/System/deviceInfo", device_info(serial, "DS-HEMEI")), *routes]
        self._account = account
        self._reachable = True
        self._nonce = secrets.token_hex(16)
        self._open: set[asyncio.Transport] = set()
        self._runner: web.AppRunner | None = None

    async def open(self) -> None:
        """Listen; WireUnavailable where that is impossible."""
        application = web.Application(middlewares=[self._guard], client_max_size=LONGEST_CALL)
        application.router.add_routes(self._routes)
        if self.stream is not None:
            application.router.add_get("/ISAPI/Event/notification/alertStream", self.stream.serve)
        self._runner = web.AppRunner(
            application, access_log=None, shutdown_timeout=0.1, handler_cancellation=True
        )
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, self.wire.host, self.wire.port).start()
        except OSError as error:
            raise WireUnavailable(f"cannot open {self.wire}: {error}") from error
        self.wire = replace(self.wire, port=self._runner.addresses[0][1])

    async def close(self) -> None:
        """Stop listening and hang up."""
        self._drop_all()
        if self._runner is not None:
            await self._runner.cleanup()

    def cut(self) -> None:
        """Lose the network, or the power."""
        self._reachable = False
        self._drop_all()

    def mend(self) -> None:
        """Have both again."""
        self._reachable = True

    def _drop_all(self) -> None:
        if self.stream is not None:
            self.stream.hang_up()
        for transport in list(self._open):
            transport.abort()

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        transport = request.transport
        if transport is None or not self._reachable:
            if transport is not None:
                transport.abort()
            raise web.HTTPServiceUnavailable
        if not self._may(request):
            asked = challenge("digest", self._nonce, qop=True)
            raise web.HTTPUnauthorized(headers={"WWW-Authenticate": asked})
        self._open.add(transport)
        try:
            if self.delay_s:
                await asyncio.sleep(self.delay_s)
            return await handler(request)
        finally:
            self._open.discard(transport)

    def _may(self, request: web.Request) -> bool:
        if self._account is None:
            return True
        said = request.headers.get("Authorization", "")
        return admits(self._account, "digest", self._nonce, request.method, said)
