"""CSV (RFC 4180) for Excel and WPS: UTF-8 with a mark, and no cell that they would compute."""

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import Any, Final

from hub.orders.sheet import BOM, cell
from hub.questions.sheets.rows import COLUMNS, Row

AT_ONCE: Final = 500
"""Rows of one piece."""

MEDIA_TYPE: Final = "text/csv; charset=utf-8"


def csv_pieces(rows: Iterable[Row]) -> Iterator[bytes]:
    """Write rows, piece by piece."""
    yield _written([list(COLUMNS)], BOM)
    left = iter(rows)
    while piece := list(islice(left, AT_ONCE)):
        yield _written([_cells(row) for row in piece])


def _cells(row: Row) -> list[str]:
    return [_text(each) for each in row]


def _text(value: Any) -> str:
    return value.isoformat(timespec="milliseconds") if isinstance(value, datetime) else cell(value)


def _written(lines: Iterable[list[str]], before: str = "") -> bytes:
    text = io.StringIO()
    text.write(before)
    csv.writer(text).writerows(lines)
    return text.getvalue().encode()
