"""Appends to the chain, inside the caller's transaction. Blocking."""

from collections.abc import Sequence
from functools import cache
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Executable, bindparam, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from hub.audit.entry import GENESIS, AuditEntry, link
from hub.audit.schema import audit, heads

LONGEST: Final = {"who": 256, "what": 64, "about": 256}
"""Characters of the columns to search by; the body has them whole."""


# Put together once: that takes longer than the database needs.
_ADD: Final = insert(audit)
_KEEP_HASH: Final = update(heads).where(heads.c.tenant == bindparam("of")).values(hash=bindparam("last"))


class Head(NamedTuple):
    """The last entry of a chain: how many there are, and its hash."""

    n: int
    hash: str


def append(connection: Connection, entry: AuditEntry) -> int:
    """Write an entry and return its number; it stands or falls with the transaction."""
    return append_all(connection, [entry])


def append_all(connection: Connection, entries: Sequence[AuditEntry]) -> int:
    """Write entries of one tenant, in their order, and return the number of the last."""
    tenant = entries[0].tenant
    first, before = _take(connection, tenant, len(entries))
    rows = []
    for n, entry in enumerate(entries, first):
        made = link(entry, n, before)
        before = made.hash
        rows.append(_row(entry, n) | {"body": made.body, "hash": made.hash})
    connection.execute(_ADD, rows)
    connection.execute(_KEEP_HASH, {"of": tenant, "last": before})
    return first + len(entries) - 1


def head(connection: Connection, tenant: str) -> Head:
    """Return the last entry's number and hash."""
    row = connection.execute(select(heads.c.n, heads.c.hash).where(heads.c.tenant == tenant)).first()
    return Head(0, GENESIS) if row is None else Head(*row)


def _take(connection: Connection, tenant: str, count: int) -> Head:
    """Move the head on and return the first new number and the hash before it.

    Writing first locks the head (PostgreSQL: its row, SQLite: the database) until the transaction ends, so
    that two processes cannot follow the same entry.
    """
    moved = _moving(connection.dialect.name)
    n, before = connection.execute(
        moved, {"tenant": tenant, "n": count, "hash": GENESIS, "count": count}
    ).one()
    return Head(n - count + 1, before)


@cache
def _moving(dialect_name: str) -> Executable:
    dialect: Any = sqlite if dialect_name == "sqlite" else postgresql
    moved = dialect.insert(heads).on_conflict_do_update(
        index_elements=["tenant"], set_={"n": heads.c.n + bindparam("count")}
    )
    statement: Executable = moved.returning(heads.c.n, heads.c.hash)
    return statement


def _row(entry: AuditEntry, n: int) -> dict[str, Any]:
    searched = {name: searchable(name, getattr(entry, name)) for name in LONGEST}
    return {"tenant": entry.tenant, "n": n, "ts_ms": entry.ts_ms, **searched}


def searchable(column: str, text: str) -> str:
    """Return what stands in a column to search by: what every database can hold of the text."""
    return text.encode(errors="replace").decode().replace("\0", "�")[: LONGEST[column]]
