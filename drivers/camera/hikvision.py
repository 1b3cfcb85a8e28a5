"""Hikvision's event channel: `/ISAPI/Event/notification/alertStream`, one HTTP answer that never ends."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from contextlib import aclosing
from typing import Final

import httpx

from contract.clock import Clock
from contract.errors import DeviceError, DeviceUnreachable
from drivers.camera.alert import is_whole, read_alert
from drivers.camera.channel import endless
from drivers.camera.credentials import Credentials
from drivers.camera.happenings import Happenings, VendorEvent
from drivers.camera.multipart import Multipart, Nonsense, Part, boundary_of
from drivers.camera.stream import CredentialsRefused
from drivers.runtime.waiting import TICK_S, within

PATH: Final = "/ISAPI/Event/notification/alertStream"
SILENCE_S: Final = 30.0
"""Cameras send a heartbeat every few seconds; a channel that is silent for longer is dead."""

CONNECT_S: Final = 10.0


def events(
    url: str,
    credentials: Credentials | None,
    clock: Clock,
    *,
    malformed: Callable[[str], None],
    lost: Callable[[DeviceError], None],
) -> AsyncGenerator[VendorEvent, None]:
    """Give what the camera at `url` (http://HOST[:PORT]) reports, for ever; `lost` hears why it paused."""
    return endless(lambda: session(url, credentials, clock, malformed=malformed), clock, lost)


async def session(
    url: str, credentials: Credentials | None, clock: Clock, *, malformed: Callable[[str], None]
) -> AsyncGenerator[VendorEvent, None]:
    """Give what is reported over one connection; DeviceError when it ends."""
    auth = httpx.DigestAuth(credentials.user, credentials.password) if credentials else None
    limits = httpx.Timeout(CONNECT_S, read=None)
    async with httpx.AsyncClient(auth=auth, timeout=limits, trust_env=False) as client:
        request = client.build_request("GET", url.rstrip("/") + PATH)
        try:
            response = await within(clock, CONNECT_S, client.send(request, stream=True))
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            raise _dead(error) from None
        try:
            boundary = _accepted(response)
            async with aclosing(_events(response, boundary, clock, malformed)) as found:
                async for event in found:
                    yield event
        finally:
            await response.aclose()


def _accepted(response: httpx.Response) -> bytes:
    if response.status_code in (401, 403):
        raise CredentialsRefused("the event channel does not let this account in")
    boundary = boundary_of(response.headers.get("content-type", ""))
    if response.status_code != httpx.codes.OK or boundary is None:
        raise DeviceError(f"no event channel (HTTP {response.status_code})", code="bad-protocol")
    return boundary


async def _events(
    response: httpx.Response, boundary: bytes, clock: Clock, malformed: Callable[[str], None]
) -> AsyncGenerator[VendorEvent, None]:
    parser, happenings = Multipart(boundary, is_whole), Happenings()
    try:
        async with aclosing(_chunks(response, clock)) as chunks:
            async for chunk in chunks:
                for event in _heard(parser.feed(chunk), happenings, clock, malformed):
                    yield event
                for event in happenings.due(clock.monotonic()):
                    yield event
    except DeviceUnreachable:
        for event in happenings.rest():
            yield event
        raise


def _heard(
    found: Iterator[Part | Nonsense], happenings: Happenings, clock: Clock, malformed: Callable[[str], None]
) -> Iterator[VendorEvent]:
    for each in found:
        if isinstance(each, Nonsense):
            malformed(f"event channel: {each.what}")
        elif each.kind.startswith("image/"):
            happenings.picture(each.body)
        else:
            try:
                alert = read_alert(each)
            except DeviceError as error:
                malformed(f"event channel: {error}")
                continue
            if alert is not None:
                yield from happenings.alert(alert, clock.monotonic(), clock.now())


async def _chunks(response: httpx.Response, clock: Clock) -> AsyncGenerator[bytes, None]:
    """Give the bytes as they come, and nothing (`b""`) now and then; DeviceUnreachable at the end."""
    heard_s = clock.monotonic()
    stream = response.aiter_bytes()
    coming = asyncio.ensure_future(_next(stream))
    try:
        while clock.monotonic() - heard_s < SILENCE_S:
            await asyncio.wait({coming}, timeout=TICK_S)
            if not coming.done():
                yield b""
                continue
            heard_s = clock.monotonic()
            chunk = coming.result()
            coming = asyncio.ensure_future(_next(stream))
            yield chunk
        raise DeviceUnreachable(f"the event channel was silent for {SILENCE_S:.0f} s")
    finally:
        coming.cancel()
        await asyncio.gather(coming, return_exceptions=True)


async def _next(stream: AsyncIterator[bytes]) -> bytes:
    try:
        return await anext(stream)
    except StopAsyncIteration:
        raise DeviceUnreachable("the camera has ended its event channel") from None
    except (httpx.HTTPError, OSError) as error:
        raise _dead(error) from None


def _dead(error: Exception) -> DeviceUnreachable:
    # Only its kind: what such errors say may hold addresses, and addresses may hold accounts.
    return DeviceUnreachable(f"the event channel is dead ({type(error).__name__})")
