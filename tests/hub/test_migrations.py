"""The migrations make the tables that the code means, over SQLite and PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect

from hub.access.schema import users
from hub.ledger.engine import MIGRATIONS, open_ledger, revisions
from hub.ledger.tables import metadata
from tests.hub.conftest import BACKENDS
from tests.postgresql import PostgreSQL


@pytest.fixture(params=BACKENDS)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Give the URL of a database without any table, on each."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'ledger.sqlite'}"
        return
    server: PostgreSQL = request.getfixturevalue("postgresql")
    url = server.new_database()
    yield url
    server.drop(url)


@pytest.fixture
def migrated(empty_url: str) -> Iterator[Engine]:
    engine = open_ledger(empty_url)
    yield engine
    engine.dispose()


def test_migrations_and_tables_agree(migrated: Engine) -> None:
    assert users.metadata is metadata
    with migrated.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        found = inspect(connection)
        for table in metadata.sorted_tables:
            key = [column.name for column in table.primary_key]
            assert found.get_pk_constraint(table.name)["constrained_columns"] == key


def test_files_are_named_after_their_revisions_which_follow_one_another() -> None:
    chained = [each.revision for each in ScriptDirectory(MIGRATIONS).walk_revisions()]
    assert tuple(reversed(chained)) == revisions()


def test_a_ledger_of_today_is_opened_again_as_it_is(empty_url: str) -> None:
    for _ in range(2):
        engine = open_ledger(empty_url)
        with engine.connect() as connection:
            assert MigrationContext.configure(connection).get_current_revision() == "0017"
        engine.dispose()
