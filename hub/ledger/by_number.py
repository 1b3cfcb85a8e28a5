"""How tables whose rows are numbered by their commit are read in that order."""

from typing import Any

from sqlalchemy import Column, ColumnElement, Table, func


def of_tenant(table: Table, tenant: str) -> ColumnElement[bool]:
    """Say whose rows they are, such that the database reads them by their numbers (`seq`).

    For a plain `tenant = ?` SQLite takes an index that begins with the tenant: it goes through all of the
    tenant's rows, and sorts them, for a handful that come next.
    """
    return unindexed(table.c.tenant) == tenant


def unindexed(column: Column[Any]) -> ColumnElement[Any]:
    """Return a column of texts such that no index is chosen for it."""
    return func.coalesce(column, "")
