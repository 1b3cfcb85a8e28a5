"""Which files this hub writes: Parquet only where pyarrow is installed."""

from collections.abc import Callable, Iterable, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from contract.errors import HemeiError
from hub.questions.sheets.rows import Row

ALWAYS: Final = ("csv", "xlsx")
PARQUET: Final = "parquet"
PARQUET_TYPE: Final = "application/vnd.apache.parquet"
MISSING: Final = (
    "Parquet needs pyarrow on the hub: pip install 'hemei-hub[parquet]', then start the hub again"
)

ParquetWriter = Callable[[Iterable[Row], Mapping[str, Any], Path], None]


class NotInstalled(HemeiError):
    """What was asked for needs a library that is not there."""

    default_code = "not-installed"


def offered() -> tuple[str, ...]:
    """Return the endings of the files that this hub writes."""
    return (*ALWAYS, PARQUET) if find_spec("pyarrow") else ALWAYS


def parquet_writer() -> ParquetWriter:
    """Return what writes Parquet; NotInstalled says how it could be."""
    try:
        from hub.questions.sheets.parquet import write_parquet  # noqa: PLC0415 - takes 0.3 s and 40 MiB
    except ModuleNotFoundError as missing:
        raise NotInstalled(MISSING) from missing
    return write_parquet
