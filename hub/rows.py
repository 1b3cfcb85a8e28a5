"""Inserting many rows with few statements.

A statement of many rows runs in one step of the database library, which lets go of the interpreter's lock
once; one statement a row would take the lock back each time, and wait up to a thread switch interval for it.
Chunks are powers of two, so that any number of rows needs few statements, and few have to be prepared.
"""

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, Final

LARGEST: Final = 2048
"""Rows of a statement; SQLite takes 32,766 values, PostgreSQL 65,535."""

Row = tuple[Any, ...]


def chunks(rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
    """Cut rows into as many as one statement inserts, and the next."""
    start = 0
    while start < len(rows):
        size = min(1 << (len(rows) - start).bit_length() - 1, LARGEST)
        yield rows[start : start + size]
        start += size


@cache
def insert_statement(
    table: str, columns: tuple[str, ...], count: int, *, placeholder: str = "?", end: str = ""
) -> str:
    """Write the statement that inserts `count` rows; names are the program's own, never what came in."""
    row = f"({', '.join([placeholder] * len(columns))})"
    rows = ", ".join([row] * count)
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES {rows}{end}"  # noqa: S608 - names are ours
