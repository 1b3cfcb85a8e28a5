"""One HTTP listener for all cameras of a driver host that push to the same address; bounded in every way.

Cameras push over plain HTTP and say no password: each has a secret path of its own. Who does not know one
gets 404 before a byte of the body is read.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Final

from aiohttp import web

from contract.clock import Clock
from contract.errors import DeviceError, DeviceUnreachable, HemeiError, InvalidMessage, Refused
from drivers.plates.lines import BoundedServer
from drivers.plates.push import LARGEST, Guest, Push, Reply, Secret
from drivers.runtime.counting import Complaints
from drivers.runtime.interface import Port
from drivers.runtime.waiting import within

log = logging.getLogger(__name__)

MOST_AT_ONCE: Final = 4
"""Requests of one camera that are dealt with at a time."""

BODY_S: Final = 10.0
"""How long a body may take."""


class PushListener:
    """Listens from the first camera on until the host ends. Outside `expecting` a camera is answered 503."""

    def __init__(self, host: str, port: int, clock: Clock) -> None:
        self.address = f"{host}:{port}"
        self._host, self._port = host, port
        self._clock = clock
        self._complaints = Complaints(clock)
        self._guests: dict[Secret, Guest | None] = {}
        self._busy: Counter[Secret] = Counter()
        self._opening = asyncio.Lock()
        self._server = BoundedServer(self._answer, self._complain)
        self._runner: web.ServerRunner | None = None

    @asynccontextmanager
    async def expecting(self, guest: Guest) -> AsyncIterator[None]:
        """Let a camera push; DeviceUnreachable if the address cannot be listened on.

        DeviceError `configuration` if another camera has the same secret.
        """
        if self._guests.get(guest.secret) is not None:
            raise DeviceError(f"another camera at {self.address} has the same secret", code="configuration")
        self._guests[guest.secret] = guest
        try:
            await self._open()
            yield
        finally:
            self._guests[guest.secret] = None

    async def aclose(self) -> None:
        """Listen no more, and hang up on everybody."""
        if self._runner is not None:
            runner, self._runner = self._runner, None
            self._server.hang_up()
            await runner.cleanup()

    async def _open(self) -> None:
        async with self._opening:
            if self._runner is not None:
                return
            runner = web.ServerRunner(self._server, shutdown_timeout=0.1)
            await runner.setup()
            try:
                await web.TCPSite(runner, self._host, self._port).start()
            except OSError as taken:
                await runner.cleanup()
                why = taken.strerror or str(taken)
                raise DeviceUnreachable(f"cannot listen at {self.address}: {why}") from None
            self._runner = runner

    def _complain(self, peer: str, what: str) -> None:
        """Log, rarely, what no camera of ours is known to have done."""
        self._complaints.say(f"listener {self.address}", f"{peer}: {what}")

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one request, whatever it is."""
        text, _, rest = request.path.removeprefix("/").partition("/")
        guest = self._guest(Secret.of(text), request)
        reply = await self._reply(guest, request, rest) if isinstance(guest, Guest) else Reply(status=guest)
        return web.Response(
            body=reply.body,
            status=reply.status,
            content_type=reply.content_type,
            headers={"Server": "hemei"},  # else aiohttp names itself and its version
        )

    def _guest(self, secret: Secret, request: web.BaseRequest) -> Guest | HTTPStatus:
        if secret not in self._guests:
            self._complain(request.remote or "nowhere", "asks for a path that is no camera's")
            return HTTPStatus.NOT_FOUND
        return self._guests[secret] or HTTPStatus.SERVICE_UNAVAILABLE

    async def _reply(self, guest: Guest, request: web.BaseRequest, rest: str) -> Reply:
        """Let the camera's wire answer; what keeps it from that is counted."""
        try:
            return await self._handled(guest, request, rest)
        except _Unfit as unfit:
            guest.malformed(str(unfit))
            return Reply(status=unfit.status)
        except InvalidMessage as wrong:
            guest.malformed(str(wrong))
            return Reply(status=HTTPStatus.BAD_REQUEST)
        except Refused as refused:
            guest.malformed(str(refused))
            return Reply(status=HTTPStatus.FORBIDDEN)
        except HemeiError as error:
            log.debug("a push is not taken: %s", error)
            return Reply(status=HTTPStatus.SERVICE_UNAVAILABLE)
        except Exception:
            log.exception("a push is handled wrongly")
            return Reply(status=HTTPStatus.INTERNAL_SERVER_ERROR)

    async def _handled(self, guest: Guest, request: web.BaseRequest, rest: str) -> Reply:
        peer = request.remote or "nowhere"
        if not guest.may_come_from(peer):
            raise _Unfit(HTTPStatus.FORBIDDEN, f"a push from {peer}, which is not allowed")
        if request.method != "POST":
            raise _Unfit(HTTPStatus.METHOD_NOT_ALLOWED, f"a push by {request.method[:16]!r}")
        if self._busy[guest.secret] >= MOST_AT_ONCE:
            raise _Unfit(HTTPStatus.SERVICE_UNAVAILABLE, f"more than {MOST_AT_ONCE} pushes at once")
        line = self._server.known(request.protocol)
        self._busy[guest.secret] += 1
        try:
            body = await self._body(request)
            kind = request.headers.get("Content-Type", "")
            return await guest.handle(
                Push(path=f"/{rest}", content_type=kind, body=body, peer=peer, line=line)
            )
        finally:
            self._busy[guest.secret] -= 1

    async def _body(self, request: web.BaseRequest) -> bytes:
        if (request.content_length or 0) > LARGEST:
            raise _Unfit(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"a push of {request.content_length} bytes")
        if request.headers.get("Expect", "").lower() == "100-continue":
            await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            request.writer.output_size = 0  # what aiohttp does, too: the answer has not begun
        try:
            return await within(self._clock, BODY_S, _read(request))
        except TimeoutError:
            raise _Unfit(
                HTTPStatus.REQUEST_TIMEOUT, f"a push that was not whole after {BODY_S:g} s"
            ) from None
        except (web.RequestPayloadError, OSError) as cut:
            raise _Unfit(HTTPStatus.BAD_REQUEST, f"a push that was cut off ({type(cut).__name__})") from None


class _Unfit(Exception):
    """A request that is not even read; `status` is its answer."""

    def __init__(self, status: HTTPStatus, what: str) -> None:
        super().__init__(what)
        self.status = status


async def _read(request: web.BaseRequest) -> bytes:
    body = bytearray()
    async for chunk in request.content.iter_any():
        body += chunk
        if len(body) > LARGEST:
            raise _Unfit(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"a push of more than {LARGEST} bytes")
    return bytes(body)


def shared_listener(port: Port, host: str, at: int) -> PushListener:
    """Return the listener that all cameras of this host share at `host`, port `at`."""
    return port.shared(f"push:{host}:{at}", lambda: PushListener(host, at, port.clock))
