"""A ledger on SQLite, for what does not depend on the database; `ledger` is one on each."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from hub.ledger.engine import open_ledger
from tests.ledgers import new_ledger


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Engine]:
    """Give an empty ledger on SQLite."""
    engine = open_ledger(new_ledger(tmp_path / "ledger.sqlite"))
    yield engine
    engine.dispose()
