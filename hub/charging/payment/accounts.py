"""Prepaid accounts as staff keep them: opened, topped up, given another key, closed. Blocking."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from sqlalchemy import Connection, select

from contract.errors import InvalidMessage
from hub.alarms.alarm import Actor
from hub.audit.writer import AuditWriter
from hub.charging.keys import hashed, new_account, new_key
from hub.charging.payment.money import Account, Balance, Journal, Kind, Movement
from hub.charging.refusals import AccountMissing, AccountRefused
from hub.charging.schema import accounts, charging_orders

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

    def __init__(self, trail: AuditWriter) -> None:
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
        """Give an account another key; AccountMissing; AccountRefused: it is closed."""
        key = new_key()
        account = self.journal.set_key(connection, ident, hashed(key))
        if account is None:
            raise _missing(ident)
        _check_open(account)
        self._trail.write(connection, by, "account.rekeyed", ident)
        return Opened(self._funded(connection, account), key)

    def top_up(
        self, connection: Connection, ident: str, fen: int, by: Actor, note: str, request: str | None = None
    ) -> Funded:
        """Write that somebody has paid in, or, below zero, that this was a mistake.

        The same `request` again changes nothing. AccountMissing; InvalidMessage: nothing, too much, more than
        there is to take back, a mistake without a note, or the `request` of something else. AccountRefused:
        it is closed.
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
        if added:
            _check_open(account)
        if added and fen < 0:
            self._check_covered(connection, ident)
        return self._funded(connection, account)

    def close(self, connection: Connection, ident: str, fen: int, by: Actor, reason: str) -> Funded:
        """Have an account pay for nothing any more, and write that `fen`, all that is left, is paid back.

        Again, when nothing is left, changes nothing; what came in since, of a bill that was put right, is
        paid back then. AccountMissing; AccountRefused: a charge runs, something is owed, or `fen` is not what
        is left.
        """
        before = self.journal.lock(connection, accounts.c.id == ident)
        if before is None:
            raise _missing(ident)
        left_fen = self.journal.balance(connection, ident).fen
        if before.closed_ms is not None and left_fen == 0:
            return self._funded(connection, before)
        self._check_idle(connection, ident)
        _check_left(left_fen, fen)
        account = self.journal.close(connection, ident, by) or before
        if before.closed_ms is None:
            self._trail.write(connection, by, "account.closed", ident, reason, refund_fen=left_fen)
        if left_fen:
            moved = Movement(account=ident, kind=Kind.PAYOUT, fen=-left_fen, note=reason)
            self.journal.add(connection, moved, by)
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

    def _check_idle(self, connection: Connection, ident: str) -> None:
        orders = charging_orders.c
        is_open = (orders.tenant == self._trail.tenant, orders.account == ident, orders.closed_ms.is_(None))
        number = connection.execute(select(orders.number).where(*is_open)).scalar()
        if number is not None:
            message = f"order {number} of this account is still charging; end it, then close the account"
            raise AccountRefused(message, code="account-charging")

    def _check_covered(self, connection: Connection, ident: str) -> None:
        """Raise, so that the whole transaction is undone, if more was taken back than is free."""
        if self.journal.balance(connection, ident).available_fen < 0:
            raise InvalidMessage("there is less in the account than that", code="balance-too-low")

    def _funded(self, connection: Connection, account: Account) -> Funded:
        return Funded(account, self.journal.balance(connection, account.id))


def _check_open(account: Account) -> None:
    if account.closed_ms is not None:
        raise AccountRefused("this account is closed; open another one", code="account-closed")


def _check_left(left_fen: int, fen: int) -> None:
    if left_fen < 0:
        message = f"{-left_fen} fen are owed; write them as paid in, then close the account"
        raise AccountRefused(message, code="account-owes")
    if left_fen != fen:
        message = f"{left_fen} fen are in the account now, not {fen}; look again, then close it"
        raise AccountRefused(message, code="balance-changed")


def _missing(ident: str) -> AccountMissing:
    return AccountMissing(f"there is no account {ident!r}")
