"""Clients of servers that speak plain HTTP: to load every authority of the world outlasts most tests."""

import ssl
from typing import Any, Final

import httpx

_NO_AUTHORITIES: Final = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def plain_client(**options: Any) -> httpx.AsyncClient:
    """Return a client that trusts nobody over TLS; `options` as httpx takes them."""
    return httpx.AsyncClient(verify=_NO_AUTHORITIES, **options)


def plain_sync_client(**options: Any) -> httpx.Client:
    """Return a blocking one."""
    return httpx.Client(verify=_NO_AUTHORITIES, **options)
