"""Inserts many rows with few statements.

A statement of many rows runs in one step of the database library, which lets go of the interpreter's lock
once; one statement a row would take the lock back each time, and wait up to a thread switch interval for it.
Chunks are powers of two, so that any number of rows needs few statements, and few have to be prepared.
"""

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import chain
from typing import Any, Final

from sqlalchemy import Connection

LARGEST: Final = 2048
"""Rows of a statement; SQLite takes 32,766 values, PostgreSQL 65,535."""


def insert_ignoring_repeats(
    connection: Connection, table: str, columns: tuple[str, ...], rows: Sequence[tuple[Any, ...]]
) -> int:
    """Insert `rows` and return how many; a row that breaks a UNIQUE constraint is left out."""
    inserted = 0
    placeholder = "?" if connection.dialect.name == "sqlite" else "%s"
    for chunk in _chunks(rows):
        statement = _statement(table, columns, len(chunk), placeholder)
        result = connection.exec_driver_sql(statement, tuple(chain.from_iterable(chunk)))
        inserted += result.rowcount
    return inserted


@cache
def _statement(table: str, columns: tuple[str, ...], count: int, placeholder: str) -> str:
    row = f"({', '.join([placeholder] * len(columns))})"
    rows = ", ".join([row] * count)
    names = ", ".join(columns)
    return f"INSERT INTO {table} ({names}) VALUES {rows} ON CONFLICT DO NOTHING"  # noqa: S608 - names are ours


def _chunks(rows: Sequence[tuple[Any, ...]]) -> Iterator[Sequence[tuple[Any, ...]]]:
    start = 0
    while start < len(rows):
        size = min(1 << (len(rows) - start).bit_length() - 1, LARGEST)
        yield rows[start : start + size]
        start += size
