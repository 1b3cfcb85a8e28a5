"""A private PostgreSQL for a test run: its own folder and Unix socket, no TCP port.

with PostgreSQL() as server:
    url = server.new_database()
"""

import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from tests.peers import missing

ACCOUNT: Final = "postgres"
"""Debian's account; PostgreSQL refuses to run as root."""

OPTIONS: Final = "-c listen_addresses='' -c fsync=off -c full_page_writes=off -c max_connections=60"


def programs() -> Path:
    """Return the folder of PostgreSQL's server programs, of the newest version that is installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    if not found:
        missing("PostgreSQL", "apt-get install postgresql")
    return found[-1].parent


class PostgreSQL:
    """A cluster that lives for one `with`. Its folder is short: a socket's path has at most 107 bytes."""

    def __init__(self) -> None:
        self._programs = programs()
        self._folder = Path(tempfile.mkdtemp(prefix="hemei-pg-"))
        self._account = ACCOUNT if os.geteuid() == 0 else None
        if self._account is not None:
            entry = pwd.getpwnam(self._account)
            os.chown(self._folder, entry.pw_uid, entry.pw_gid)

    def __enter__(self) -> Self:
        """Make the cluster and start it."""
        try:
            self._run("initdb", "-A", "trust", "-U", ACCOUNT, "-E", "UTF8", "--no-sync", "--locale=C")
            options = f"{OPTIONS} -c unix_socket_directories={self._folder}"
            log = str(self._folder / "log")
            self._run("pg_ctl", "start", "-w", "-s", "-l", log, "-o", options)
        except BaseException:
            shutil.rmtree(self._folder)
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop it and delete everything."""
        self._run("pg_ctl", "stop", "-m", "immediate", "-s")
        shutil.rmtree(self._folder)

    def new_database(self, template: str | None = None) -> str:
        """Make an empty database, or a copy of one that nobody is connected to; return its SQLAlchemy URL."""
        name = f"test_{secrets.token_hex(6)}"
        self._sql(f"CREATE DATABASE {name} TEMPLATE {_name(template) if template else 'template1'}")
        return f"postgresql+psycopg://{ACCOUNT}@/{name}?host={self._folder}"

    def drop(self, url: str) -> None:
        """Delete a database that `new_database` made, whoever is still connected."""
        self._sql(f"DROP DATABASE {_name(url)} WITH (FORCE)")

    def _sql(self, statement: str) -> None:
        program = self._programs / "psql"
        command: list[str | Path] = [
            program,
            "-h",
            self._folder,
            "-U",
            ACCOUNT,
            "-d",
            "postgres",
            "-qc",
            statement,
        ]
        subprocess.run(command, check=True, capture_output=True)

    def _run(self, program: str, *arguments: str) -> None:
        # pg_ctl's child keeps the pipes of its parent open, so nothing may be captured through one.
        with (self._folder / f"{program}.out").open("w+") as output:
            command: list[str | Path] = [self._programs / program, "-D", self._folder / "data", *arguments]
            done = subprocess.run(
                command,
                check=False,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                user=self._account,
                cwd=self._folder,
            )
            if done.returncode != 0:
                output.seek(0)
                raise RuntimeError(f"{program} failed:\n{output.read()}")


def _name(url: str) -> str:
    return url.partition("@/")[2].partition("?")[0]
