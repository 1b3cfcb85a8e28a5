"""Tables for a spreadsheet (CSV): what somebody typed never becomes a formula there."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any, Final

import msgspec

from hub.orders.figures import Figures
from hub.orders.view import OrderView

FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""How a cell begins that Excel, or another spreadsheet, would compute (OWASP, CSV injection)."""

BOM: Final = "\ufeff"
"""Tells Excel that it is UTF-8."""

LANGUAGES: Final = ("zh-CN", "en")

Row = dict[str, Any]


def orders_sheet(orders: Iterable[OrderView]) -> str:
    """Write orders, one a row."""
    return sheet(OrderView.__struct_fields__, map(_row, orders))


def figures_sheet(figures: Iterable[Figures]) -> str:
    """Write figures, one month and kind a row."""
    return sheet(Figures.__struct_fields__, map(_row, figures))


def sheet(columns: Sequence[str], rows: Iterable[Row]) -> str:
    """Write CSV (RFC 4180) with a head line."""
    text = io.StringIO()
    text.write(BOM)
    writer = csv.writer(text)
    writer.writerow(columns)
    for row in rows:
        writer.writerow([cell(row[column]) for column in columns])
    return text.getvalue()


def cell(value: Any) -> str:
    """Write a value such that a spreadsheet shows it and does not compute it."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case int() | float():
            return str(value)
        case dict():
            return cell(_words(value))
        case list() | tuple():
            return cell(" ".join(map(str, value)))
    text = str(value)
    return f"'{text}" if text.startswith(FORMULA) or _bare(text).startswith(FORMULA) else text


def _bare(text: str) -> str:
    """Leave out what spreadsheets skip before a formula: any space, and a byte order mark."""
    return text.lstrip().lstrip(BOM).lstrip()


def _row(struct: msgspec.Struct) -> Row:
    row: Row = msgspec.to_builtins(struct)
    return row


def _words(words: dict[str, str]) -> str:
    return " / ".join(words[language] for language in LANGUAGES if language in words)
