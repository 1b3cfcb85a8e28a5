"""Registers with the library, keeps the session alive, posts. A 401 means: register again.

Register and UnRegister carry Digest (RFC 7616), all else only who we are.
"""

import asyncio
import contextlib
import logging
import random
import ssl
from collections.abc import Awaitable, Callable
from datetime import datetime
from enum import StrEnum
from typing import Final

import httpx
import msgspec

from contract.clock import Clock
from contract.errors import HemeiError
from hub.viid.answer import Code, Reply, local_time, reply_of
from hub.viid.ids import LOCAL
from hub.viid.settings import MISSES, ViidSettings

logger = logging.getLogger(__name__)

TYPE: Final = "application/VIID+JSON"
FIRST_PAUSE_S: Final = 2.0
LONGEST_PAUSE_S: Final = 300.0
GOODBYE_S: Final = 3.0
UNAUTHORISED: Final = 401
LONGEST_ANSWER: Final = 4 * 1024 * 1024

Sleep = Callable[[float], Awaitable[None]]


class SessionState(StrEnum):
    """Whether the library knows us."""

    REGISTERING = "registering"
    ONLINE = "online"
    OFFLINE = "offline"


class Unreachable(HemeiError):
    """The library does not answer, or does not let us in; later it may."""

    retryable = True
    default_code = "viid-unreachable"


class Session:
    """One session after the other. `failing`: why there is none; no secret is in it."""

    def __init__(self, settings: ViidSettings, clock: Clock, sleep: Sleep = asyncio.sleep) -> None:
        self.state = SessionState.REGISTERING
        self.since_ms = clock.now_ms()
        self.registered_ms: int | None = None
        self.registrations = 0
        self.failing = ""
        self.offset_s: float | None = None
        self.online = asyncio.Event()
        self._settings = settings
        self._clock = clock
        self._sleep = sleep
        self._lost = asyncio.Event()
        self._client: httpx.AsyncClient | None = None

    async def run(self) -> None:
        """Keep a session until cancelled, then take leave."""
        verify = await asyncio.to_thread(_trusted, self._settings.ca_file)
        limits = httpx.Limits(max_connections=4, keepalive_expiry=30)
        async with httpx.AsyncClient(
            base_url=self._settings.url,
            verify=verify,
            timeout=self._settings.timeout_s,
            trust_env=False,
            limits=limits,
            headers={"User-Identify": self._settings.id, "Content-Type": TYPE, "Accept": "*/*"},
        ) as client:
            self._client = client
            try:
                await self._keep()
            finally:
                await self._take_leave()

    async def post(self, path: str, body: bytes) -> Reply:
        """Post something, to the library or a whole URL; Unreachable if there is no session, or no more."""
        if not self.online.is_set():
            raise Unreachable("there is no session with the library")
        reply = await self._ask("POST", path, body)
        if reply.http == UNAUTHORISED and path.startswith("/"):
            self._lose("the library does not know us any more (401)")
            raise Unreachable("the library does not know us any more")
        return reply

    async def _keep(self) -> None:
        tries = 0
        while True:
            if not self.online.is_set():
                if await self._register():
                    tries = 0
                    continue
                await self._sleep(pause_s(tries))
                tries += 1
                continue
            await self._beat()

    async def _register(self) -> bool:
        self._lost.clear()
        if self.state is not SessionState.OFFLINE:
            self._turn(SessionState.REGISTERING)
        try:
            secret = await asyncio.to_thread(self._settings.secret)
            reply = await self._system("Register", httpx.DigestAuth(self._settings.account, secret))
        except OSError as wrong:
            return self._refused(f"password_file: {type(wrong).__name__}")
        except Unreachable as wrong:
            return self._refused(str(wrong))
        if reply.http == UNAUTHORISED:
            return self._refused("the library refuses id or password (401)")
        if not reply.ok or (reply.one is not None and reply.one.code != Code.OK):
            code = reply.one.code if reply.one else "none"
            return self._refused(f"the library does not register us: HTTP {reply.http}, code {code}")
        self._registered()
        await self._compare_clocks()
        return True

    def _registered(self) -> None:
        self.registrations += 1
        self.registered_ms = self._clock.now_ms()
        self.failing = ""
        self._turn(SessionState.ONLINE)
        self.online.set()
        logger.info("registered with the police view library")

    def _refused(self, why: str) -> bool:
        if self.failing != why:
            logger.warning("police view library: %s", why)
        self.failing = why
        self._turn(SessionState.OFFLINE)
        return False

    async def _beat(self) -> None:
        """Wait, then say that we are there; several without an answer end the session."""
        for missed in range(MISSES):
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._settings.keepalive_s):
                    await self._lost.wait()
            if self._lost.is_set():
                return
            try:
                reply = await self._system("Keepalive")
            except Unreachable as wrong:
                self.failing = str(wrong)
                if missed == MISSES - 1:
                    self._lose(f"{MISSES} keepalives without an answer: {wrong}", SessionState.OFFLINE)
                continue
            if reply.http == UNAUTHORISED:
                self._lose("the library does not know us any more (401)")
            elif reply.ok:
                self.failing = ""
                return

    def _lose(self, why: str, state: SessionState = SessionState.REGISTERING) -> None:
        logger.warning("police view library: %s", why)
        self.failing = why
        self.online.clear()
        self._lost.set()
        self._turn(state)

    def _turn(self, state: SessionState) -> None:
        if state is not self.state:
            self.state, self.since_ms = state, self._clock.now_ms()

    async def _take_leave(self) -> None:
        """Say goodbye where somebody listens; nobody waits long for that."""
        if not self.online.is_set():
            return
        self.online.clear()
        with contextlib.suppress(Unreachable, OSError, TimeoutError):
            async with asyncio.timeout(GOODBYE_S):
                secret = self._settings.secret()
                await self._system("UnRegister", httpx.DigestAuth(self._settings.account, secret))

    async def _compare_clocks(self) -> None:
        with contextlib.suppress(Unreachable, ValueError):
            response = await self._send("GET", "/VIID/System/Time")
            said = local_time(response.content)
            if said is not None:
                there = datetime.strptime(said, "%Y%m%d%H%M%S").replace(tzinfo=LOCAL)
                self.offset_s = (self._clock.now() - there).total_seconds()

    async def _system(self, what: str, auth: httpx.DigestAuth | None = None) -> Reply:
        body = msgspec.json.encode({f"{what}Object": {"DeviceID": self._settings.id}})
        return await self._ask("POST", f"/VIID/System/{what}", body, auth)

    async def _ask(self, method: str, path: str, body: bytes, auth: httpx.DigestAuth | None = None) -> Reply:
        response = await self._send(method, path, body, auth)
        return reply_of(response.status_code, response.content)

    async def _send(
        self, method: str, path: str, body: bytes | None = None, auth: httpx.DigestAuth | None = None
    ) -> httpx.Response:
        if self._client is None:
            raise Unreachable("the feed is not running")
        try:
            return await self._client.request(method, path, content=body, auth=auth)
        except (httpx.HTTPError, httpx.InvalidURL) as wrong:
            raise Unreachable(f"{path}: {type(wrong).__name__}") from wrong


def pause_s(tries: int) -> float:
    """Return how long to wait after so many failures before this one, spread by chance."""
    longest: float = min(FIRST_PAUSE_S * 2 ** min(tries, 16), LONGEST_PAUSE_S)
    return longest * random.uniform(0.5, 1.0)  # noqa: S311 - spreads load, hides nothing


def _trusted(ca_file: str | None) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=ca_file)
