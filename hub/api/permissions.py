"""What each route asks of whoever calls it, declared in its signature.

    async def devices(request: Request, who: Annotated[Principal, needs(Permission.DEVICES)]): ...

A cookie is sent by the browser whatever page makes the request, so what comes with a cookie and may change
something, or opens a WebSocket, must come from a page of this hub (its Origin). Bearer tokens need no such
rule.
"""

from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any, Final
from urllib.parse import urlsplit

from fastapi import Depends, HTTPException
from starlette.requests import HTTPConnection

from hub.access.access import Access
from hub.access.roles import Permission, Principal
from hub.api.services import Services
from hub.audit import requests

SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
COOKIE: Final = "hemei-session"
SECURE_COOKIE: Final = "__Host-hemei-session"
"""A browser takes a `__Host-` cookie over TLS and from this very host alone (RFC 6265bis §4.1.3)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """A dependency that lets pass whom it should. `permission` None: anybody who is signed in."""

    permission: Permission | None = None
    public: bool = False
    loopback_is_enough: bool = False

    async def __call__(self, connection: HTTPConnection) -> Principal | None:
        """Return who calls, None where that may be anybody; HTTPException 401 or 403."""
        if self.public or (self.loopback_is_enough and from_loopback(connection)):
            return None
        principal = await recognise(connection, services_of(connection).access)
        if principal is None:
            raise HTTPException(401, "sign in, or send a bearer token", {"WWW-Authenticate": "Bearer"})
        requests.remember(connection, principal)
        if self.permission is not None and not principal.may(self.permission):
            raise HTTPException(403, f"role {principal.role.value} may not use {self.permission.value!r}")
        return principal


def needs(permission: Permission, *, loopback_is_enough: bool = False) -> Any:
    """Ask for a permission."""
    return Depends(Needs(permission=permission, loopback_is_enough=loopback_is_enough))


SIGNED_IN: Final = Depends(Needs())
"""Anybody who is signed in or has a token."""

PUBLIC: Final = Depends(Needs(public=True))
"""Anybody at all."""


def services_of(connection: HTTPConnection) -> Services:
    """Return the hub behind the API."""
    services: Services = connection.app.state.services
    return services


async def recognise(connection: HTTPConnection, access: Access) -> Principal | None:
    """Return who calls; None if we do not know them. HTTPException 403: from another site's page."""
    authorization = connection.headers.get("authorization")
    if authorization is not None:
        scheme, _, token = authorization.partition(" ")
        return await access.by_token(token.strip()) if scheme.lower() == "bearer" else None
    cookie = connection.cookies.get(SECURE_COOKIE if is_secure(connection) else COOKIE)
    if not cookie:
        return None
    principal = await access.by_cookie(cookie)
    if principal is not None and _changes_something(connection):
        check_origin(connection, required=True)
    return principal


def check_origin(connection: HTTPConnection, *, required: bool) -> None:
    """Compare the page that sends this with our own address; HTTPException 403 if it is another one."""
    origin = connection.headers.get("origin")
    if origin is None and not required:
        return
    if origin is None or urlsplit(origin).netloc != connection.headers.get("host"):
        raise HTTPException(403, "the request comes from another site's page")


def is_secure(connection: HTTPConnection) -> bool:
    """Whether the caller's connection, to us or to the proxy before us, is encrypted."""
    return connection.url.scheme in ("https", "wss")


def from_loopback(connection: HTTPConnection) -> bool:
    """Whether the caller is on this machine, and no proxy for somebody else."""
    if (
        connection.client is None
        or "x-forwarded-for" in connection.headers
        or "forwarded" in connection.headers
    ):
        return False
    try:
        return ip_address(connection.client.host).is_loopback
    except ValueError:
        return False


def _changes_something(connection: HTTPConnection) -> bool:
    return connection.scope["type"] == "websocket" or connection.scope["method"] not in SAFE_METHODS
