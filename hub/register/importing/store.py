"""Imports and their rows in the ledger, inside the caller's transaction. Blocking."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

import msgspec
from msgspec import Struct
from msgspec.structs import asdict, replace
from sqlalchemy import ColumnElement, Connection, RowMapping, bindparam, delete, insert, select, update

from hub.ledger.converting import convert
from hub.register.importing.planned import TO_DO, Planned
from hub.register.importing.schema import import_rows, imports
from hub.register.importing.view import CellProblem, ImportCounts, ImportState, ImportWhat

_JSON: Final = ("counts", "columns", "unknown_columns", "problem")
AT_ONCE: Final = 500
"""Rows written in one transaction: whatever else is written waits that long."""


class Import(Struct, frozen=True, kw_only=True):
    """An import. `upto`: the last row that was applied; `columns`: what the file calls each field."""

    key: str
    what: ImportWhat
    file: str
    sha256: str
    state: ImportState
    plan: str | None = None
    counts: ImportCounts = ImportCounts()
    applied: int = 0
    upto: int = 0
    columns: dict[str, str] = {}
    unknown_columns: list[str] = []
    problem: CellProblem | None = None
    made_ms: int
    made_by: str
    applied_by: str | None = None
    ended_ms: int | None = None


class Stored(Struct, frozen=True, kw_only=True):
    """A row: its cells by field, and what becomes of it."""

    cells: dict[str, str]
    planned: Planned


class ImportStore:
    """One tenant's imports."""

    def __init__(self, tenant: str) -> None:
        self._tenant = tenant

    def get(self, connection: Connection, key: str) -> Import | None:
        """Read an import."""
        found = self.find(connection, imports.c.key == key)
        return found[0] if found else None

    def hold(self, connection: Connection, key: str) -> Import | None:
        """Read an import that is about to change: no other process goes on with it before this commits."""
        mine = (imports.c.tenant == self._tenant, imports.c.key == key)
        connection.execute(update(imports).where(*mine).values(upto=imports.c.upto))
        return self.get(connection, key)

    def find(
        self, connection: Connection, *where: ColumnElement[bool], limit: int | None = None
    ) -> list[Import]:
        """Read imports, the newest first."""
        query = select(imports).where(imports.c.tenant == self._tenant, *where)
        found = connection.execute(query.order_by(imports.c.made_ms.desc(), imports.c.key).limit(limit))
        return [_import(row) for row in found.mappings()]

    def add(self, connection: Connection, made: Import) -> None:
        """Add an import."""
        connection.execute(insert(imports).values(_values(made) | {"tenant": self._tenant}))

    def change(self, connection: Connection, before: Import, **changes: Any) -> Import:
        """Write what is different."""
        after = replace(before, **changes)
        values = {name: value for name, value in _values(after).items() if name in changes}
        mine = (imports.c.tenant == self._tenant, imports.c.key == before.key)
        connection.execute(update(imports).where(*mine).values(values))
        return after

    def add_rows(self, connection: Connection, key: str, rows: Iterable[Stored]) -> None:
        """Add rows."""
        values = [self._row(key, each) for each in rows]
        if values:
            connection.execute(insert(import_rows), values)

    def rows(
        self,
        connection: Connection,
        key: str,
        *,
        states: Iterable[str] | None = None,
        after: int = 0,
        limit: int | None = None,
    ) -> list[Stored]:
        """Read rows in the order of the file."""
        where = [*self._of(key), import_rows.c.row > after]
        if states is not None:
            where.append(import_rows.c.state.in_(list(states)))
        query = select(import_rows.c.cells, import_rows.c.plan).where(*where)
        found = connection.execute(query.order_by(import_rows.c.row).limit(limit))
        return [Stored(cells=_cells(cells), planned=_plan(plan)) for cells, plan in found]

    def replan(self, connection: Connection, key: str, planned: Sequence[Planned]) -> None:
        """Write that rows do something else."""
        statement = update(import_rows).where(*self._of(key), import_rows.c.row == bindparam("n"))
        values = [
            {"n": each.row, "state": each.state, "key": each.key, "plan": _text(each)} for each in planned
        ]
        if values:
            connection.execute(statement, values)

    def forget(self, connection: Connection, key: str, *, all_of_them: bool) -> None:
        """Delete rows that were done, or all."""
        where = list(self._of(key))
        if not all_of_them:
            where.append(import_rows.c.state.in_([*TO_DO, "unchanged"]))
        connection.execute(delete(import_rows).where(*where))

    def _of(self, key: str) -> tuple[ColumnElement[bool], ...]:
        return (import_rows.c.tenant == self._tenant, import_rows.c["import"] == key)

    def _row(self, key: str, stored: Stored) -> dict[str, Any]:
        return {
            "tenant": self._tenant,
            "import": key,
            "row": stored.planned.row,
            "state": stored.planned.state,
            "key": stored.planned.key,
            "cells": _text(stored.cells),
            "plan": _text(stored.planned),
        }


_cells: Final = msgspec.json.Decoder(dict[str, str]).decode
_plan: Final = msgspec.json.Decoder(Planned).decode


def _text(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def _values(made: Import) -> dict[str, Any]:
    values = asdict(made)
    return values | {name: _text(values[name]) for name in _JSON}


def _import(row: RowMapping) -> Import:
    values = {name: row[name] for name in Import.__struct_fields__}
    return convert(values | {name: msgspec.json.decode(row[name]) for name in _JSON}, Import)
