"""What the demo's residents need to charge: the codes on the posts, and prepaid accounts with money in them.

They are kept in a file from start to start; what the ledger does not know any more is made anew.
"""

from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct
from sqlalchemy import Connection

from contract.charging import CHARGER_KIND
from hemei.charging import ledger_of
from hemei.command_line import CLI
from hemei.private_files import write_private
from hemei.site import Site
from hub.audit.writer import AuditWriter
from hub.charging.codes import Codes
from hub.charging.payment.accounts import Accounts
from hub.charging.refusals import AccountMissing

RESIDENTS: Final = 12
LEAST_FEN: Final = 10_000
PAID_IN_FEN: Final = 20_000
VISITORS_CONNECTOR: Final = f"{CHARGER_KIND}/garage-2"
"""Left by the residents to whoever tries the demo; a car stands there."""


class Wallets(Struct, frozen=True, kw_only=True):
    """Codes by connector (`charger/ID`), keys of the residents' accounts, and the visitor's."""

    codes: dict[str, str] = {}
    residents: list[str] = []
    visitor: str = ""


def wallets(site: Site, file: Path) -> Wallets:
    """Return what `file` keeps, made good for this ledger. Blocking."""
    kept = read_wallets(file)
    with ledger_of(site) as (connection, trail):
        codes = Codes(trail)
        connectors = [site.address(each) for each in site.tables.device if each.kind == CHARGER_KIND]
        keys = [*kept.residents, *[""] * RESIDENTS][:RESIDENTS]
        now = Wallets(
            codes={
                f"{each.kind}/{each.device}": codes.sticker(connection, each, CLI).code for each in connectors
            },
            residents=[
                _funded(connection, trail, key, f"demo, resident {nth}") for nth, key in enumerate(keys, 1)
            ],
            visitor=_funded(connection, trail, kept.visitor, "demo, visitor"),
        )
    if now != kept:
        write_private(file, msgspec.json.encode(now).decode())
    return now


def read_wallets(file: Path) -> Wallets:
    """Return what `file` keeps; nothing where it cannot be read."""
    try:
        return msgspec.json.decode(file.read_bytes(), type=Wallets)
    except (OSError, msgspec.MsgspecError):
        return Wallets()


def _funded(connection: Connection, trail: AuditWriter, key: str, note: str) -> str:
    """Return the key of an account with enough in it: the kept one, if the ledger knows it."""
    accounts = Accounts(trail)
    try:
        funded = accounts.by_key(connection, key)
    except AccountMissing:
        funded, key = accounts.open(connection, note, CLI)
    if funded.balance.available_fen < LEAST_FEN:
        accounts.top_up(connection, funded.account.id, PAID_IN_FEN, CLI, note)
    return key
