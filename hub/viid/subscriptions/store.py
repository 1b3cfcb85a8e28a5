"""Subscriptions in the ledger, inside the caller's transaction. Blocking."""

from collections.abc import Iterable
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, delete, func, insert, select, update

from hub.viid.schema import cursors, subscriptions
from hub.viid.stream import Stream
from hub.viid.subscriptions.terms import Ended, Subscription, Terms

_TERMS: Final = msgspec.json.Decoder(Terms)
C: Final = subscriptions.c


class SubscriptionStore:
    """One tenant's subscriptions."""

    def __init__(self, tenant: str) -> None:
        self.tenant = tenant

    def lasting(self, connection: Connection) -> list[Subscription]:
        """Return those that last, the oldest first."""
        query = select(subscriptions).where(C.tenant == self.tenant, C.ended == "").order_by(C.number)
        return [_read(row) for row in connection.execute(query).mappings()]

    def ended(self, connection: Connection, limit: int) -> list[Subscription]:
        """Return those that ended, the newest first."""
        query = select(subscriptions).where(C.tenant == self.tenant, C.ended != "")
        rows = connection.execute(query.order_by(C.number.desc()).limit(limit)).mappings()
        return [_read(row) for row in rows]

    def add(
        self, connection: Connection, terms: Terms, slot: int, document: str, now_ms: int
    ) -> Subscription:
        """Write a new one."""
        row = {"tenant": self.tenant, "subscribe_id": terms.ident, "slot": slot, "document": document}
        row |= {"terms": _written(terms), "since_ms": now_ms, "ended": ""}
        number = connection.execute(insert(subscriptions).values(row).returning(C.number)).scalar_one()
        return Subscription(number=number, slot=slot, terms=terms, document=document, since_ms=now_ms)

    def change(self, connection: Connection, number: int, terms: Terms, document: str) -> None:
        """Write what one asks for now."""
        said = {"terms": _written(terms), "document": document}
        connection.execute(update(subscriptions).where(*self._one(number)).values(said))

    def end(self, connection: Connection, subscription: Subscription, why: Ended, now_ms: int) -> None:
        """Write that one ended."""
        said = {"ended": why.value, "ended_ms": now_ms}
        connection.execute(update(subscriptions).where(*self._one(subscription.number)).values(said))

    def sent(self, connection: Connection, subscription: Subscription) -> int:
        """Count what was confirmed of what one still asks for."""
        keys = [each.key for each in subscription.streams()]
        query = select(func.sum(cursors.c.sent)).where(
            cursors.c.tenant == self.tenant, cursors.c.kind.in_(keys)
        )
        return int(connection.execute(query).scalar() or 0)

    def forget(self, connection: Connection, streams: Iterable[Stream]) -> None:
        """Forget how far streams came."""
        keys = [each.key for each in streams]
        connection.execute(delete(cursors).where(cursors.c.tenant == self.tenant, cursors.c.kind.in_(keys)))

    def _one(self, number: int) -> tuple[Any, ...]:
        return C.tenant == self.tenant, C.number == number


def _written(terms: Terms) -> str:
    return msgspec.json.encode(terms).decode()


def _read(row: Any) -> Subscription:
    return Subscription(
        number=row["number"],
        slot=row["slot"],
        terms=_TERMS.decode(row["terms"]),
        document=row["document"],
        since_ms=row["since_ms"],
        ended_ms=row["ended_ms"],
        ended=Ended(row["ended"]) if row["ended"] else None,
    )
