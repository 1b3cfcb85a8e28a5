"""Asking a device over ISAPI: each request on a connection of its own, with Digest, sent once.

A kept connection may turn out to be dead only when a request is on its way, and then nobody knows whether an
"open" has arrived. What errors say holds no address, for addresses may hold accounts.
"""

import socket
import ssl
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Final

import aiohttp
from aiohttp import (
    AddrInfoType,
    ClientHandlerType,
    ClientRequest,
    ClientResponse,
    TraceRequestHeadersSentParams,
)

from contract.clock import Clock
from contract.errors import DeviceError, DeviceUnreachable
from drivers.isapi.answer import Answer, accepted
from drivers.isapi.login import Login
from drivers.runtime.credentials import Credentials
from drivers.runtime.late import soon_or_never
from drivers.runtime.waiting import within

ANSWER_S: Final = 10.0
LONGEST_ANSWER: Final = 1024 * 1024
CHUNK: Final = 64 * 1024

NEVER_SENT: Final = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)


class NoAnswer(DeviceUnreachable):
    """The device was told, and did not answer: nobody knows whether it has done it."""

    default_code = "outcome-unknown"


class IsapiClient:
    """What one device is asked through, at `url` (http[s]://HOST[:PORT]). Lives as long as its driver.

    `ca_file`: PEM of the certificates to believe over https, instead of those that the machine believes.
    ValueError if it cannot be read, or if Digest cannot say the account's user.
    """

    def __init__(
        self, url: str, account: Credentials | None, clock: Clock, *, ca_file: str | None = None
    ) -> None:
        self.clock = clock
        self._url = url.rstrip("/")
        self._login = Login(account, clock)
        self._tls = _tls(ca_file) if self._url.startswith("https:") else True

    async def ask(
        self, method: str, path: str, body: bytes = b"", *, kind: str = "", timeout_s: float = ANSWER_S
    ) -> Answer:
        """Send one request; return what the device answers, if it did what it was asked.

        DeviceUnreachable: it was told nothing; NoAnswer: nobody knows. CredentialsRefused: our account was,
        or was lately and is left in peace. Rejected: the device says why not. Other DeviceErrors: its answer
        makes no sense. Nothing is sent twice, but for the challenge before a login, which does nothing.
        """
        sending = _Sending()
        try:
            answer = await within(
                self.clock, timeout_s, self._ask(method, path, body, kind=kind, sending=sending)
            )
        except TimeoutError:
            raise sending.lost(f"no answer within {timeout_s:g} s") from None
        return accepted(answer)

    @asynccontextmanager
    async def stream(self, path: str, *, timeout_s: float = ANSWER_S) -> AsyncGenerator[ClientResponse, None]:
        """Open an answer that may never end, whose body is the caller's to read. Errors: those of `ask`."""
        sending = _Sending()
        async with self._session(sending) as session:
            try:
                response = await within(self.clock, timeout_s, self._send(session, "GET", path, sending))
            except TimeoutError:
                raise DeviceUnreachable(f"no answer within {timeout_s:g} s") from None
            except NoAnswer as error:  # who only listens has done nothing
                raise DeviceUnreachable(str(error)) from None
            try:
                if response.status != 200:
                    accepted(Answer(status=response.status, kind="", body=b""))
                yield response
            finally:
                response.close()

    async def _ask(self, method: str, path: str, body: bytes, *, kind: str, sending: "_Sending") -> Answer:
        async with self._session(sending) as session:
            response = await self._send(session, method, path, sending, body, kind=kind)
            try:
                return await _whole(response)
            except (aiohttp.ClientError, OSError) as error:
                raise sending.lost(f"the answer broke off ({type(error).__name__})") from None
            finally:
                response.close()

    async def _send(
        self,
        session: aiohttp.ClientSession,
        method: str,
        path: str,
        sending: "_Sending",
        body: bytes = b"",
        *,
        kind: str = "",
    ) -> ClientResponse:
        self._login.require()
        headers = {"Content-Type": kind} if kind else {}
        try:
            response = await session.request(
                method, self._url + path, data=body or None, headers=headers, allow_redirects=False
            )
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise sending.lost(f"the device does not answer ({type(error).__name__})") from None
        try:
            self._login.judge(response)
        except DeviceError:
            response.close()
            raise
        return response

    def _session(self, sending: "_Sending") -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(force_close=True, ssl=self._tls, socket_factory=_socket),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"User-Agent": "hemei", "Accept-Encoding": "identity"},
            timeout=aiohttp.ClientTimeout(total=None),  # by the injected clock
            auto_decompress=False,
            middlewares=(*self._login.middlewares, sending.once),
            trace_configs=[sending.trace()],
        )


class _Sending:
    """One request on its way: `told` from when the device may know of it."""

    def __init__(self) -> None:
        self.told = False

    def lost(self, why: str) -> DeviceUnreachable:
        """Return the error for a request that is not answered."""
        return NoAnswer(why) if self.told else DeviceUnreachable(why)

    async def once(self, request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
        """Keep aiohttp from sending a GET or PUT again after its connection broke."""
        try:
            response = await handler(request)
        except NEVER_SENT:
            raise
        except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
            raise self.lost(f"the device hung up ({type(error).__name__})") from None
        self.told = self.told and response.status != 401
        return response

    def trace(self) -> aiohttp.TraceConfig:
        """Return what takes note of the moment of sending."""
        trace = aiohttp.TraceConfig()
        trace.on_request_headers_sent.append(self._sent)
        return trace

    async def _sent(
        self,
        session: aiohttp.ClientSession,
        context: SimpleNamespace,
        params: TraceRequestHeadersSentParams,
    ) -> None:
        self.told = True


async def _whole(response: ClientResponse) -> Answer:
    body = bytearray()
    async for chunk in response.content.iter_chunked(CHUNK):
        body += chunk
        if len(body) > LONGEST_ANSWER:
            raise DeviceError("an answer that is too long", code="bad-protocol")
    return Answer(status=response.status, kind=response.content_type, body=bytes(body))


def _socket(address: AddrInfoType) -> socket.socket:
    family, kind, protocol, *_ = address
    made = socket.socket(family, kind, protocol)
    soon_or_never(made)
    return made


def _tls(ca_file: str | None) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=ca_file)
    except OSError as error:  # ssl.SSLError is one
        raise ValueError(f"ca_file {ca_file}: cannot be read ({type(error).__name__})") from None
