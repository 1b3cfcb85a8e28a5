"""Inserts many rows of a table of the ledger, leaving out repeats."""

from collections.abc import Sequence
from itertools import chain
from typing import Any

from sqlalchemy import Connection

from hub.rows import chunks, insert_statement


def insert_ignoring_repeats(
    connection: Connection, table: str, columns: tuple[str, ...], rows: Sequence[tuple[Any, ...]]
) -> int:
    """Insert `rows` and return how many; a row that breaks a UNIQUE constraint is left out."""
    inserted = 0
    placeholder = "?" if connection.dialect.name == "sqlite" else "%s"
    for chunk in chunks(rows):
        statement = insert_statement(
            table, columns, len(chunk), placeholder=placeholder, end=" ON CONFLICT DO NOTHING"
        )
        result = connection.exec_driver_sql(statement, tuple(chain.from_iterable(chunk)))
        inserted += result.rowcount
    return inserted
