"""Tables as people make them: CSV in several writings, and workbooks."""

import csv
import io
from collections.abc import Sequence
from typing import Any

from openpyxl import Workbook

HEAD = ("姓名", "楼栋", "单元", "房号", "电话", "卡号", "类别", "有效期至")
WANG = ("王芳", "3栋", "2单元", "501室", "138-0000 1111", "8061550", "业主", "2030/12/31")
LI_SI = ("李四", "", "", "", "", "123,45678", "员工", "长期")


def table(*rows: Sequence[Any], encoding: str = "utf-8", separator: str = ",") -> bytes:
    """Write rows as CSV."""
    text = io.StringIO()
    csv.writer(text, delimiter=separator).writerows(rows)
    return text.getvalue().encode(encoding)


def workbook(*rows: Sequence[Any], hidden: bool = False) -> bytes:
    """Write rows as XLSX; `hidden`: behind a first sheet that nobody sees."""
    book = Workbook()
    sheet = book.worksheets[0]
    if hidden:
        sheet.append(["nothing"])
        sheet = book.create_sheet("名单")
        book.worksheets[0].sheet_state = "hidden"
    for row in rows:
        sheet.append(list(row))
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()
