"""Empty tables to fill in: the head, and an example that is easy to tell from a real row."""

import csv
import io
from typing import Final

from hub.orders.sheet import BOM
from hub.register.importing.columns import FIELDS, header
from hub.register.importing.view import ImportWhat

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MEDIA_TYPES: Final = {"csv": "text/csv; charset=utf-8", "xlsx": XLSX}
TEXT: Final = "@"
"""The format of cells that Excel leaves as they are: telephone and card numbers."""

_EXAMPLE: Final = {
    "name": ("张三（示例）", "Zhang San (example)"),
    "plate": ("浙B12345", "浙B12345"),
    "category": ("业主", "resident"),
    "building": ("3", "3"),
    "unit": ("2", "2"),
    "number": ("501", "501"),
    "phone": ("13800000000", "13800000000"),
    "cards": ("8061550", "8061550"),
    "valid_until": ("2030-12-31", "2030-12-31"),
    "reason": ("示例，请删除本行", "an example: delete this row"),
}


def template(what: ImportWhat, form: str, language: str) -> bytes:
    """Write a template as CSV or XLSX."""
    which = 0 if language == "zh-CN" else 1
    rows = [header(what, language), [_EXAMPLE.get(field, ("", ""))[which] for field in FIELDS[what]]]
    return _csv(rows) if form == "csv" else _xlsx(rows)


def _csv(rows: list[list[str]]) -> bytes:
    text = io.StringIO()
    text.write(BOM)
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


def _xlsx(rows: list[list[str]]) -> bytes:
    from openpyxl import Workbook  # noqa: PLC0415 - takes a while to load, and is needed here alone
    from openpyxl.styles import Font  # noqa: PLC0415 - the same
    from openpyxl.utils import get_column_letter  # noqa: PLC0415 - the same

    book = Workbook()
    sheet = book.worksheets[0]
    for row in rows:
        sheet.append(row)
    for at, head in enumerate(sheet[1], 1):
        head.font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(at)].number_format = TEXT
    for row_of_cells in sheet.iter_rows():
        for cell in row_of_cells:
            cell.number_format = TEXT
    sheet.freeze_panes = "A2"
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()
