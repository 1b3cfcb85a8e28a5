"""Which vehicles are inside: of each, the last pass by the devices' clocks, whenever that was told.

So whatever comes late, or in any order, the count ends the same. Blocking; inside the caller's transaction.
"""

from typing import Any

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    Select,
    and_,
    exists,
    insert,
    or_,
    select,
    update,
)

from contract.passes import Direction
from hub.ledger.converting import convert
from hub.passes.record import Pass
from hub.passes.schema import inside, passes
from hub.passes.settings import PassSettings


class Stay(Struct, frozen=True, kw_only=True):
    """A vehicle, and whether it is inside. `at_ms`: since when, or since when not."""

    id: int
    subject: str
    version: int
    inside: bool
    at_ms: int
    kind: str
    device: str
    category: str | None
    person: str | None
    vehicle: str | None
    plate: str | None
    folded: str | None
    left_ms: int | None


COLUMNS = [inside.c[name] for name in Stay.__struct_fields__]


class Presence:
    """One tenant's vehicles."""

    def __init__(self, tenant: str, settings: PassSettings) -> None:
        self._tenant = tenant
        self._inner = frozenset(settings.inner_gates)

    def moves(self, record: Pass) -> bool:
        """Whether a pass brings a vehicle that can be told from others in or out."""
        inner = f"{record.kind}/{record.device}" in self._inner
        return record.counts and not inner and subject_of(record) is not None

    def counted(self) -> ColumnElement[bool]:
        """Say in SQL that a pass of a gate was not at one within the community."""
        return passes.c.device.not_in([each.partition("/")[2] for each in sorted(self._inner)])

    def take(self, connection: Connection, record: Pass) -> None:
        """Take that a vehicle went in or out, unless it has passed since, or went out in the same moment."""
        subject = subject_of(record)
        before = self.of(connection, subject)
        if before is not None and (before.at_ms, not before.inside) > (record.at_ms, not _comes(record)):
            return
        now: dict[str, Any] = {
            name: getattr(record, name) for name in ("at_ms", "kind", "device", "category")
        }
        now |= {name: getattr(record, name) for name in ("person", "vehicle", "plate", "folded")}
        now["inside"] = _comes(record)
        if before is None:
            key = {"tenant": self._tenant, "subject": subject, "version": 1}
            connection.execute(insert(inside).values(key | now))
        else:
            self._write(connection, before, now)

    def leave(self, connection: Connection, stay: Stay, now_ms: int) -> Stay:
        """Take that somebody says that it has left; return it as it is then."""
        now: dict[str, Any] = {"inside": False, "at_ms": now_ms, "left_ms": now_ms}
        self._write(connection, stay, now)
        return replace(stay, version=stay.version + 1, **now)

    def of(self, connection: Connection, subject: str | None) -> Stay | None:
        """Read what is known of a vehicle."""
        query = select(*COLUMNS).where(inside.c.tenant == self._tenant, inside.c.subject == subject)
        row = connection.execute(query).mappings().first()
        return stay_of(row) if row else None

    def get(self, connection: Connection, ident: int) -> Stay | None:
        """Read a vehicle that is known; it is not inside if another row says that it has passed since."""
        query = select(*COLUMNS).where(inside.c.tenant == self._tenant, inside.c.id == ident)
        row = connection.execute(query).mappings().first()
        if row is None:
            return None
        there = connection.execute(self.inside(inside.c.id == ident)).first() is not None
        return stay_of(dict(row) | {"inside": there})

    def inside(self, *where: ColumnElement[bool]) -> Select[Any]:
        """Ask for the vehicles that are inside, the longest first."""
        ours = (inside.c.tenant == self._tenant, inside.c.inside.is_(True))
        query = select(*COLUMNS).where(*ours, ~_known_better(), *where)
        return query.order_by(inside.c.at_ms, inside.c.id)

    def _write(self, connection: Connection, stay: Stay, now: dict[str, Any]) -> None:
        changed = update(inside).where(inside.c.id == stay.id)
        connection.execute(changed.values(now | {"version": stay.version + 1}))


def _comes(record: Pass) -> bool:
    return record.direction is Direction.IN


def subject_of(record: Pass) -> str | None:
    """Return what passes of one vehicle have in common; None: it cannot be told from others.

    A plate that is in no list is taken for the same if cameras may have taken its characters for one another.
    """
    if record.vehicle is not None:
        return f"vehicle {record.vehicle}"
    return None if record.folded is None else f"plate {record.folded}"


def stay_of(row: RowMapping | dict[str, Any]) -> Stay:
    """Make a stay of its row."""
    return convert({name: row[name] for name in Stay.__struct_fields__}, Stay)


def _known_better() -> ColumnElement[bool]:
    """Whether the same plate has passed since, but in a list since then, or in none any more."""
    other = inside.alias()
    same = (other.c.tenant == inside.c.tenant, other.c.folded == inside.c.folded, other.c.id != inside.c.id)
    one_unknown = or_(other.c.vehicle.is_(None), inside.c.vehicle.is_(None))
    tie = and_(other.c.at_ms == inside.c.at_ms, other.c.id > inside.c.id)
    return exists(select(other.c.id).where(*same, one_unknown, or_(other.c.at_ms > inside.c.at_ms, tie)))
