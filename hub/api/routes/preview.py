"""What a camera sees now: one picture, or one after another for as long as somebody looks.

The stream is multipart/x-mixed-replace (MJPEG), which an `<img>` shows. Nothing is queued for a viewer: who
is slow gets fewer pictures, and who takes none for SEND_LIMIT_S is cut off.
"""

import asyncio
from contextlib import AsyncExitStack
from typing import Annotated, Any, Final

from fastapi import APIRouter, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from contract.errors import HemeiError
from hub.access.access import Access
from hub.access.roles import Permission, Principal
from hub.api.answers import answers
from hub.api.permissions import needs, services_of
from hub.api.routes import BASE
from hub.api.routes.devices import At, of_tenant
from hub.api.routes.live import ABORT
from hub.audit.requests import PREVIEW_VIEWED, looked
from hub.preview.service import Look
from hub.preview.watch import Picture

router: Final = APIRouter(prefix=BASE, tags=["devices"])

SEND_LIMIT_S: Final = 10.0
BOUNDARY: Final = "hemei-picture-5e1c0b7a9d"
STREAM: Final = f"multipart/x-mixed-replace; boundary={BOUNDARY}"
HEADERS: Final = {"X-Accel-Buffering": "no"}
"""Tells a proxy before us (nginx) to pass pictures on at once."""

_DELIMITER: Final = f"--{BOUNDARY}\r\n".encode()
_PROBLEMS: Final = (404, 409, 503)


def _described(kind: str, text: str) -> dict[int | str, dict[str, Any]]:
    return answers(None, *_PROBLEMS) | {200: {"description": text, "content": {kind: {}}}}


@router.get(
    "/devices/{site}/{kind}/{device}/picture",
    summary="One picture of now",
    responses=_described("image/jpeg", "A JPEG that the device has just sent."),
)
async def picture(request: Request, at: At, who: Annotated[Principal, needs(Permission.PREVIEW)]) -> Response:
    """Ask the device for a picture, in the caller's name, and return it."""
    services = services_of(request)
    of_tenant(services, who)
    await looked(request, who, PREVIEW_VIEWED, str(at))
    async with services.previews.look(at, who.name) as look:
        return Response(await look.still(), media_type="image/jpeg")


@router.get(
    "/devices/{site}/{kind}/{device}/preview",
    summary="Pictures of now, one after another",
    responses=_described("multipart/x-mixed-replace", "JPEGs, each with its Content-Length (MJPEG)."),
)
async def preview(request: Request, at: At, who: Annotated[Principal, needs(Permission.PREVIEW)]) -> Response:
    """Ask the device for pictures, in the caller's name, and pass them on until somebody ends it.

    It ends when the device goes away or stalls, and when the caller's sign-in does.
    """
    services = services_of(request)
    of_tenant(services, who)
    await looked(request, who, PREVIEW_VIEWED, str(at))
    async with AsyncExitStack() as looking:
        look = await looking.enter_async_context(services.previews.look(at, who.name))
        first = await look.first()
        return _Stream(look, first, services.access, who, looking.pop_all())


class _Stream(Response):
    """Sends pictures, and leaves when the viewer does."""

    def __init__(
        self, look: Look, first: Picture, access: Access, who: Principal, looking: AsyncExitStack
    ) -> None:
        super().__init__(headers=HEADERS, media_type=STREAM)
        del self.headers["content-length"]
        self._look = look
        self._picture = first
        self._access = access
        self._who = who
        self._looking = looking

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve until the viewer leaves, the sign-in ends, or no more pictures come."""
        async with self._looking:
            start = {"type": "http.response.start", "status": 200, "headers": self.raw_headers}
            await send(start)
            try:
                await self._serve(receive, send)
            except TimeoutError:
                abort = scope.get("extensions", {}).get(ABORT)
                if abort is not None:
                    abort()

    async def _serve(self, receive: Receive, send: Send) -> None:
        tasks = [
            asyncio.create_task(work)
            for work in (
                self._send_pictures(send),
                _left(receive),
                self._access.until_ended(self._who),
                self._look.renew(),
            )
        ]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            outcomes = await asyncio.gather(*tasks, return_exceptions=True)
        for outcome in outcomes:
            if isinstance(outcome, Exception) and not isinstance(outcome, HemeiError):
                raise outcome
        await _send(send, b"", more=False)

    async def _send_pictures(self, send: Send) -> None:
        await _send(send, _DELIMITER)
        while True:
            await _send(send, part(self._picture.jpeg))
            self._picture = await self._look.after(self._picture)


def part(jpeg: bytes) -> bytes:
    """Wrap a picture. The delimiter stands after it: browsers show a part only once they have seen that."""
    head = f"Content-Type: image/jpeg\r\nContent-Length: {len(jpeg)}\r\n\r\n".encode()
    return b"".join((head, jpeg, b"\r\n", _DELIMITER))


async def _send(send: Send, body: bytes, *, more: bool = True) -> None:
    """Hand on as soon as the viewer has taken what went before; TimeoutError if they do not."""
    async with asyncio.timeout(SEND_LIMIT_S):
        await send({"type": "http.response.body", "body": body, "more_body": more})


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
