"""Reads a table that a stranger may have made: CSV or XLSX, bounded in bytes, rows, columns and memory.

It is a program of its own, `python -m hub.register.importing.sheet`: bytes in, a table out (msgpack). What a
file can do to a reader it does to a process that has limits and that nobody waits for.
"""

import csv
import io
import resource
import sys
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, Final

import msgspec
from msgspec import Struct

MOST_BYTES: Final = 10 * 1024 * 1024
MOST_ROWS: Final = 50_000
MOST_COLUMNS: Final = 64
MOST_CHARACTERS: Final = 501
"""Of a cell; one more than any may have, so that what is cut off here is seen to be too long."""

MOST_UNPACKED: Final = 256 * 1024 * 1024
MOST_PARTS: Final = 2000
MOST_MEMORY: Final = 1024 * 1024 * 1024
MOST_CPU_S: Final = 60
EXACT: Final = 10**15
"""Excel keeps 15 digits of a number; a longer one has become another number."""

NEEDLESS: Final = ("lxml", "numpy", "PIL")
"""What openpyxl uses where it is there, at a price. Without lxml it reads with defusedxml alone."""

ENCODINGS: Final = ("utf-8-sig", "gb18030")
SEPARATORS: Final = (",", ";", "\t")
INEXACT: Final = "\ufffd"
"""Stands for a number of which Excel has lost digits."""


class Line(Struct, frozen=True, array_like=True):
    """A row: its number in the file, from 1, and its cells."""

    row: int
    cells: list[str]


class Table(Struct, frozen=True, kw_only=True, tag=True):
    """All rows that have anything in them."""

    lines: list[Line]


class Unreadable(Struct, frozen=True, kw_only=True, tag=True):
    """Why a file cannot be read: a word of `planned.PROBLEMS`."""

    code: str


Read = Table | Unreadable


class _Refused(Exception):
    """The file is not taken; the argument is the code."""


def read(content: bytes) -> Read:
    """Read a file, whatever it is."""
    try:
        rows = _workbook(content) if content.startswith(b"PK") else _text(content)
        return Table(lines=list(_bounded(rows)))
    except _Refused as why:
        return Unreadable(code=str(why))
    except MemoryError:
        return Unreadable(code="too-large")
    except Exception:
        return Unreadable(code="not-a-table")


def _bounded(rows: Iterable[Sequence[str]]) -> Iterator[Line]:
    for number, cells in enumerate(rows, 1):
        if number > MOST_ROWS + 100:  # some rows above the head, and empty ones
            raise _Refused("too-many-rows")
        if len(cells) > MOST_COLUMNS and any(cells[MOST_COLUMNS:]):
            raise _Refused("too-many-columns")
        kept = [cell.replace("\0", "").strip()[:MOST_CHARACTERS] for cell in cells[:MOST_COLUMNS]]
        while kept and not kept[-1]:
            kept.pop()
        if kept:
            yield Line(number, kept)


def _text(content: bytes) -> Iterator[list[str]]:
    text = _decoded(content)
    head = next((line for line in text.splitlines() if line.strip()), "")
    separator = max(SEPARATORS, key=head.count)
    csv.field_size_limit(MOST_BYTES)
    return csv.reader(io.StringIO(text, newline=""), delimiter=separator)


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16")
    for encoding in ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise _Refused("unknown-encoding")


def _workbook(content: bytes) -> Iterator[list[str]]:
    _check_archive(content)
    from openpyxl import load_workbook  # noqa: PLC0415 - only for XLSX

    book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    sheet = next((each for each in book.worksheets if each.sheet_state == "visible"), None)
    if sheet is None:
        raise _Refused("no-sheet")
    sheet.reset_dimensions()  # what a file says of its size need not be true
    rows = sheet.iter_rows(max_row=MOST_ROWS + 200, max_col=MOST_COLUMNS + 1, values_only=True)
    return ([_cell(value) for value in row] for row in islice(rows, MOST_ROWS + 200))


def _check_archive(content: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = archive.infolist()
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise _Refused("too-large")


def _cell(value: Any) -> str:
    match value:
        case None:
            text = ""
        case int() | float() if abs(value) >= EXACT:
            text = INEXACT
        case float() if value.is_integer():
            text = str(int(value))
        case datetime():
            text = value.isoformat(" ", "minutes").removesuffix(" 00:00")
        case _:
            text = str(value)
    return text


def main() -> None:
    """Read a file from the standard input and write what is in it to the standard output."""
    for heavy in NEEDLESS:
        sys.modules[heavy] = None  # type: ignore[assignment]  # as Python itself marks what is not there
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_CPU_S, MOST_CPU_S))
    found = read(sys.stdin.buffer.read(MOST_BYTES + 1))
    sys.stdout.buffer.write(msgspec.msgpack.encode(found))


if __name__ == "__main__":
    main()
