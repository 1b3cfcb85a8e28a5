"""Accounts and their money: a journal that only grows, and sums over it. Blocking."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Final

from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, case, func, insert, select, update

from hub.alarms.alarm import Actor
from hub.audit.writer import AuditWriter
from hub.charging.schema import accounts, money
from hub.ledger.dialect import dialect_of


class Kind(StrEnum):
    """Why an account has more or less to spend."""

    TOP_UP = "top-up"
    CORRECTION = "correction"
    """A top-up that was a mistake, taken back."""
    HOLD = "hold"
    """Set aside for an order."""
    RELEASE = "release"
    """No more set aside."""
    CHARGE = "charge"
    """What an order came to."""
    REFUND = "refund"
    """An order came to less than was charged at first."""
    SUPPLEMENT = "supplement"
    """It came to more."""
    PAYOUT = "payout"
    """What was left when the account was closed, to be paid back."""


_DONE: Final = {
    Kind.TOP_UP: "money.topped-up",
    Kind.CORRECTION: "money.corrected",
    Kind.HOLD: "money.held",
    Kind.RELEASE: "money.released",
    Kind.CHARGE: "money.charged",
    Kind.REFUND: "money.refunded",
    Kind.SUPPLEMENT: "money.supplemented",
    Kind.PAYOUT: "money.paid-out",
}


class Account(Struct, frozen=True, kw_only=True):
    """A prepaid account: a pseudonym, and what staff wrote down of it. Once closed it pays for nothing."""

    id: str
    note: str
    made_ms: int
    made_by: str
    closed_ms: int | None = None
    closed_by: str | None = None


class Balance(Struct, frozen=True):
    """What is in an account in all, and what of it is set aside. Below zero, it is owed.

    `paid_out_fen`: what was left when it was closed.
    """

    fen: int = 0
    held_fen: int = 0
    paid_out_fen: int = 0

    @property
    def available_fen(self) -> int:
        """What an order may set aside."""
        return self.fen - self.held_fen


class Movement(Struct, frozen=True, kw_only=True):
    """What is to be written in the journal; there is one of a kind for each order."""

    account: str
    kind: Kind
    fen: int
    order: str | None = None
    note: str = ""
    request: str | None = None


class Journal:
    """One tenant's accounts."""

    def __init__(self, trail: AuditWriter) -> None:
        self._trail = trail
        self._tenant = trail.tenant

    def add(self, connection: Connection, moved: Movement, by: Actor) -> bool:
        """Write a movement of money; False if it is there already."""
        values = {
            "tenant": self._tenant,
            "account": moved.account,
            "order": moved.order,
            "kind": moved.kind.value,
            "fen": moved.fen,
            "ts_ms": self._trail.clock.now_ms(),
            "who": by.who,
            "note": moved.note,
            "request": moved.request,
        }
        added = dialect_of(connection).insert(money).values(values).on_conflict_do_nothing()
        if connection.execute(added.returning(money.c.seq)).first() is None:
            return False
        details = {"fen": moved.fen, "order": moved.order, "note": moved.note}
        self._trail.write(connection, by, _DONE[moved.kind], moved.account, **details)
        return True

    def has(self, connection: Connection, moved: Movement) -> bool:
        """Whether a movement of this very request is written."""
        same = (money.c.account == moved.account, money.c.fen == moved.fen)
        where = (money.c.tenant == self._tenant, money.c.request == moved.request, *same)
        return connection.execute(select(money.c.seq).where(*where)).first() is not None

    def balance(self, connection: Connection, account: str) -> Balance:
        """Return what is in an account."""
        return self.balances(connection, money.c.account == account).get(account, Balance())

    def balances(self, connection: Connection, *where: ColumnElement[bool]) -> dict[str, Balance]:
        """Return what is in accounts that ever had any."""
        held = case((money.c.kind.in_((Kind.HOLD, Kind.RELEASE)), -money.c.fen), else_=0)
        paid_out = case((money.c.kind == Kind.PAYOUT, -money.c.fen), else_=0)
        sums = select(money.c.account, func.sum(money.c.fen), func.sum(held), func.sum(paid_out))
        rows = connection.execute(
            sums.where(money.c.tenant == self._tenant, *where).group_by(money.c.account)
        )
        return {
            account: Balance(int(fen) + int(held), int(held), int(paid_out))
            for account, fen, held, paid_out in rows
        }

    def open(self, connection: Connection, account: Account, key: str) -> None:
        """Make an account; `key` is the hash of its secret."""
        values = {"tenant": self._tenant, "key": key}
        values |= {name: getattr(account, name) for name in Account.__struct_fields__}
        connection.execute(insert(accounts).values(values))

    def set_key(self, connection: Connection, ident: str, key: str) -> Account | None:
        """Give an account another key; None if there is no such account."""
        return self._locked(connection, accounts.c.id == ident, key=key)

    def close(self, connection: Connection, ident: str, by: Actor) -> Account | None:
        """Mark an account as closed; the first time counts. None if there is no such account."""
        values = {
            "closed_ms": func.coalesce(accounts.c.closed_ms, self._trail.clock.now_ms()),
            "closed_by": func.coalesce(accounts.c.closed_by, by.who),
        }
        return self._locked(connection, accounts.c.id == ident, **values)

    def lock(self, connection: Connection, *where: ColumnElement[bool]) -> Account | None:
        """Read an account; until this transaction ends, nobody else sets money of it aside."""
        return self._locked(connection, *where, key=accounts.c.key)

    def find(self, connection: Connection, *where: ColumnElement[bool]) -> Sequence[Account]:
        """Read accounts, the newest first."""
        query = select(accounts).where(accounts.c.tenant == self._tenant, *where)
        rows = connection.execute(query.order_by(accounts.c.made_ms.desc(), accounts.c.id)).mappings()
        return [Account(**{name: row[name] for name in Account.__struct_fields__}) for row in rows]

    def _locked(
        self, connection: Connection, *where: ColumnElement[bool], **values: object
    ) -> Account | None:
        """Write first: SQLite has no other lock, and would go on from what it read before."""
        columns = [accounts.c[name] for name in Account.__struct_fields__]
        changed = update(accounts).where(accounts.c.tenant == self._tenant, *where).values(values)
        row = connection.execute(changed.returning(*columns)).mappings().first()
        return None if row is None else Account(**row)
