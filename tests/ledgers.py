"""New ledgers on SQLite: migrated once a test run, then copied. To migrate takes longer than most tests."""

import tempfile
from functools import cache
from pathlib import Path

from hub.ledger.engine import open_ledger


def new_ledger(file: Path) -> str:
    """Put a ledger at `file` unless there is one; return its URL."""
    file.parent.mkdir(parents=True, exist_ok=True)
    if not file.exists():
        file.write_bytes(_migrated())
    return f"sqlite:///{file}"


@cache
def _migrated() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "ledger.sqlite"
        open_ledger(f"sqlite:///{file}").dispose()
        return file.read_bytes()
