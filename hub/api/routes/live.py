"""The live stream over a WebSocket. Its frames are in docs/live-stream.md; OpenAPI knows no WebSockets."""

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable
from typing import Annotated, Final

from fastapi import APIRouter, WebSocket
from starlette.websockets import WebSocketDisconnect

from hub.access.roles import Permission, Principal
from hub.api.permissions import needs, services_of
from hub.api.problems import CLOSE_CODE
from hub.api.routes import BASE
from hub.api.services import Services
from hub.live.restricted import restricted
from hub.live.viewer import TooSlow, Viewer

router: Final = APIRouter(prefix=BASE)

CLOSING_S: Final = 1.0
Send = Callable[[bytes], Awaitable[None]]
SIGN_IN_ENDED: Final = CLOSE_CODE + 401
TRY_AGAIN_LATER: Final = 1013
ABORT: Final = "hemei.abort"
"""ASGI extension of `hub.api.server`: breaks the connection without waiting for the other end."""

SEND_JSON: Final = "hemei.send-json"
"""ASGI extension of `hub.api.server`: sends a text frame's bytes without copying them."""


@router.websocket("/live")
async def live(
    websocket: WebSocket,
    who: Annotated[Principal, needs(Permission.DEVICES)],
    stream: str | None = None,
    cursor: str | None = None,
) -> None:
    """Send a snapshot, or go on after `cursor` of `stream`; then every change."""
    services = services_of(websocket)
    await websocket.accept()
    with services.live.view(stream, _number(cursor)) as viewer:
        reason = await _serve(websocket, services, who, viewer)
    if reason is not None:
        await _close(websocket, *reason)


async def _serve(
    websocket: WebSocket, services: Services, who: Principal, viewer: Viewer
) -> tuple[int, str] | None:
    """Serve until somebody ends it; return why it is to be closed, None if the viewer left."""
    sending = asyncio.create_task(viewer.serve(_within_reach(services, who, viewer, _sender(websocket))))
    hearing = asyncio.create_task(_hear(websocket, services, who, viewer))
    watching = asyncio.create_task(services.access.until_ended(who))
    tasks = (sending, hearing, watching)
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    if isinstance(outcomes[0], TooSlow):
        return TRY_AGAIN_LATER, "too slow; connect again"
    for outcome in outcomes:
        if isinstance(outcome, Exception) and not isinstance(outcome, WebSocketDisconnect | OSError):
            raise outcome
    if outcomes[2] is None:
        return SIGN_IN_ENDED, "the sign-in has ended"
    return None


def _sender(websocket: WebSocket) -> Send:
    """Return what sends a frame: the server's short way, or ASGI's where another server runs the app."""
    short: Send | None = websocket.scope.get("extensions", {}).get(SEND_JSON)
    if short is not None:
        return short
    return lambda frame: websocket.send_text(frame.decode())


def _within_reach(services: Services, who: Principal, viewer: Viewer, send: Send) -> Send:
    """Return what sends a frame without the alarms that are out of reach; a new reach begins anew."""
    last = services.room.reach(who).areas

    async def send_restricted(frame: bytes) -> None:
        nonlocal last
        areas = services.room.reach(who).areas
        if areas != last:
            last = areas
            viewer.ask_snapshot()
        await send(frame if areas is None else restricted(frame, areas))

    return send_restricted


async def _hear(websocket: WebSocket, services: Services, who: Principal, viewer: Viewer) -> None:
    """Take what the viewer says: that it missed something, or which alarms it has painted.

    What we do not understand, we ignore.
    """
    while True:
        message = await websocket.receive()
        if message["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(message.get("code", 1005))
        text = message.get("text") or ""  # bytes say nothing to us
        with contextlib.suppress(ValueError, RecursionError):
            said = json.loads(text)
            if isinstance(said, dict) and said.get("type") == "snapshot":
                viewer.ask_snapshot()
            elif isinstance(said, dict) and said.get("type") == "painted":
                painted = said.get("alarms")
                services.room.painted(painted if isinstance(painted, list) else [], who)


async def _close(websocket: WebSocket, code: int, reason: str) -> None:
    """Say why, and hang up; do not wait for a viewer that takes nothing."""
    try:
        async with asyncio.timeout(CLOSING_S):
            await websocket.close(code, reason)
    except (TimeoutError, WebSocketDisconnect, RuntimeError):
        abort = websocket.scope.get("extensions", {}).get(ABORT)
        if abort is not None:
            abort()


def _number(text: str | None) -> int | None:
    return int(text) if text is not None and text.isascii() and text.isdigit() and len(text) < 19 else None
