"""Subscriptions in the ledger, inside the caller's transaction. Blocking."""

from collections.abc import Iterable
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, delete, func, insert, or_, select, update

from hub.ledger.by_number import of_tenant
from hub.ledger.schema import events
from hub.viid.schema import cursors, notices, subscriptions
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
        """Return those that ended, the newest first; beyond `limit` those whose id is still refused."""
        ours = (C.tenant == self.tenant, C.ended != "")
        newest = select(C.number).where(*ours).order_by(C.number.desc()).limit(limit).subquery()
        shown = or_(C.barred, C.number.in_(select(newest.c.number)))
        query = select(subscriptions).where(*ours, shown).order_by(C.number.desc())
        return [_read(row) for row in connection.execute(query).mappings()]

    def numbered(self, connection: Connection, number: int) -> Subscription | None:
        """Return the one of a number."""
        row = connection.execute(select(subscriptions).where(*self._one(number))).mappings().first()
        return None if row is None else _read(row)

    def barred(self, connection: Connection, ident: str) -> Subscription | None:
        """Return the one that the site ended and whose id it still refuses."""
        query = select(subscriptions).where(C.tenant == self.tenant, C.barred, C.subscribe_id == ident)
        row = connection.execute(query).mappings().first()
        return None if row is None else _read(row)

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
        self._write(connection, number, {"terms": _written(terms), "document": document})

    def end(
        self, connection: Connection, subscription: Subscription, why: Ended, now_ms: int, reason: str = ""
    ) -> None:
        """Write that one ended; the id of one that the site stops is refused from now on."""
        newest = select(func.max(events.c.seq)).where(of_tenant(events, self.tenant))
        said = {"ended": why.value, "ended_ms": now_ms, "ended_reason": reason}
        said["ended_seq"] = connection.execute(newest).scalar() or 0
        said["barred"] = why is Ended.STOPPED
        self._write(connection, subscription.number, said)
        keys = [each.key for each in subscription.streams()]
        ours = (notices.c.tenant == self.tenant, notices.c.kind.in_(keys))
        connection.execute(delete(notices).where(*ours, notices.c.mark == notices.c.told))

    def lift(self, connection: Connection, subscription: Subscription) -> None:
        """Write that the id of one is refused no longer."""
        self._write(connection, subscription.number, {"barred": False})

    def sent(self, connection: Connection, subscription: Subscription) -> int:
        """Count what was confirmed of what one still asks for."""
        keys = [each.key for each in subscription.streams()]
        query = select(func.sum(cursors.c.sent)).where(
            cursors.c.tenant == self.tenant, cursors.c.kind.in_(keys)
        )
        return int(connection.execute(query).scalar() or 0)

    def forget(self, connection: Connection, streams: Iterable[Stream]) -> None:
        """Forget how far streams came, and what was to be told of devices."""
        keys = [each.key for each in streams]
        for table in (cursors, notices):
            connection.execute(delete(table).where(table.c.tenant == self.tenant, table.c.kind.in_(keys)))

    def _write(self, connection: Connection, number: int, said: dict[str, Any]) -> None:
        one = update(subscriptions).where(*self._one(number))
        connection.execute(one.values(said | {"version": C.version + 1}))

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
        version=row["version"],
        ended_seq=row["ended_seq"],
        ended_reason=row["ended_reason"],
        barred=row["barred"],
    )
