"""`/ISAPI/Event/notification/alertStream`: one HTTP answer that never ends, of documents and pictures."""

import asyncio
import re
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from contextlib import aclosing
from typing import Final

import aiohttp
import msgspec

from contract.clock import Clock
from contract.errors import DeviceError, DeviceUnreachable, InvalidMessage
from drivers.isapi.client import IsapiClient
from drivers.isapi.document import LONGEST, read_document
from drivers.isapi.parts import Multipart, Nonsense, Part, boundary_of
from drivers.isapi.push import Gathering, Picture, Push

PATH: Final = "/ISAPI/Event/notification/alertStream"

SILENCE_S: Final = 30.0
"""Devices send a heartbeat every few seconds, at the latest every ten."""

LOOK_S: Final = 0.1
"""How often a silent channel is looked at: a document may wait for pictures, and a gate for it."""

_XML_END: Final = re.compile(rb"</(?:[\w.-]{1,32}:)?EventNotificationAlert\s*>\s*$")


def is_whole(part: Part) -> bool:
    """Whether a part that does not say its length is complete."""
    if len(part.body) > LONGEST:
        return False
    if part.kind.endswith("xml") or not part.kind:
        return _XML_END.search(part.body) is not None
    if part.kind.endswith("json") and part.body.rstrip().endswith(b"}"):
        try:
            msgspec.json.decode(part.body)
        except (ValueError, RecursionError):  # msgspec's errors are ValueErrors
            return False
        return True
    return False


async def pushes(
    client: IsapiClient, malformed: Callable[[str], None], *, silence_s: float = SILENCE_S
) -> AsyncGenerator[Push, None]:
    """Give what the device says over one connection, heartbeats too: each is a sign of life.

    What makes no sense is told to `malformed`, and the stream goes on. DeviceUnreachable when it ends, or is
    silent for `silence_s`; other errors, of opening it, are those of `IsapiClient.ask`. Call it again then:
    who runs a driver waits in between.
    """
    gathering = Gathering()
    try:
        async with aclosing(parts(client, malformed, silence_s=silence_s)) as said:
            async for part in said:
                now_s = client.clock.monotonic()
                heard = _heard(part, gathering, now_s, malformed) if part else ()
                for push in (*heard, *gathering.due(now_s)):
                    yield push
    except DeviceUnreachable:
        for push in gathering.rest():
            yield push
        raise


def _heard(
    part: Part, gathering: Gathering, now_s: float, malformed: Callable[[str], None]
) -> Iterator[Push]:
    if part.kind.startswith("image/"):
        yield from gathering.picture(Picture("", part.body))
    elif part.body.strip():
        try:
            document = read_document(part.body)
        except InvalidMessage as error:
            malformed(f"event channel: {error}")
        else:
            yield from gathering.document(document, now_s)


async def parts(
    client: IsapiClient, malformed: Callable[[str], None], *, silence_s: float = SILENCE_S
) -> AsyncGenerator[Part | None, None]:
    """Give documents and pictures apart, in their order, for who puts them together in another way.

    None now and then: time has passed. Errors: those of `pushes`.
    """
    async with client.stream(PATH) as response:
        boundary = boundary_of(response.headers.get("Content-Type", ""))
        if boundary is None:
            raise DeviceError("the event channel has no parts", code="bad-protocol")
        parser = Multipart(boundary, is_whole)
        async with aclosing(_chunks(response, client.clock, silence_s)) as chunks:
            async for chunk in chunks:
                for found in parser.feed(chunk):
                    if isinstance(found, Nonsense):
                        malformed(f"event channel: {found.what}")
                    else:
                        yield found
                yield None


async def _chunks(
    response: aiohttp.ClientResponse, clock: Clock, silence_s: float
) -> AsyncGenerator[bytes, None]:
    """Give the bytes as they come, and nothing (`b""`) now and then; DeviceUnreachable at the end."""
    heard_s = clock.monotonic()
    stream = response.content.iter_any()
    coming = asyncio.ensure_future(_next(stream))
    try:
        while clock.monotonic() - heard_s < silence_s:
            await asyncio.wait({coming}, timeout=LOOK_S)
            if not coming.done():
                yield b""
                continue
            heard_s = clock.monotonic()
            chunk = coming.result()
            coming = asyncio.ensure_future(_next(stream))
            yield chunk
        raise DeviceUnreachable(f"the event channel was silent for {silence_s:.0f} s")
    finally:
        coming.cancel()
        await asyncio.gather(coming, return_exceptions=True)


async def _next(stream: AsyncIterator[bytes]) -> bytes:
    try:
        return await anext(stream)
    except StopAsyncIteration:
        raise DeviceUnreachable("the device has ended its event channel") from None
    except (aiohttp.ClientError, OSError) as error:
        raise DeviceUnreachable(f"the event channel is dead ({type(error).__name__})") from None
