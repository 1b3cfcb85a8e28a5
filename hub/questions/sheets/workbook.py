"""XLSX for Excel and WPS, written row by row to a file. Blocking."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from contract.errors import InvalidMessage
from hub.orders.sheet import cell
from hub.questions.sheets.rows import COLUMNS, Row

MEDIA_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

MOST_ROWS: Final = 1_000_000
"""A sheet has 1,048,576 rows."""

TIME_FORMAT: Final = "yyyy-mm-dd hh:mm:ss.000"
WIDTHS: Final = (24, 24, 14, 26, 18, 16, 18, 8, 12, 12, 12, 12, 8, 8, 40)


def write_workbook(rows: Iterable[Row], file: Path) -> None:
    """Write rows; InvalidMessage if there are more than a sheet has.

    Times are those of the site's clock and of UTC, as spreadsheets have none with a zone.
    """
    from openpyxl import Workbook  # noqa: PLC0415 - takes a while to load, and is needed here alone

    book = Workbook(write_only=True)
    sheet: Any = book.create_sheet("history")
    for at, width in enumerate(WIDTHS):
        sheet.column_dimensions[chr(ord("A") + at)].width = width
    sheet.freeze_panes = "A2"
    sheet.append([_head(sheet, name) for name in COLUMNS])
    for number, row in enumerate(rows):
        if number >= MOST_ROWS:
            sheet.close()
            sheet._writer.cleanup()  # noqa: SLF001 - openpyxl deletes what is not saved only at exit
            raise InvalidMessage(
                f"more than {MOST_ROWS} rows do not fit into a sheet: take less time, a `step`, or CSV",
                code="too-many-rows",
            )
        sheet.append([_cell(sheet, each) for each in row])
    book.save(file)


def _head(sheet: Any, name: str) -> Any:
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415 - the same
    from openpyxl.styles import Font  # noqa: PLC0415 - the same

    head = WriteOnlyCell(sheet, name)
    head.font = Font(bold=True)
    return head


def _cell(sheet: Any, value: Any) -> Any:
    if isinstance(value, datetime):
        from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415 - the same

        moment = WriteOnlyCell(sheet, value.replace(tzinfo=None))
        moment.number_format = TIME_FORMAT
        return moment
    return value if isinstance(value, bool | int | float) else cell(value) or None
