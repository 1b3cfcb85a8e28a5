"""What SQLite and PostgreSQL can both do, but SQLAlchemy spells for each: ON CONFLICT."""

from typing import Any

from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite


def dialect_of(connection: Connection) -> Any:
    """Return the module whose `insert` knows `on_conflict_do_…`, for the database behind `connection`."""
    return sqlite if connection.dialect.name == "sqlite" else postgresql
