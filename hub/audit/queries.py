"""Reads the audit for people, newest first."""

from collections.abc import Iterable, Sequence
from typing import Any

from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, select

from contract.clock import rfc3339_ms
from hub.audit.chain import searchable
from hub.audit.entry import read_body
from hub.audit.schema import audit


class AuditView(Struct, frozen=True, kw_only=True):
    """An entry as the API shows it; `hash` chains it to the one before."""

    n: int
    ts: str
    who: str
    role: str
    address: str | None
    post: str | None
    what: str
    about: str
    reason: str
    details: dict[str, Any]
    hash: str


class Wanted(Struct, frozen=True, kw_only=True):
    """Which entries: numbers between `after` and `before`; `what` that ends with a dot is a beginning."""

    after: int | None = None
    before: int | None = None
    who: str | None = None
    what: str | None = None
    about: str | None = None
    limit: int = 100


def find(connection: Connection, tenant: str, wanted: Wanted) -> Sequence[AuditView]:
    """Return entries newest first; with `after` alone those that follow it, oldest first."""
    query = select(audit.c.body, audit.c.hash).where(*_conditions(tenant, wanted))
    forward = wanted.after is not None and wanted.before is None
    order = audit.c.n if forward else audit.c.n.desc()
    rows = connection.execute(query.order_by(order).limit(wanted.limit)).all()
    return [_view(body, hash_) for body, hash_ in rows]


def last_of(connection: Connection, tenant: str, people: Iterable[str]) -> dict[str, int]:
    """Return when each of these principals wrote their last entry, in ms since 1970, left out who wrote none.

    One look into the index for each: whoever signed in often has very many.
    """
    newest = select(audit.c.ts_ms).where(audit.c.tenant == tenant).order_by(audit.c.n.desc()).limit(1)
    found = {
        each: connection.execute(newest.where(audit.c.who == searchable("who", each))).scalar()
        for each in people
    }
    return {each: ts_ms for each, ts_ms in found.items() if ts_ms is not None}


def _conditions(tenant: str, wanted: Wanted) -> list[ColumnElement[bool]]:
    conditions = [audit.c.tenant == tenant]
    if wanted.after is not None:
        conditions.append(audit.c.n > wanted.after)
    if wanted.before is not None:
        conditions.append(audit.c.n < wanted.before)
    for name in ("who", "about"):
        text = getattr(wanted, name)
        if text is not None:
            conditions.append(audit.c[name] == searchable(name, text))
    if wanted.what is not None:
        conditions.append(_named(wanted.what))
    return conditions


def _named(what: str) -> ColumnElement[bool]:
    if what.endswith("."):
        return audit.c.what.startswith(what, autoescape=True)
    return audit.c.what == what


def _view(body: str, hash_: str) -> AuditView:
    entry = read_body(body)
    return AuditView(
        n=entry.n,
        ts=rfc3339_ms(entry.ts_ms),
        who=entry.who,
        role=entry.role,
        address=entry.address,
        post=entry.post,
        what=entry.what,
        about=entry.about,
        reason=entry.reason,
        details=entry.details,
        hash=hash_,
    )
