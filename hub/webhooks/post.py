"""Sends one request: follows no redirect, verifies TLS, and reaches no private address unless it may."""

import ipaddress
import socket
from typing import Any, Final
from urllib.parse import urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver
from msgspec import Struct

LIMIT_S: Final = 15.0
GONE: Final = 410


class Answer(Struct, frozen=True, kw_only=True):
    """What became of a request; `reason` holds no secret. `gone`: the receiver wants no more."""

    ok: bool
    reason: str = ""
    gone: bool = False


class PrivateAddress(OSError):
    """The name leads to this machine or to a private network."""


class PublicResolver(AbstractResolver):
    """Resolves names, and refuses what is not public at the very moment that it is connected to."""

    def __init__(self) -> None:
        self._inner = ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Return the addresses of a name; PrivateAddress if one of them is not public."""
        found = await self._inner.resolve(host, port, family)
        for each in found:
            refuse_private(each["host"])
        return found

    async def close(self) -> None:
        """Have nothing to close."""


def refuse_private(address: str) -> None:
    """Raise PrivateAddress unless an IP address can be reached by everybody; names pass."""
    try:
        there = ipaddress.ip_address(address)
    except ValueError:
        return
    mapped = getattr(there, "ipv4_mapped", None) or there
    if not mapped.is_global or mapped.is_multicast:
        raise PrivateAddress("is no public address; `private = true` allows it")


async def post(url: str, body: bytes, headers: dict[str, str], *, private: bool) -> Answer:
    """Send once. Whatever goes wrong is in the answer."""
    resolver: dict[str, Any] = {} if private else {"resolver": PublicResolver()}
    try:
        if not private:
            refuse_private(urlsplit(url).hostname or "")
        async with (
            aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(use_dns_cache=False, **resolver),
                timeout=aiohttp.ClientTimeout(total=LIMIT_S),
                trust_env=False,
            ) as session,
            session.post(url, data=body, headers=headers, allow_redirects=False) as response,
        ):
            ok = 200 <= response.status < 300
            return Answer(ok=ok, reason=f"HTTP {response.status}", gone=response.status == GONE)
    except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as wrong:
        return Answer(ok=False, reason=_words(wrong))


def _words(wrong: Exception) -> str:
    below = getattr(wrong, "os_error", None)
    if isinstance(below, PrivateAddress):
        wrong = below
    return f"{type(wrong).__name__}: {wrong}"[:200] if str(wrong) else type(wrong).__name__
