"""Passes for a spreadsheet."""

from collections.abc import Iterable

import msgspec

from hub.orders.sheet import Row, sheet
from hub.passes.view import PassView


def pass_sheet(passes: Iterable[PassView]) -> str:
    """Write passes, one a row."""
    return sheet(PassView.__struct_fields__, map(_row, passes))


def _row(view: PassView) -> Row:
    row: Row = msgspec.to_builtins(view)
    return row
