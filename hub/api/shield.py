"""What stands before every route: security headers, a limit for bodies, and an answer to the unforeseen."""

import contextlib
import logging
import re
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hub.api.problems import problem
from hub.audit.paths import masked
from hub.orders.pictures import MAX_PICTURE_BYTES
from hub.plans.picture import MAX_PICTURE_BYTES as MAX_PLAN_BYTES
from hub.register.importing.sheet import MOST_BYTES

logger = logging.getLogger(__name__)

MAX_BODY_BYTES: Final = 1024 * 1024

LARGE: Final = (
    (re.compile(r"/api/v1/work-orders/[^/]+/pictures"), MAX_PICTURE_BYTES),
    (re.compile(r"/api/v1/plans(/[^/]+/picture)?"), MAX_PLAN_BYTES),
    (re.compile(r"/api/v1/register/imports"), MOST_BYTES),
)
"""Where a body may be as large as a picture or a table; it is read only after the caller is known."""

CONTENT_SECURITY_POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "media-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "worker-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)

HEADERS: Final = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cache-Control": "no-store",
}
"""Sent with every answer that does not say otherwise."""

HSTS: Final = "max-age=31536000"

TIMEZONE: Final = "Hemei-Timezone"
"""The header that tells the site's time zone, by which every page tells the time, wherever its screen is."""


class Shield:
    """ASGI middleware around all routes. `timezone`: the site's; None: it is not told."""

    def __init__(self, app: ASGIApp, timezone: str | None = None) -> None:
        self._app = app
        self._headers = HEADERS if timezone is None else HEADERS | {TIMEZONE: timezone}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request or WebSocket."""
        if scope["type"] == "http":
            await self._http(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._websocket(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def send_shielded(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                self._add_headers(message, secure=scope["scheme"] == "https")
            await send(message)

        most = _most(scope["path"])
        length = Headers(scope=scope).get("content-length", "0")
        if not length.isdecimal() or int(length) > most:
            await _too_large(most)(scope, receive, send_shielded)
            return
        try:
            await self._app(scope, _Counted(receive, most), send_shielded)
        except Exception:
            logger.exception("%s %s failed", scope["method"], masked(scope["path"]))
            if started:
                raise
            answer = problem(500, "the hub made a mistake; its log says which", code="internal-error")
            await answer(scope, receive, send_shielded)

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self._app(scope, receive, send)
        except Exception:
            logger.exception("WebSocket %s failed", masked(scope["path"]))
            with contextlib.suppress(RuntimeError, OSError):  # closed already
                await send({"type": "websocket.close", "code": 1011, "reason": "the hub made a mistake"})

    def _add_headers(self, message: Message, *, secure: bool) -> None:
        headers = MutableHeaders(scope=message)
        for name, value in self._headers.items():
            headers.setdefault(name, value)
        if secure:
            headers.setdefault("Strict-Transport-Security", HSTS)


def _most(path: str) -> int:
    """Return how many bytes a body may have."""
    return next((most for large, most in LARGE if large.fullmatch(path)), MAX_BODY_BYTES)


class _Counted:
    """A `receive` that refuses a body that grows beyond the limit without having said so."""

    def __init__(self, receive: Receive, most: int) -> None:
        self._receive = receive
        self._most = most
        self._bytes = 0

    async def __call__(self) -> Message:
        message = await self._receive()
        self._bytes += len(message.get("body", b""))
        if self._bytes > self._most:
            raise HTTPException(413, f"a body may have {self._most} bytes")
        return message


def _too_large(most: int) -> ASGIApp:
    return problem(413, f"a body may have {most} bytes", headers={"Connection": "close"})
