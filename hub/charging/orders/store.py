"""Writes and reads charging orders inside the caller's transaction. Blocking."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import ColumnElement, Connection, RowMapping, Select, and_, not_, or_, select, update

from contract.topics import Address
from hub.charging.orders.lifecycle import State
from hub.charging.orders.order import ChargeOrder
from hub.charging.schema import charging_orders, cursors, readings
from hub.charging.tariff.curve import Point
from hub.ledger.converting import convert
from hub.ledger.cursor import Cursor
from hub.ledger.dialect import dialect_of

_JSON: Final = ("connector", "tariff", "lines")

OPEN: Final = charging_orders.c.closed_ms.is_(None)


class ChargeStore:
    """One tenant's charging orders."""

    def __init__(self, tenant: str) -> None:
        self.tenant = tenant
        self.cursor = Cursor(cursors, tenant)
        """Up to which event everything is billed."""

    def insert(self, connection: Connection, order: ChargeOrder) -> ChargeOrder | None:
        """Add an order; None if its number, its request or its connector is taken."""
        added = dialect_of(connection).insert(charging_orders).values(_values(order))
        row = connection.execute(added.on_conflict_do_nothing().returning(charging_orders.c.seq)).first()
        return None if row is None else msgspec.structs.replace(order, seq=row[0])

    def update(self, connection: Connection, order: ChargeOrder) -> None:
        """Write what became of an order that the caller holds."""
        where = charging_orders.c.seq == order.seq
        connection.execute(update(charging_orders).where(where).values(_values(order)))

    def get(self, connection: Connection, *where: ColumnElement[bool]) -> ChargeOrder | None:
        """Read the one order of which this is true."""
        row = connection.execute(self._ours(*where)).mappings().first()
        return None if row is None else order_of(row)

    def hold(self, connection: Connection, number: str) -> ChargeOrder | None:
        """Read an order that is about to change: nobody else changes it before this transaction ends."""
        query = self._ours(charging_orders.c.number == number).with_for_update()
        row = connection.execute(query).mappings().first()
        return None if row is None else order_of(row)

    def of_charge(
        self, connection: Connection, address: Address, transaction: str, *, placed: bool
    ) -> ChargeOrder | None:
        """Read the order of a charge by the post's own name for it, and hold it.

        It is one that nobody placed or, with `placed`, one that somebody did and is not billed for good.
        """
        orders = charging_orders.c
        where = [orders[name] == value for name, value in address._asdict().items()]
        billed = and_(orders.state == State.SETTLED.value, orders.assumed.is_(False))
        whose = or_(orders.request.is_(None), not_(billed)) if placed else orders.request.is_(None)
        query = self._ours(*where, orders.transaction == transaction, whose).order_by(orders.seq.desc())
        row = connection.execute(query.limit(1).with_for_update()).mappings().first()
        return None if row is None else order_of(row)

    def find(
        self, connection: Connection, *where: ColumnElement[bool], limit: int | None = None
    ) -> list[ChargeOrder]:
        """Read orders, the newest first."""
        query = self._ours(*where).order_by(charging_orders.c.seq.desc()).limit(limit)
        return [order_of(row) for row in connection.execute(query).mappings()]

    def add_reading(self, connection: Connection, number: str, event_seq: int, point: Point) -> None:
        """Keep what was read of a charge."""
        values = {"tenant": self.tenant, "number": number, "event_seq": event_seq, **point._asdict()}
        connection.execute(dialect_of(connection).insert(readings).values(values).on_conflict_do_nothing())

    def readings(self, connection: Connection, numbers: Sequence[str]) -> dict[str, list[Point]]:
        """Read what was read of charges, in the order in which it came."""
        found: dict[str, list[Point]] = {number: [] for number in numbers}
        ours = (readings.c.tenant == self.tenant, readings.c.number.in_(numbers))
        columns = (readings.c.number, readings.c.at_ms, readings.c.energy_wh)
        for number, *point in connection.execute(
            select(*columns).where(*ours).order_by(readings.c.event_seq)
        ):
            found[number].append(Point(*point))
        return found

    def _ours(self, *where: ColumnElement[bool]) -> Select[Any]:
        return select(charging_orders).where(charging_orders.c.tenant == self.tenant, *where)


def order_of(row: RowMapping) -> ChargeOrder:
    """Read a row."""
    values = {name: row[name] for name in ChargeOrder.__struct_fields__}
    values |= {name: msgspec.json.decode(row[name]) for name in _JSON}
    return convert(values, ChargeOrder)


def _values(order: ChargeOrder) -> dict[str, Any]:
    values = msgspec.structs.asdict(order)
    del values["seq"]
    values |= {name: msgspec.json.encode(values[name]).decode() for name in _JSON}
    return values | {"state": order.state.value}
