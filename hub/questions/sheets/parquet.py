"""Apache Parquet for pandas, DuckDB, Spark …, written piece by piece to a file. Blocking; takes pyarrow.

Every column has one type whatever the property: numbers and words stand in two columns.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
from pyarrow import parquet

from hub.history.store import Value
from hub.questions.sheets.rows import Row

AT_ONCE: Final = 50_000
"""Rows of one row group: what is in memory."""

COMPRESSION: Final = "zstd"

COLUMNS: Final[Mapping[str, tuple[pa.DataType, str]]] = {
    "time": (pa.timestamp("ms", tz="UTC"), "when it came, or when the step begins"),
    "device": (pa.string(), "site/kind/device"),
    "device_name": (pa.string(), ""),
    "property": (pa.string(), ""),
    "property_name": (pa.string(), ""),
    "unit": (pa.string(), "of value, min, max and last; null: none"),
    "value": (pa.float64(), "the number, true is 1; of a step: the mean; null: unknown, or words"),
    "text": (pa.string(), "the words; null: unknown, or a number"),
    "min": (pa.float64(), "of the step"),
    "max": (pa.float64(), "of the step"),
    "last": (pa.float64(), "of the step"),
    "count": (pa.int64(), "how many values came in the step"),
    "step_s": (pa.float64(), "seconds; null: a value as it came"),
    "note": (pa.string(), "where a gap begins, and until when; null: this is no gap"),
}
"""Types, and what they say."""


def write_parquet(rows: Iterable[Row], about: Mapping[str, Any], file: Path) -> None:
    """Write rows; `about`: what the file says of itself, each as JSON under `hemei.…`."""
    schema = _schema(about)
    with parquet.ParquetWriter(file, schema, compression=COMPRESSION) as writer:
        left = iter(rows)
        while piece := list(islice(left, AT_ONCE)):
            columns = zip(*map(_cells, piece), strict=True)
            arrays = [pa.array(column, each.type) for column, each in zip(columns, schema, strict=True)]
            writer.write_batch(pa.record_batch(arrays, schema=schema))


def _schema(about: Mapping[str, Any]) -> pa.Schema:
    fields = [
        pa.field(name, kind, metadata={"description": said} if said else None)
        for name, (kind, said) in COLUMNS.items()
    ]
    said = {f"hemei.{name}": json.dumps(value, ensure_ascii=False) for name, value in about.items()}
    return pa.schema(fields, metadata=said)


def _cells(row: Row) -> Sequence[Any]:
    return (
        row.utc,
        row.device,
        row.device_name,
        row.property,
        row.property_name,
        row.unit or None,
        _number(row.value),
        next((each for each in (row.value, row.last) if isinstance(each, str)), None),
        _number(row.low),
        _number(row.high),
        _number(row.last),
        row.number,
        row.step_s,
        row.note or None,
    )


def _number(value: Value) -> float | None:
    return None if value is None or isinstance(value, str) else float(value)
