"""The ledger's people, links and machine tokens, for the commands that change them beside a running hub."""

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from contract.clock import SystemClock
from contract.errors import ConfigurationError
from hemei.settings import ledger_url
from hemei.site import Site
from hub.access.access import Access
from hub.access.roles import Role
from hub.ledger.engine import open_ledger

EVERYWHERE: Final = ("0.0.0.0", "::")  # noqa: S104 - where a site says so


@asynccontextmanager
async def access_of(site: Site) -> AsyncIterator[Access]:
    """Open the site's ledger; a hub that runs on it learns of a right that is taken away within a second."""
    engine = open_ledger(ledger_url(site))
    try:
        yield Access(engine, SystemClock(), site.tables.site.tenant)
    finally:
        engine.dispose()


def role_of(name: str) -> Role:
    """Read a role; ConfigurationError lists those there are."""
    try:
        return Role(name)
    except ValueError as unknown:
        allowed = ", ".join(role.value for role in Role)
        raise ConfigurationError(f"role {name!r}: allowed: {allowed}") from unknown


def base_url(site: Site) -> str:
    """Return where people find the hub; one that listens everywhere, by its machine's name."""
    hub = site.tables.hub
    name = socket.gethostname() if hub.http_host in EVERYWHERE else hub.http_host
    host = f"[{name}]" if ":" in name else name
    return f"http://{host}:{hub.http_port}"


def sign_in_url(base: str, link: str) -> str:
    """Return the address of a one-time link."""
    return f"{base}/signin?token={link}"


def screen_url(site: Site, token: str) -> str:
    """Return the address that a screen opens with its token."""
    return f"{base_url(site)}/wall?kiosk={token}"
