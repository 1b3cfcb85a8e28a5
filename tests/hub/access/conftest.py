"""Access over each database, on a clock that the test moves."""

import pytest
from sqlalchemy import Engine

from contract.clock import ManualClock
from hub.access.access import Access


@pytest.fixture
def clock() -> ManualClock:
    """Give a clock that stands still."""
    return ManualClock()


@pytest.fixture
def access(ledger: Engine, clock: ManualClock) -> Access:
    """Give the access of tenant `default` on an empty ledger."""
    return Access(ledger, clock)
