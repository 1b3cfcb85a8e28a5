"""Opens the ledger's database and brings its tables up to date."""

from functools import cache
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from contract.errors import ConfigurationError

MIGRATIONS: Final = str(Path(__file__).parent / "migrations")

SQLITE_PRAGMAS: Final = (
    "journal_mode=WAL",  # readers go on while one writes
    "synchronous=FULL",  # a commit survives a power cut
    "busy_timeout=10000",
    "foreign_keys=ON",
    "cache_size=-8000",  # in KiB: the upper pages of the indexes on events, into which every commit writes
    "wal_autocheckpoint=4000",  # in pages, 16 MB: one that many commits changed is copied once
)


def open_ledger(url: str) -> Engine:
    """Connect to the ledger and migrate it; ConfigurationError says why that cannot be done.

    `url` is SQLAlchemy's: `sqlite:////var/lib/hemei/ledger.sqlite`, `postgresql+psycopg://user@host/name`.
    """
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() == "sqlite" and parsed.database:
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        return _migrated(
            create_engine(
                parsed,
                pool_pre_ping=parsed.get_backend_name() != "sqlite",
                hide_parameters=True,  # of what fails, the log tells no code of a charger and no name
            )
        )
    except (ArgumentError, DBAPIError, ModuleNotFoundError, OSError) as wrong:
        raise ConfigurationError(f"ledger {_without_password(url)}: {wrong}") from wrong


def _migrated(engine: Engine) -> Engine:
    """Bring the tables behind an engine up to date; if that fails, no connection of it is left open."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _tune_sqlite)
    try:
        with engine.begin() as connection:
            migrate(connection)
    except BaseException:
        engine.dispose()
        raise
    return engine


def migrate(connection: Connection) -> None:
    """Bring the tables to the newest revision, inside the caller's transaction."""
    if _revision(connection) == revisions()[-1]:
        return
    from alembic import command  # noqa: PLC0415 - takes a while to load, and is seldom needed
    from alembic.config import Config  # noqa: PLC0415 - the same

    config = Config()
    config.set_main_option("script_location", MIGRATIONS)
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def knows(revision: str) -> bool:
    """Whether tables of `revision` can be brought to the newest; those of a newer product cannot."""
    return revision in revisions()


@cache
def revisions() -> tuple[str, ...]:
    """Return the revisions that there are, oldest first: the name of each file begins with its own."""
    files = (Path(MIGRATIONS) / "versions").glob("[0-9]*.py")
    return tuple(sorted(each.stem.partition("_")[0] for each in files))


def _revision(connection: Connection) -> str | None:
    """Return that of the tables, where alembic keeps it; None if there are none yet."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return found


def _tune_sqlite(connection: Any, _record: Any) -> None:
    """Set what holds for each connection."""
    cursor = connection.cursor()
    for pragma in SQLITE_PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _without_password(url: str) -> str:
    try:
        return make_url(url).render_as_string(hide_password=True)
    except ArgumentError:
        return repr(url)
