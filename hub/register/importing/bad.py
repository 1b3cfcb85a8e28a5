"""The rows of an import that were left out, as they were, with what to do. Pure."""

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Final

from hub.orders.sheet import BOM, cell
from hub.register.importing.columns import FIELDS, NAMES
from hub.register.importing.store import Stored
from hub.register.importing.view import ImportWhat

HEADS: Final = {"zh-CN": ("行号", "问题"), "en": ("row", "what to do")}
"""Columns that an import leaves out, so that the mended sheet can be uploaded as it is."""


def bad_sheet(what: ImportWhat, called: Mapping[str, str], rows: Iterable[Stored], language: str) -> str:
    """Write CSV with the columns of the file, and two before them."""
    fields = [field for field in FIELDS[what] if field in called]
    text = io.StringIO()
    text.write(BOM)
    writer = csv.writer(text)
    writer.writerow([*HEADS[language], *(called.get(field, NAMES[field][0]) for field in fields)])
    for each in rows:
        told = "; ".join(f"{one.column}: {one.text[language]}".strip(": ") for one in each.planned.problems)
        writer.writerow([each.planned.row, cell(told), *(cell(each.cells.get(field)) for field in fields)])
    return text.getvalue()
