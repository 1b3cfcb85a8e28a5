"""The HTTP side of a pretend camera: the vendor's event channel, a still picture, and the ONVIF services."""

import asyncio
import contextlib
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import replace

from aiohttp import web

from simulators.camera.alerts import BOUNDARY, Alerts
from simulators.camera.digest import admits, challenge
from simulators.camera.onvif import OnvifDevice
from simulators.camera.onvif_answers import SNAPSHOT_PATH
from simulators.camera.picture import jpeg
from simulators.camera.stream import Stream
from simulators.errors import WireUnavailable
from simulators.wire import TcpWire

LONGEST_CALL = 256 * 1024

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class CameraWeb:
    """One HTTP port with everything that a camera has there. It shares power and account with the stream."""

    def __init__(self, wire: TcpWire, stream: Stream, alerts: Alerts, onvif: OnvifDevice) -> None:
        self.wire = wire
        self._stream = stream
        self._alerts = alerts
        self._onvif = onvif
        self._nonce = secrets.token_hex(16)
        self._open: set[asyncio.Transport] = set()
        self._runner: web.AppRunner | None = None

    async def open(self) -> None:
        """Listen; WireUnavailable where that is impossible."""
        application = web.Application(middlewares=[self._guard], client_max_size=LONGEST_CALL)
        application.router.add_get("/ISAPI/Event/notification/alertStream", self._alert_stream)
        application.router.add_get(SNAPSHOT_PATH, self._picture)
        application.router.add_post("/onvif/{service:.+}", self._call)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self.wire.host, self.wire.port)
        try:
            await site.start()
        except OSError as error:
            raise WireUnavailable(f"cannot open {self.wire}: {error}") from error
        self.wire = replace(self.wire, port=self._runner.addresses[0][1])

    async def close(self) -> None:
        """Stop listening and hang up."""
        self.drop_all()
        if self._runner is not None:
            await self._runner.cleanup()

    def drop_all(self) -> None:
        """Cut every connection."""
        self._alerts.hang_up()
        for transport in list(self._open):
            transport.abort()

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        transport = request.transport
        if transport is None or not self._stream.manner.powered:
            if transport is not None:
                transport.abort()
            raise web.HTTPServiceUnavailable
        if not request.path.startswith("/onvif/") and not self._may(request):
            asked = challenge(self._stream.scheme, self._nonce, qop=True)
            raise web.HTTPUnauthorized(headers={"WWW-Authenticate": asked})
        self._open.add(transport)
        try:
            return await handler(request)
        finally:
            self._open.discard(transport)

    def _may(self, request: web.Request) -> bool:
        stream, said = self._stream, request.headers.get("Authorization", "")
        if stream.account is None:
            return not stream.manner.refusing
        known = admits(stream.account, stream.scheme, self._nonce, request.method, said)
        return known and not stream.manner.refusing

    async def _alert_stream(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": f"multipart/mixed; boundary={BOUNDARY}"})
        await response.prepare(request)
        listener = self._alerts.listen()
        try:
            with contextlib.suppress(ConnectionError):
                while (part := await listener.get()) is not None:
                    await response.write(part)
        finally:
            self._alerts.leave(listener)
        return response

    async def _picture(self, request: web.Request) -> web.StreamResponse:
        body = await asyncio.to_thread(jpeg, self._stream.look)
        return web.Response(body=body, content_type="image/jpeg")

    async def _call(self, request: web.Request) -> web.StreamResponse:
        status, body = await self._onvif.answer(str(self.wire), request.path, await request.read())
        return web.Response(status=status, body=body, content_type="application/soap+xml", charset="utf-8")
