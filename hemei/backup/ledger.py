"""The ledger in a backup: a copy of the SQLite file, or `pg_dump`'s of a PostgreSQL database. Blocking.

Both are of one moment, and what the manifest says of them (rows, last event, audit heads) is of that moment.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, Engine, create_engine, func, inspect, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from hemei.backup.contents import Contents
from hemei.backup.databases import Copied, copy_database, size_of
from hemei.backup.errors import BackupError
from hemei.backup.manifest import Head, LedgerEntry
from hub.audit.schema import heads
from hub.ledger.schema import events

DUMP: Final = "ledger.pgdump"
CLIENT: Final = "apt-get install postgresql-client"


def copy_ledger(contents: Contents, tree: Path, copied: Copied) -> LedgerEntry:
    """Copy the ledger as it is now into `tree`."""
    if contents.ledger_file is None:
        return _dump(contents, tree, copied)
    place = contents.place(contents.ledger_file)
    if not contents.ledger_file.is_file():
        raise BackupError(f"{contents.ledger_file}: there is no ledger; has the hub ever run?")
    copy_database(contents.ledger_file, tree / place, copied)
    return _described("sqlite", place, create_engine(f"sqlite:///file:{tree / place}?immutable=1&uri=true"))


def size_of_ledger(contents: Contents) -> int:
    """Return how much room a copy needs, in bytes; 0: not known, a dump is packed."""
    file = contents.ledger_file
    return size_of(file) if file is not None else 0


def _described(engine_name: str, place: Path, engine: Engine) -> LedgerEntry:
    try:
        with engine.connect() as connection:
            return _look(connection, engine_name, place)
    except SQLAlchemyError as wrong:
        raise BackupError(f"{place}: is no ledger of this product: {wrong}") from wrong
    finally:
        engine.dispose()


def _look(connection: Connection, engine: str, place: Path) -> LedgerEntry:
    quoted = connection.dialect.identifier_preparer.quote
    names = sorted(inspect(connection).get_table_names())
    counts = {name: f"SELECT count(*) FROM {quoted(name)}" for name in names}  # noqa: S608 - names of its own schema
    audit = connection.execute(select(heads)).mappings()
    return LedgerEntry(
        engine=engine,
        path=place.as_posix(),
        revision=str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()),
        events=connection.execute(select(func.coalesce(func.max(events.c.seq), 0))).scalar_one(),
        audit={row["tenant"]: Head(n=row["n"], hash=row["hash"]) for row in audit},
        rows={name: connection.execute(text(query)).scalar_one() for name, query in counts.items()},
    )


def _dump(contents: Contents, tree: Path, copied: Copied) -> LedgerEntry:
    """Dump what one snapshot sees, and describe the same."""
    place = contents.place(contents.data / DUMP)
    (tree / place).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(contents.ledger, isolation_level="REPEATABLE READ", hide_parameters=True)
    copied(0, 1)
    try:
        with engine.connect() as connection:
            snapshot = connection.execute(text("SELECT pg_export_snapshot()")).scalar_one()
            (tree / place).touch(mode=0o600)
            run_client(
                "pg_dump",
                contents.ledger,
                [
                    "--format=custom",
                    "--no-owner",
                    "--no-privileges",
                    f"--snapshot={snapshot}",
                    "--file",
                    str(tree / place),
                ],
            )
            entry = _look(connection, "postgresql", place)
    except DBAPIError as wrong:
        raise BackupError(f"the ledger cannot be read: {wrong.orig}") from wrong
    finally:
        engine.dispose()
    copied(1, 1)
    return entry


def restore_dump(dump: Path, url: str) -> None:
    """Put a dump into the database at `url`, all or nothing; BackupError if that is not empty."""
    with _empty_database(url):
        options = ["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges", str(dump)]
        run_client("pg_restore", url, options)


@contextmanager
def _empty_database(url: str) -> Iterator[None]:
    engine = create_engine(url, hide_parameters=True)
    shown = make_url(url).render_as_string()
    try:
        tables = inspect(engine).get_table_names()
    except DBAPIError as wrong:
        raise BackupError(f"{shown}: cannot be reached: {wrong.orig}") from wrong
    finally:
        engine.dispose()
    if tables:
        raise BackupError(
            f"{shown}: is not empty, and nothing is overwritten; make a new database (createdb)"
        )
    yield


def run_client(program: str, url: str, options: Sequence[str]) -> None:
    """Run a program of PostgreSQL's on a database; BackupError says what it said, or how to install it."""
    found = shutil.which(program)
    if found is None:
        raise BackupError(f"the ledger is PostgreSQL, and {program} is not installed: {CLIENT}")
    where, environment = _connection_of(url)
    command = [found, f"--dbname={where}", *options]
    done = subprocess.run(  # noqa: S603 - the command is ours
        command, check=False, capture_output=True, text=True, env={**os.environ, **environment}
    )
    if done.returncode != 0:
        said = done.stderr.strip().splitlines() or [f"exit code {done.returncode}"]
        raise BackupError(f"{program}: {said[0]}")


def _connection_of(url: str) -> tuple[str, Mapping[str, str]]:
    """Return libpq's words for a database, and the password, which no list of processes may show."""
    from psycopg.conninfo import make_conninfo  # noqa: PLC0415 - only with PostgreSQL

    parsed = make_url(url)
    words = {
        "host": parsed.host,
        "port": parsed.port,
        "user": parsed.username,
        "dbname": parsed.database,
        **parsed.query,
    }
    password = {"PGPASSWORD": str(parsed.password)} if parsed.password else {}
    return make_conninfo(
        "", **{key: str(value) for key, value in words.items() if value is not None}
    ), password
