"""A table as XLSX, made from its finished JSON lines, in bounded memory. Blocking.

A sheet ends at 1,000,000 rows (Excel has 1,048,576) and another begins. A text longer than a cell may hold
(32,767 characters) is cut and marked: the JSON lines have it whole.
"""

from collections.abc import Callable
from datetime import datetime, tzinfo
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, Final

import msgspec
from xlsxwriter import Workbook

from hub.bundle.source import Column, TableSpec
from hub.bundle.tables import columns_of
from hub.bundle.times import moment, sheet_days

MOST_ROWS: Final = 1_000_000
MOST_LETTERS: Final = 32_767
CUT: Final = "…〔全文见 JSONL〕"
EXACT: Final = 10**15
"""Larger numbers would lose digits in a spreadsheet: they stand there as text."""

_TELL_EVERY: Final = 5_000
_WIDTHS: Final = {"time": 24, "number": 12, "text": 20}
_read: Final = msgspec.json.Decoder(dict[str, Any]).decode


def write_workbook(
    lines: Path, file: Path, table: TableSpec, zone: tzinfo, made_ms: int, tell: Callable[[int], None]
) -> None:
    """Write the rows in `lines` to `file`; `tell` hears how many there are so far, and may raise to stop."""
    book = Workbook(str(file), {"constant_memory": True, "tmpdir": str(file.parent)})
    book.set_properties({"created": moment(made_ms).replace(tzinfo=None)})
    looks = _Looks(book, zone)
    with lines.open("rb") as source:
        number, written = 1, 0
        while number == 1 or source.peek(1):
            written += _sheet(looks, table, number, source, partial(_told_on, tell, written))
            number += 1
    book.close()


def _told_on(tell: Callable[[int], None], before: int, rows: int) -> None:
    tell(before + rows)


class _Looks:
    def __init__(self, book: Workbook, zone: tzinfo) -> None:
        self.book, self.zone = book, zone
        self.head = book.add_format({"bold": True, "text_wrap": True})
        self.time = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss.000"})


def _sheet(looks: _Looks, table: TableSpec, number: int, source: Any, tell: Callable[[int], None]) -> int:
    """Write one sheet and return its number of rows."""
    name = table.name[:28] if number == 1 else f"{table.name[:25]} {number}"
    sheet = looks.book.add_worksheet(name)
    sheet.freeze_panes(1, 0)
    columns = columns_of(table)
    for place, column in enumerate(columns):
        sheet.set_column(place, place, _WIDTHS[column.kind])
        sheet.write_string(0, place, _title(column, looks.zone), looks.head)
    rows = 0
    for rows, line in enumerate(islice(source, MOST_ROWS), 1):
        told = _read(line)
        for place, column in enumerate(columns):
            _put(looks, sheet, rows, place, column, told[column.key])
        if not rows % _TELL_EVERY:
            tell(rows)
    tell(rows)
    return rows


def _title(column: Column, zone: tzinfo) -> str:
    return f"{column.zh}（{zone}）" if column.kind == "time" else column.zh


def _put(looks: _Looks, sheet: Any, row: int, place: int, column: Column, value: Any) -> None:
    match value:
        case None:
            return
        case bool():
            sheet.write_string(row, place, "是" if value else "否")
        case int() | float() if abs(value) < EXACT:
            sheet.write_number(row, place, value)
        case list():
            sheet.write_string(row, place, _fitting(" ".join(value)))
        case str() if column.kind == "time":
            at = datetime.fromisoformat(value)
            sheet.write_number(row, place, sheet_days(at, looks.zone), looks.time)
        case _:
            sheet.write_string(row, place, _fitting(str(value)))


def _fitting(text: str) -> str:
    return text if len(text) <= MOST_LETTERS else text[: MOST_LETTERS - len(CUT)] + CUT
