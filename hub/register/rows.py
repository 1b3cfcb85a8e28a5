"""Reads and writes one table of a tenant as structs, inside the caller's transaction. Blocking."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, Generic, TypeVar

import msgspec
from msgspec import Struct
from msgspec.structs import asdict, replace
from sqlalchemy import ColumnElement, Connection, Row, Table, func, insert, select, update

from hub.ledger.bulk import insert_ignoring_repeats
from hub.ledger.converting import convert
from hub.register import records
from hub.register.schema import consents, households, levels, people, removals, vehicles, visits

T = TypeVar("T", bound=Struct)

AT_ONCE: Final = 500
"""Keys of one statement; SQLite takes 32,766 values."""

_JSON: Final = frozenset({"title", "places", "periods", "holidays", "cards", "levels"})


class Rows(Generic[T]):
    """One table. What has a version grows it with each change."""

    def __init__(self, table: Table, kind: type[T], tenant: str) -> None:
        self.table = table
        self.tenant = tenant
        self._kind = kind
        self._fields = kind.__struct_fields__

    def get(self, connection: Connection, key: str) -> T | None:
        """Read a row by its key."""
        return self.first(connection, self.table.c.key == key)

    def hold(self, connection: Connection, key: str) -> T | None:
        """Read a row that is about to change: nobody else changes it before this transaction ends."""
        query = self._query(self.table.c.key == key).with_for_update()
        return self._struct(connection.execute(query).first())

    def first(self, connection: Connection, *where: ColumnElement[bool]) -> T | None:
        """Read one row."""
        return self._struct(connection.execute(self._query(*where).limit(1)).first())

    def find(
        self,
        connection: Connection,
        *where: ColumnElement[bool],
        order: Sequence[ColumnElement[Any]] = (),
        limit: int | None = None,
    ) -> list[T]:
        """Read rows."""
        found = connection.execute(self._query(*where).order_by(*order).limit(limit))
        return [self._of(row) for row in found]

    def by_key(self, connection: Connection, keys: Iterable[str]) -> dict[str, T]:
        """Read the rows with these keys."""
        wanted = list(dict.fromkeys(keys))
        found: dict[str, T] = {}
        for start in range(0, len(wanted), AT_ONCE):
            some = self.table.c.key.in_(wanted[start : start + AT_ONCE])
            found |= {row.key: self._of(row) for row in connection.execute(self._query(some))}
        return found

    def count(self, connection: Connection, *where: ColumnElement[bool]) -> int:
        """Count rows."""
        query = select(func.count()).select_from(self.table).where(self.table.c.tenant == self.tenant, *where)
        return connection.execute(query).scalar_one()

    def add(self, connection: Connection, rows: Sequence[T]) -> int:
        """Add rows and return how many; one that breaks a UNIQUE constraint is left out."""
        columns = ("tenant", *(f'"{name}"' for name in self._fields))
        values = [(self.tenant, *self._values(row).values()) for row in rows]
        return insert_ignoring_repeats(connection, self.table.name, columns, values)

    def put(self, connection: Connection, row: T) -> None:
        """Add a row that has no key of its own yet."""
        connection.execute(insert(self.table).values(self._values(row) | {"tenant": self.tenant}))

    def change(self, connection: Connection, before: T, **changes: Any) -> T:
        """Write what is different; the version, where there is one, grows by one."""
        if "version" in self._fields:
            changes["version"] = before.version + 1  # type: ignore[attr-defined]  # has a version
        after = replace(before, **changes)
        values = {name: value for name, value in self._values(after).items() if name in changes}
        self.set(connection, values, self.table.c.key == before.key)  # type: ignore[attr-defined]  # has a key
        return after

    def set(self, connection: Connection, values: Mapping[str, Any], *where: ColumnElement[bool]) -> int:
        """Write plain values into rows and return how many."""
        mine = (self.table.c.tenant == self.tenant, *where)
        return connection.execute(update(self.table).where(*mine).values(dict(values))).rowcount

    def _query(self, *where: ColumnElement[bool]) -> Any:
        columns = [self.table.c[name] for name in self._fields]
        return select(*columns).where(self.table.c.tenant == self.tenant, *where)

    def _struct(self, row: Row[Any] | None) -> T | None:
        return None if row is None else self._of(row)

    def _of(self, row: Row[Any]) -> T:
        values = dict(zip(self._fields, row, strict=True))
        for name in _JSON.intersection(values):
            values[name] = msgspec.json.decode(values[name])
        return convert(values, self._kind)

    def _values(self, row: T) -> dict[str, Any]:
        values = asdict(row)
        for name in _JSON.intersection(values):
            values[name] = msgspec.json.encode(values[name]).decode()
        for name in ("category", "face"):
            if name in values:
                values[name] = str(values[name])
        return values


class Tables:
    """The register's tables of one tenant."""

    def __init__(self, tenant: str) -> None:
        self.levels = Rows(levels, records.Level, tenant)
        self.households = Rows(households, records.Household, tenant)
        self.people = Rows(people, records.Person, tenant)
        self.vehicles = Rows(vehicles, records.Vehicle, tenant)
        self.visits = Rows(visits, records.Visit, tenant)
        self.consents = Rows(consents, records.Consent, tenant)
        self.removals = Rows(removals, records.Removal, tenant)
