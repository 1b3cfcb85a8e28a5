"""The embedded store of history: one SQLite file."""

from hub.history.sqlite.engine import SqliteHistory

__all__ = ["SqliteHistory"]
