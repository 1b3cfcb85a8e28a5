"""Writes and reads work orders inside the caller's transaction. Blocking."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec
from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, RowMapping, Select, func, insert, or_, select, update

from hub.ledger.converting import convert
from hub.ledger.dialect import dialect_of
from hub.orders.order import OrderEntry, OrderEntryKind, WorkOrder
from hub.orders.schema import order_entries, order_news, orders

_JSON: Final = ("terms", "title")
_ENUMS: Final = ("state", "respond_told", "resolve_told")
_LIMITS: Final = ("respond", "resolve")

OPEN: Final = orders.c.closed_ms.is_(None)


class News(Struct, frozen=True, kw_only=True):
    """What an alarm's timeline must still be told."""

    seq: int
    alarm: str
    who: str
    data: dict[str, Any]


class OrderStore:
    """One tenant's orders."""

    def __init__(self, tenant: str) -> None:
        self.tenant = tenant

    def insert(self, connection: Connection, order: WorkOrder) -> bool:
        """Add an order; False if its number is taken, or one of its kind is open for its alarm."""
        added = dialect_of(connection).insert(orders).values(_values(order)).on_conflict_do_nothing()
        return connection.execute(added.returning(orders.c.id)).first() is not None

    def next_number(self, connection: Connection) -> int:
        """Return the number after the highest."""
        query = select(func.max(orders.c.number)).where(orders.c.tenant == self.tenant)
        return (connection.execute(query).scalar() or 0) + 1

    def update(self, connection: Connection, before: WorkOrder, after: WorkOrder) -> bool:
        """Write what became of an order; False if somebody else wrote it since `before` was read."""
        where = (orders.c.id == before.id) & (orders.c.entries == before.entries)
        return connection.execute(update(orders).where(where).values(_values(after))).rowcount == 1

    def add_entry(self, connection: Connection, entry: OrderEntry) -> None:
        """Add to an order's timeline."""
        values = msgspec.structs.asdict(entry)
        values |= {"tenant": self.tenant, "kind": entry.kind.value, "data": _text(entry.data)}
        connection.execute(insert(order_entries).values(values))

    def get(self, connection: Connection, ident: str) -> WorkOrder | None:
        """Read one order."""
        row = connection.execute(self._ours(orders.c.id == ident)).mappings().first()
        return None if row is None else order_of(row)

    def hold(self, connection: Connection, ident: str) -> WorkOrder | None:
        """Read one order that is about to change: nobody else changes it before this transaction ends."""
        query = self._ours(orders.c.id == ident).with_for_update()
        row = connection.execute(query).mappings().first()
        return None if row is None else order_of(row)

    def find(
        self, connection: Connection, *where: ColumnElement[bool], limit: int | None = None
    ) -> list[WorkOrder]:
        """Read orders, the newest first."""
        query = self._ours(*where).order_by(orders.c.number.desc()).limit(limit)
        return [order_of(row) for row in connection.execute(query).mappings()]

    def timeline(self, connection: Connection, ident: str) -> list[OrderEntry]:
        """Read an order's timeline."""
        ours = (order_entries.c.tenant == self.tenant, order_entries.c.order == ident)
        query = select(order_entries).where(*ours).order_by(order_entries.c.n)
        return [_entry(row) for row in connection.execute(query).mappings()]

    def pictures(self, connection: Connection) -> set[str]:
        """Read the SHA-256 of every picture that a timeline names."""
        ours = (order_entries.c.tenant == self.tenant, order_entries.c.kind == OrderEntryKind.PICTURE.value)
        found = connection.execute(select(order_entries.c.data).where(*ours)).scalars()
        return {msgspec.json.decode(data)["sha256"] for data in found}

    def plan_news(self, connection: Connection, alarm: str, who: str, data: dict[str, Any]) -> None:
        """Plan an entry in an alarm's timeline."""
        values = {"tenant": self.tenant, "alarm": alarm, "who": who, "data": _text(data)}
        connection.execute(insert(order_news).values(values))

    def news(self, connection: Connection, limit: int = 100) -> list[News]:
        """Read what is planned and not done, oldest first."""
        ours = (order_news.c.tenant == self.tenant, order_news.c.outcome.is_(None))
        query = select(order_news).where(*ours).order_by(order_news.c.seq).limit(limit)
        return [
            News(seq=row["seq"], alarm=row["alarm"], who=row["who"], data=msgspec.json.decode(row["data"]))
            for row in connection.execute(query).mappings()
        ]

    def end_news(self, connection: Connection, seq: int, outcome: str) -> bool:
        """Say what became of a plan; False if that was said before."""
        where = (order_news.c.seq == seq) & order_news.c.outcome.is_(None)
        return connection.execute(update(order_news).where(where).values(outcome=outcome)).rowcount == 1

    def _ours(self, *where: ColumnElement[bool]) -> Select[Any]:
        return select(orders).where(orders.c.tenant == self.tenant, *where)


def overdue_at(now_ms: int) -> ColumnElement[bool]:
    """Ask for orders of which a limit has passed, as `limits.due` tells it."""
    late_response = orders.c.responded_ms.is_(None) & (orders.c.respond_by_ms < now_ms)
    late_resolution = orders.c.done_ms.is_(None) & (orders.c.resolve_by_ms < now_ms)
    return OPEN & or_(late_response, late_resolution)


def order_of(row: Mapping[str, Any] | RowMapping) -> WorkOrder:
    """Read a row of `orders`."""
    values = {name: row[name] for name in WorkOrder.__struct_fields__ if name not in _LIMITS}
    values |= {name: msgspec.json.decode(row[name]) for name in _JSON}
    for name in _LIMITS:
        values[name] = {"near_ms": row[f"{name}_near_ms"], "by_ms": row[f"{name}_by_ms"]}
    return convert(values, WorkOrder)


def _values(order: WorkOrder) -> dict[str, Any]:
    values = msgspec.structs.asdict(order)
    values |= {name: _text(values[name]) for name in _JSON}
    values |= {name: values[name].value for name in _ENUMS}
    for name in _LIMITS:
        times = values.pop(name)
        values |= {f"{name}_near_ms": times.near_ms, f"{name}_by_ms": times.by_ms}
    return values


def _entry(row: RowMapping) -> OrderEntry:
    values = {name: row[name] for name in OrderEntry.__struct_fields__}
    return convert(values | {"data": msgspec.json.decode(row["data"])}, OrderEntry)


def _text(value: Any) -> str:
    return msgspec.json.encode(value).decode()
