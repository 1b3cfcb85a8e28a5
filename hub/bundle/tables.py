"""One row as a line of JSON and as a row of CSV. Pure.

JSON has the columns' keys and times in UTC, for programs; CSV has Chinese headers and the site's time with
its offset, for people.
"""

import csv
import io
from collections.abc import Sequence
from datetime import tzinfo
from typing import Any, Final

import msgspec

from hub.bundle.errors import SourceFault
from hub.bundle.source import Column, Row, Scalar, TableSpec
from hub.bundle.times import local, rfc3339
from hub.orders.sheet import BOM, cell

AT: Final = Column(key="at", zh="发生时间", en="Time of the event", kind="time")
RECEIVED: Final = Column(key="received", zh="接收时间", en="Time received", kind="time")
MEDIA: Final = Column(key="media", zh="图像文件", en="Pictures and clips")

_encode: Final = msgspec.json.Encoder().encode


def columns_of(table: TableSpec) -> tuple[Column, ...]:
    """Return all columns of a table's files, in their order."""
    return (*told_of(table), MEDIA)


def told_of(table: TableSpec) -> tuple[Column, ...]:
    """Return the columns before that of the pictures."""
    return (AT, RECEIVED, *table.columns)


def csv_head(table: TableSpec) -> bytes:
    """Return what a CSV file begins with."""
    return (BOM + _csv_line([column.zh for column in columns_of(table)])).encode()


class Writing:
    """Writes the rows of one table. `names` finds the file of a picture by its SHA-256."""

    def __init__(self, table: TableSpec, zone: tzinfo, names: dict[str, str]) -> None:
        self._table, self._zone, self._names = table, zone, names
        self._columns = columns_of(table)

    def both(self, row: Row) -> tuple[bytes, bytes]:
        """Return a row as JSON and as CSV."""
        if len(row.values) != len(self._table.columns):
            given, wanted = len(row.values), len(self._table.columns)
            raise SourceFault(f"table {self._table.name}: a row with {given} values, columns: {wanted}")
        values = _values(row)
        media = [self._names[each] for each in row.media]
        return self._json(values, media), self._csv(values, media)

    def _json(self, values: Sequence[Scalar], media: list[str]) -> bytes:
        told: dict[str, Any] = {
            column.key: rfc3339(value) if column.kind == "time" and isinstance(value, int) else value
            for column, value in zip(self._columns, values, strict=False)
        }
        return _encode(told | {MEDIA.key: media}) + b"\n"

    def _csv(self, values: Sequence[Scalar], media: list[str]) -> bytes:
        return _csv_line([*_cells(self._columns, values, self._zone), " ".join(media)]).encode()


def cells(table: TableSpec, row: Row, zone: tzinfo) -> list[str]:
    """Return what stands in CSV in a row, but for the names of its pictures."""
    return _cells(told_of(table), _values(row), zone)


def _values(row: Row) -> tuple[Scalar, ...]:
    return (row.at_ms, row.received_ms, *row.values)


def _cells(columns: Sequence[Column], values: Sequence[Scalar], zone: tzinfo) -> list[str]:
    return [_cell(column, value, zone) for column, value in zip(columns, values, strict=False)]


def _cell(column: Column, value: Scalar, zone: tzinfo) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if column.kind == "time" and isinstance(value, int):
        return local(value, zone)
    return cell(value)


def _csv_line(cells: Sequence[str]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow(cells)
    return text.getvalue()
