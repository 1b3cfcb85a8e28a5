"""Writes and reads disclosures inside the caller's transaction. Blocking."""

from collections.abc import Iterable
from typing import Any, Final

import msgspec
from msgspec import Struct
from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    Select,
    func,
    insert,
    or_,
    select,
    tuple_,
    update,
)

from hub.disclosure.request import Disclosure, DisclosureStep
from hub.disclosure.schema import disclosure_steps, disclosure_subjects, disclosures
from hub.disclosure.states import State
from hub.disclosure.subjects import Subject, those_of
from hub.ledger.converting import convert
from hub.ledger.dialect import dialect_of

_JSON: Final = ("terms", "officers", "scope", "recipients", "made")
AT_ONCE: Final = 500


class Wanted(Struct, frozen=True, kw_only=True):
    """Which disclosures. `states`: none means all. `before`: a number; those with lower ones.

    Who is given is who the disclosure names, or whose data was in it.
    """

    states: frozenset[State] = frozenset()
    text: str = ""
    person: str | None = None
    vehicle: str | None = None
    plate: str | None = None
    before: str | None = None
    limit: int = 50


class DisclosureStore:
    """One tenant's disclosures."""

    def __init__(self, tenant: str) -> None:
        self.tenant = tenant

    def insert(self, connection: Connection, disclosure: Disclosure) -> bool:
        """Add one; False if its number is taken."""
        added = (
            dialect_of(connection).insert(disclosures).values(_values(disclosure)).on_conflict_do_nothing()
        )
        return connection.execute(added.returning(disclosures.c.id)).first() is not None

    def next_number(self, connection: Connection, year: int) -> int:
        """Return the number after the highest of a year."""
        ours = (disclosures.c.tenant == self.tenant, disclosures.c.year == year)
        return (connection.execute(select(func.max(disclosures.c.n)).where(*ours)).scalar() or 0) + 1

    def update(self, connection: Connection, before: Disclosure, after: Disclosure) -> bool:
        """Write what became of one; False if somebody else wrote it since `before` was read."""
        where = (disclosures.c.id == before.id) & (disclosures.c.steps == before.steps)
        return connection.execute(update(disclosures).where(where).values(_values(after))).rowcount == 1

    def get(self, connection: Connection, ident: str) -> Disclosure | None:
        """Read one."""
        return _one(connection, self._ours(disclosures.c.id == ident))

    def hold(self, connection: Connection, ident: str) -> Disclosure | None:
        """Read one that is about to change: nobody else changes it before this transaction ends."""
        return _one(connection, self._ours(disclosures.c.id == ident).with_for_update())

    def find(self, connection: Connection, wanted: Wanted) -> list[Disclosure]:
        """Read disclosures, the newest first."""
        query = self._ours(*self._conditions(connection, wanted))
        newest = query.order_by(disclosures.c.year.desc(), disclosures.c.n.desc())
        return [_disclosure(row) for row in connection.execute(newest.limit(wanted.limit)).mappings()]

    def in_turn(self, connection: Connection, *where: ColumnElement[bool]) -> list[Disclosure]:
        """Read disclosures, the oldest first."""
        query = self._ours(*where).order_by(disclosures.c.year, disclosures.c.n)
        return [_disclosure(row) for row in connection.execute(query).mappings()]

    def add_step(self, connection: Connection, step: DisclosureStep) -> None:
        """Add to a disclosure's way."""
        values = msgspec.structs.asdict(step)
        values |= {"tenant": self.tenant, "what": step.what.value, "details": _text(step.details)}
        connection.execute(insert(disclosure_steps).values(values))

    def way(self, connection: Connection, ident: str) -> list[DisclosureStep]:
        """Read a disclosure's way."""
        ours = (disclosure_steps.c.tenant == self.tenant, disclosure_steps.c.disclosure == ident)
        rows = connection.execute(select(disclosure_steps).where(*ours).order_by(disclosure_steps.c.n))
        return [_step(row) for row in rows.mappings()]

    def add_subjects(
        self, connection: Connection, ident: str, subjects: Iterable[Subject], *, named: bool
    ) -> None:
        """Note whose data it is about; who is known already stays as it is."""
        rows = [
            {"tenant": self.tenant, "disclosure": ident, "sort": sort, "key": key, "named": named}
            for sort, key in sorted(set(subjects))
        ]
        added = dialect_of(connection).insert(disclosure_subjects).on_conflict_do_nothing()
        for start in range(0, len(rows), AT_ONCE):
            connection.execute(added, rows[start : start + AT_ONCE])

    def _ours(self, *where: ColumnElement[bool]) -> Select[Any]:
        return select(disclosures).where(disclosures.c.tenant == self.tenant, *where)

    def _conditions(self, connection: Connection, wanted: Wanted) -> list[ColumnElement[bool]]:
        where: list[ColumnElement[bool]] = []
        if wanted.states:
            where.append(disclosures.c.state.in_(sorted(wanted.states)))
        if wanted.text:
            where.append(_says(wanted.text))
        if wanted.before is not None:
            where.append(tuple_(disclosures.c.year, disclosures.c.n) < tuple_(*_number(wanted.before)))
        asked = (wanted.person, wanted.vehicle, wanted.plate)
        return where + [self._about(group) for group in those_of(connection, self.tenant, *asked)]

    def _about(self, subjects: set[Subject]) -> ColumnElement[bool]:
        c = disclosure_subjects.c
        any_of = or_(*((c.sort == sort) & (c.key == key) for sort, key in sorted(subjects)))
        return disclosures.c.id.in_(select(c.disclosure).where(c.tenant == self.tenant, any_of))


def _number(written: str) -> tuple[int, int]:
    year, _, n = written.partition("-")
    return int(year), int(n)


def _says(text: str) -> ColumnElement[bool]:
    c = disclosures.c
    columns = (c.case_number, c.document_number, c.unit, c.purpose)
    found = [column.icontains(text, autoescape=True) for column in columns]
    year, dash, n = text.partition("-")
    if dash and year.isdecimal() and n.isdecimal() and len(year) == 4 and len(n) < 10:
        found.append((c.year == int(year)) & (c.n == int(n)))
    return or_(*found)


def _one(connection: Connection, query: Select[Any]) -> Disclosure | None:
    row = connection.execute(query).mappings().first()
    return None if row is None else _disclosure(row)


def _disclosure(row: RowMapping) -> Disclosure:
    values = {name: row[name] for name in Disclosure.__struct_fields__}
    return convert(values | {name: msgspec.json.decode(row[name]) for name in _JSON}, Disclosure)


def _values(disclosure: Disclosure) -> dict[str, Any]:
    values = msgspec.structs.asdict(disclosure)
    values |= {name: _text(values[name]) for name in _JSON}
    return values | {"state": disclosure.state.value}


def _step(row: RowMapping) -> DisclosureStep:
    values = {name: row[name] for name in DisclosureStep.__struct_fields__}
    return convert(values | {"details": msgspec.json.decode(row["details"])}, DisclosureStep)


def _text(value: Any) -> str:
    return msgspec.json.encode(value).decode()
