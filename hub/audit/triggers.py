"""What the database itself refuses: to change or delete an entry of the audit, of a timeline, or money.

It guards against mistakes and against whoever may write through the product's own account but not change its
tables; who may drop a trigger is found by `hemei audit verify`.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from sqlalchemy import Connection, Engine

APPEND_ONLY: Final = (
    *("audit", "alarm_entries", "order_entries", "charging_money", "register_consents"),
    "disclosure_steps",
)
"""Tables that only grow."""


def _sqlite(table: str) -> list[str]:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    return [
        f"CREATE TRIGGER IF NOT EXISTS {table}_no_{verb.lower()} BEFORE {verb} ON {table} {refuse}"
        for verb in ("UPDATE", "DELETE")
    ]


_REPLACING: Final = (
    "CREATE TRIGGER IF NOT EXISTS audit_no_replace BEFORE INSERT ON audit"
    " WHEN EXISTS (SELECT 1 FROM audit WHERE tenant = NEW.tenant AND n = NEW.n)"
    " BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END"
)
"""INSERT OR REPLACE deletes without firing a DELETE trigger."""

_REFUSING: Final = (
    "CREATE OR REPLACE FUNCTION hemei_append_only() RETURNS trigger LANGUAGE plpgsql AS"
    " $$ BEGIN RAISE EXCEPTION USING MESSAGE = TG_TABLE_NAME || ' is append-only'; END $$"
)


def _postgresql(table: str) -> list[str]:
    name = f"{table}_append_only"
    return [
        f"CREATE OR REPLACE TRIGGER {name} BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
        " FOR EACH STATEMENT EXECUTE FUNCTION hemei_append_only()"
    ]


AUDIT_TRIGGERS: Final[Mapping[str, list[str]]] = MappingProxyType(
    {
        "sqlite": [*(each for table in APPEND_ONLY for each in _sqlite(table)), _REPLACING],
        "postgresql": [_REFUSING, *(each for table in APPEND_ONLY for each in _postgresql(table))],
    }
)
"""By SQLAlchemy's name of the database: statements for a migration, to be run once the tables are there."""


_NAMES: Final = {
    "sqlite": frozenset(
        {f"{table}_no_{verb}" for table in APPEND_ONLY for verb in ("update", "delete")}
        | {"audit_no_replace"}
    ),
    "postgresql": frozenset(f"{table}_append_only" for table in APPEND_ONLY),
}
_THERE: Final = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE tgenabled = 'O'",
}


def missing(connection: Connection) -> list[str]:
    """Return the triggers that are not there, or are switched off."""
    dialect = connection.dialect.name
    there = set(connection.exec_driver_sql(_THERE[dialect]).scalars())
    return sorted(_NAMES[dialect] - there)


def install(engine: Engine) -> None:
    """Make the triggers; again is no error."""
    with engine.begin() as connection:
        make(connection)


def make(connection: Connection) -> None:
    """Make the triggers in the caller's transaction."""
    for statement in AUDIT_TRIGGERS[connection.dialect.name]:
        connection.exec_driver_sql(statement)
