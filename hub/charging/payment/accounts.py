"""Prepaid accounts as staff keep them: opened, topped up, given another key. Blocking."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from sqlalchemy import Connection

from contract.errors import InvalidMessage
from hub.alarms.alarm import Actor
from hub.charging.keys import hashed, new_account, new_key
from hub.charging.payment.money import Account, Balance, Journal, Kind, Movement
from hub.charging.refusals import AccountMissing
from hub.charging.schema import accounts
from hub.charging.trail import ChargingTrail

MOST_FEN: Final = 10_000_000
"""Of one top-up: 100,000 yuan are a slip of the hand."""


class Funded(NamedTuple):
    """An account and what is in it."""

    account: Account
    balance: Balance


class Opened(NamedTuple):
    """An account and its key, which nobody can read again."""

    funded: Funded
    key: str


class Accounts:
    """One tenant's accounts, inside the caller's transaction."""

    def __init__(self, trail: ChargingTrail) -> None:
        self.journal = Journal(trail)
        self._trail = trail

    def open(self, connection: Connection, note: str, by: Actor) -> Opened:
        """Make an account. `note` says whose it is without a name."""
        key = new_key()
        account = Account(id=new_account(), note=note, made_ms=self._trail.clock.now_ms(), made_by=by.who)
        self.journal.open(connection, account, hashed(key))
        self._trail.write(connection, by, "account.opened", account.id, note=note)
        return Opened(Funded(account, Balance()), key)

    def new_key(self, connection: Connection, ident: str, by: Actor) -> Opened:
        """Give an account another key; AccountMissing."""
        key = new_key()
        account = self.journal.set_key(connection, ident, hashed(key))
        if account is None:
            raise _missing(ident)
        self._trail.write(connection, by, "account.rekeyed", ident)
        return Opened(self._funded(connection, account), key)

    def top_up(
        self, connection: Connection, ident: str, fen: int, by: Actor, note: str, request: str | None = None
    ) -> Funded:
        """Write that somebody has paid in, or, below zero, that this was a mistake.

        The same `request` again changes nothing. AccountMissing; InvalidMessage: nothing, too much, more than
        there is to take back, a mistake without a note, or the `request` of something else.
        """
        account = self.journal.lock(connection, accounts.c.id == ident)
        if account is None:
            raise _missing(ident)
        if not 0 < abs(fen) <= MOST_FEN:
            raise InvalidMessage(f"`fen` must be 1 to {MOST_FEN}, or as much below zero", code="bad-amount")
        if fen < 0 and not note.strip():
            raise InvalidMessage("to take money back needs a note", code="note-needed")
        kind = Kind.TOP_UP if fen > 0 else Kind.CORRECTION
        moved = Movement(account=ident, kind=kind, fen=fen, note=note, request=request)
        added = self.journal.add(connection, moved, by)
        if not added and not self.journal.has(connection, moved):
            raise InvalidMessage("`request` was used to write something else", code="request-used")
        if added and fen < 0:
            self._check_covered(connection, ident)
        return self._funded(connection, account)

    def listed(self, connection: Connection) -> Sequence[Funded]:
        """Read every account, the newest first."""
        balances = self.journal.balances(connection)
        return [Funded(each, balances.get(each.id, Balance())) for each in self.journal.find(connection)]

    def by_key(self, connection: Connection, key: str) -> Funded:
        """Read the account that a key opens; AccountMissing."""
        found = self.journal.find(connection, accounts.c.key == hashed(key))
        if not found:
            raise AccountMissing("there is no account with this key")
        return self._funded(connection, found[0])

    def _check_covered(self, connection: Connection, ident: str) -> None:
        """Raise, so that the whole transaction is undone, if more was taken back than is free."""
        if self.journal.balance(connection, ident).available_fen < 0:
            raise InvalidMessage("there is less in the account than that", code="balance-too-low")

    def _funded(self, connection: Connection, account: Account) -> Funded:
        return Funded(account, self.journal.balance(connection, account.id))


def _missing(ident: str) -> AccountMissing:
    return AccountMissing(f"there is no account {ident!r}")
