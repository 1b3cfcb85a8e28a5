"""A ledger on SQLite, for what does not depend on the database; `ledger` is one on each."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from hub.ledger.engine import open_ledger


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Engine]:
    """Give an empty ledger on SQLite."""
    engine = open_ledger(f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    yield engine
    engine.dispose()
