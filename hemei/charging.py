"""Codes and prepaid accounts in the ledger, for the commands that change them beside a running hub.

Each call is one transaction, with its entries in the audit.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from sqlalchemy import Connection

from contract.charging import CHARGER_KIND
from contract.clock import SystemClock
from contract.errors import ConfigurationError
from contract.topics import Address
from hemei.command_line import CLI
from hemei.settings import ledger_url
from hemei.site import Site
from hemei.stickers import Sticker
from hub.audit.writer import AuditWriter
from hub.charging.codes import Code, Codes
from hub.charging.payment.accounts import Accounts, Funded, Opened
from hub.ledger.engine import open_ledger


class Ledger(NamedTuple):
    """A transaction, and what writes the audit in it."""

    connection: Connection
    trail: AuditWriter


@contextmanager
def ledger_of(site: Site) -> Iterator[Ledger]:
    """Open the site's ledger for one transaction."""
    engine = open_ledger(ledger_url(site))
    try:
        with engine.begin() as connection:
            yield Ledger(connection, AuditWriter(site.tables.site.tenant, SystemClock()))
    finally:
        engine.dispose()


def named(site: Site, names: Sequence[str]) -> list[Address]:
    """Return the connectors called `charger/ID`, or all there are; ConfigurationError."""
    there = [site.address(each) for each in site.tables.device if each.kind == CHARGER_KIND]
    known = {f"{each.kind}/{each.device}": each for each in there}
    for name in names:
        if name not in known:
            allowed = ", ".join(known) or "none: there is no charger"
            raise ConfigurationError(f"{name!r} is no connector; allowed: {allowed}")
    return [known[name] for name in names or known]


def codes_made(site: Site, connectors: Sequence[Address], *, once: bool, minutes: float | None) -> list[Code]:
    """Return the sticker's code of each connector, or a new one where it is limited."""
    with ledger_of(site) as (connection, trail):
        codes = Codes(trail)
        if not once and minutes is None:
            return [codes.sticker(connection, each, CLI) for each in connectors]
        expires_ms = None if minutes is None else trail.clock.now_ms() + round(minutes * 60_000)
        return [codes.make(connection, each, CLI, once=once, expires_ms=expires_ms) for each in connectors]


def code_revoked(site: Site, code: str) -> Code:
    """Have a code be good for nothing; CodeUnknown."""
    with ledger_of(site) as (connection, trail):
        return Codes(trail).revoke(connection, code, CLI)


def account_opened(site: Site, note: str) -> Opened:
    """Open an account; its key can be read this once."""
    with ledger_of(site) as (connection, trail):
        return Accounts(trail).open(connection, note, CLI)


def account_rekeyed(site: Site, account: str) -> Opened:
    """Give an account another key; AccountMissing."""
    with ledger_of(site) as (connection, trail):
        return Accounts(trail).new_key(connection, account, CLI)


def topped_up(site: Site, account: str, fen: int, note: str) -> Funded:
    """Write that somebody has paid in, or, below zero, a mistake; AccountMissing, InvalidMessage."""
    with ledger_of(site) as (connection, trail):
        return Accounts(trail).top_up(connection, account, fen, CLI, note)


def accounts(site: Site) -> Sequence[Funded]:
    """Return every account, the newest first."""
    with ledger_of(site) as (connection, trail):
        return Accounts(trail).listed(connection)


def stickers(site: Site, codes: Sequence[Code], base: str) -> list[Sticker]:
    """Return what is printed for each code; `base` is where phones find the hub."""
    titles = {site.address(each): each.title for each in site.tables.device}
    return [
        Sticker(titles[each.address], f"{each.kind}/{each.device}", f"{base}/c/{each.code}") for each in codes
    ]
