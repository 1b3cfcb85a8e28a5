"""Writes and reads plans, placements and names of areas inside the caller's transaction. Blocking."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, RowMapping, Table, delete, func, insert, select, update

from hub.alarms.definition import Words
from hub.ledger.converting import convert
from hub.ledger.dialect import dialect_of
from hub.plans.picture import Picture
from hub.plans.records import Placement, Plan
from hub.plans.schema import areas, placements, plans

_SHOWN: Final = [plans.c[name] for name in Plan.__struct_fields__]


class PlanStore:
    """One tenant's plans."""

    def __init__(self, tenant: str) -> None:
        self._tenant = tenant

    def plans(self, connection: Connection) -> list[Plan]:
        """Read all plans in their order, without their pictures' bytes."""
        mine = select(*_SHOWN).where(plans.c.tenant == self._tenant)
        rows = connection.execute(mine.order_by(plans.c.position, plans.c.id)).mappings()
        return [_plan(row) for row in rows]

    def placements(self, connection: Connection) -> dict[str, Placement]:
        """Read where people placed devices."""
        c = placements.c
        query = select(c.device, c.plan, c.x, c.y).where(c.tenant == self._tenant)
        return {row.device: Placement(row.plan, row.x, row.y) for row in connection.execute(query)}

    def areas(self, connection: Connection) -> dict[str, Words]:
        """Read what people call areas."""
        query = select(areas.c.id, areas.c.title).where(areas.c.tenant == self._tenant).order_by(areas.c.id)
        return {row.id: msgspec.json.decode(row.title) for row in connection.execute(query)}

    def picture(self, connection: Connection, plan: str) -> Picture | None:
        """Read a plan's picture; none if it has none of its own."""
        c = plans.c
        columns = (c.picture.label("content"), c.media_type, c.digest, c.width, c.height)
        row = connection.execute(select(*columns).where(*self._is(plans, plan))).mappings().first()
        if row is None or row["content"] is None:
            return None
        return convert({name: row[name] for name in Picture.__struct_fields__}, Picture)

    def add(self, connection: Connection, plan: Plan, now_ms: int) -> bool:
        """Add a plan after all others; False if there is one with this id."""
        last = select(func.max(plans.c.position)).where(plans.c.tenant == self._tenant)
        position = (connection.execute(last).scalar() or 0) + 1
        row = _row(plan) | {"tenant": self._tenant, "position": position, "changed_ms": now_ms}
        added = dialect_of(connection).insert(plans).values(row).on_conflict_do_nothing()
        return connection.execute(added.returning(plans.c.id)).first() is not None

    def change(self, connection: Connection, plan: str, values: Mapping[str, Any], now_ms: int) -> bool:
        """Change what is said of a plan; False if there is none."""
        row = {name: _text(value) if isinstance(value, Mapping) else value for name, value in values.items()}
        changed = update(plans).where(*self._is(plans, plan)).values(row | {"changed_ms": now_ms})
        return connection.execute(changed).rowcount == 1

    def show(self, connection: Connection, plan: str, picture: Picture, now_ms: int) -> bool:
        """Put a picture in the place of a plan's own; False if there is no such plan."""
        values = msgspec.structs.asdict(picture)
        return self.change(connection, plan, values | {"picture": values.pop("content")}, now_ms)

    def order(self, connection: Connection, ids: Sequence[str]) -> None:
        """Put plans into this order."""
        for position, plan in enumerate(ids):
            connection.execute(update(plans).where(*self._is(plans, plan)).values(position=position))

    def remove(self, connection: Connection, plan: str) -> tuple[bool, int]:
        """Remove a plan and what stands on it; whether there was one, and how many stood there."""
        gone = connection.execute(delete(plans).where(*self._is(plans, plan))).rowcount == 1
        on_it = (placements.c.tenant == self._tenant, placements.c.plan == plan)
        return gone, connection.execute(delete(placements).where(*on_it)).rowcount

    def place(self, connection: Connection, device: str, placement: Placement) -> None:
        """Say where a device stands."""
        row = {"tenant": self._tenant, "device": device, **placement._asdict()}
        added = dialect_of(connection).insert(placements).values(row)
        moved = added.on_conflict_do_update(index_elements=["tenant", "device"], set_=placement._asdict())
        connection.execute(moved)

    def unplace(self, connection: Connection, device: str) -> bool:
        """Forget where people placed a device; whether they had."""
        mine = (placements.c.tenant == self._tenant, placements.c.device == device)
        return connection.execute(delete(placements).where(*mine)).rowcount == 1

    def name(self, connection: Connection, area: str, title: Words) -> None:
        """Say what people call an area."""
        self.forget(connection, area)
        connection.execute(insert(areas).values(tenant=self._tenant, id=area, title=_text(title)))

    def forget(self, connection: Connection, area: str) -> bool:
        """Forget what people call an area; whether they did."""
        return connection.execute(delete(areas).where(*self._is(areas, area))).rowcount == 1

    def _is(self, table: Table, ident: str) -> tuple[Any, Any]:
        return table.c.tenant == self._tenant, table.c.id == ident


def _plan(row: RowMapping) -> Plan:
    values = {name: row[name] for name in Plan.__struct_fields__}
    for name in ("title", "building"):
        values[name] = None if row[name] is None else msgspec.json.decode(row[name])
    return convert(values, Plan)


def _row(plan: Plan) -> dict[str, Any]:
    values = msgspec.structs.asdict(plan)
    return {name: _text(value) if isinstance(value, Mapping) else value for name, value in values.items()}


def _text(words: Mapping[str, str]) -> str:
    return msgspec.json.encode(words).decode()
