"""The migrations make the tables that the code means, over SQLite and PostgreSQL."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect

from hub.access.schema import users
from hub.ledger.engine import open_ledger
from hub.ledger.tables import metadata


def test_migrations_and_tables_agree(ledger: Engine) -> None:
    assert users.metadata is metadata
    with ledger.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        found = inspect(connection)
        for table in metadata.sorted_tables:
            key = [column.name for column in table.primary_key]
            assert found.get_pk_constraint(table.name)["constrained_columns"] == key


def test_a_ledger_of_today_is_opened_again_as_it_is(ledger_url: str) -> None:
    for _ in range(2):
        engine = open_ledger(ledger_url)
        with engine.connect() as connection:
            assert MigrationContext.configure(connection).get_current_revision() == "0006"
        engine.dispose()
