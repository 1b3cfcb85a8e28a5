"""Reports as CSV for a spreadsheet: UTF-8 with a mark, and no cell that it would take for a formula."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final

from hub.reports.load import Load
from hub.reports.tender import TenderRow

Cell = str | float | None
MARK: Final = "\ufeff"
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What a text must not begin with (OWASP: CSV injection)."""


def load_sheet(report: Load, language: str) -> str:
    """Write the alarm load."""
    rows: list[Sequence[Cell]] = [("figure", "value", "unit", "target", "met")]
    rows += [
        (_in(each.title, language), each.value, each.unit, each.target, _yes(each.met))
        for each in report.figures
    ]
    rows += [(), ("alarm", "device", "count")]
    rows += [(_in(each.title, language), each.device, each.count) for each in report.top]
    return _csv(rows)


def tender_sheet(table: Iterable[TenderRow], language: str) -> str:
    """Write what tenders ask for and what was measured."""
    rows: list[Sequence[Cell]] = [
        ("figure", "demand", "source", "measured", "unit", "met", "samples", "note")
    ]
    rows += [
        (
            _in(each.title, language),
            each.demand,
            each.source,
            each.measured,
            each.unit,
            _yes(each.met),
            each.samples,
            _in(each.note, language),
        )
        for each in table
    ]
    return _csv(rows)


def _csv(rows: Iterable[Sequence[Cell]]) -> str:
    written = io.StringIO()
    csv.writer(written).writerows([list(map(_safe, row)) for row in rows])
    return MARK + written.getvalue()


def _safe(cell: Cell) -> Cell:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell


def _yes(met: bool | None) -> str:
    return "" if met is None else "yes" if met else "no"


def _in(words: dict[str, str], language: str) -> str:
    return words.get(language) or next(iter(words.values()), "")
