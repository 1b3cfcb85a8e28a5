"""What belongs to a site, and where it stands in a backup: the restored folder, path for path.

What lies below the site file's folder stands as it does there; what the site file names elsewhere stands
below `outside`, and the copied site file names it there, so that a restored site is whole in one folder.
"""

import os
import stat
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from sqlalchemy.engine import make_url

from hemei.backup.errors import BackupError
from hemei.settings import ledger_url
from hemei.site import Site
from hub.health.backup import FILE as LAST

OUTSIDE: Final = "outside"
OF_INIT: Final = ("secrets", "tls", "mosquitto")
"""Folders that `hemei init` lays beside the site file."""

STATUS: Final = frozenset({"processes_file"})
"""Files that only say how things are now."""

SQLITE: Final = "sqlite:///"


class Contents:
    """One site's files, folders and databases."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.folder = site.file.parent
        self.data = site.path(site.tables.hub.data_dir)
        self.media = self.data / "media"
        self.ledger = ledger_url(site)
        self.hosts = {host.id: site.path(host.folder) for host in site.tables.driver_host}

    @property
    def ledger_file(self) -> Path | None:
        """Where the ledger is, if it is a file."""
        url = make_url(self.ledger)
        return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None

    def place(self, path: Path) -> Path:
        """Return where something stands in a backup."""
        path = Path(os.path.normpath(path))
        if path.is_relative_to(self.folder):
            return path.relative_to(self.folder)
        return Path(OUTSIDE, *path.parts[1:])

    def databases(self) -> Iterator[Path]:
        """Yield the databases in the hub's data folder besides the ledger, such as history."""
        others = {self.media, *self.hosts.values()}
        for each in sorted(self.data.iterdir()):
            found = [each] if each.is_file() else each.rglob("*") if each not in others else ()
            yield from (
                file for file in sorted(found) if file.suffix == ".sqlite" and file != self.ledger_file
            )

    def others(self) -> Iterator[Path]:
        """Yield whatever else the hub keeps there, such as measurements that wait for their server."""
        return (file for file in self._kept() if not _is_left(file))

    def signing_keys(self) -> Iterator[Path]:
        """Yield the private halves of the keys that sign bundles for the police."""
        return (self.data / "keys").glob("*signing.pem*")

    def _kept(self) -> Iterator[Path]:
        """Yield the files in the hub's data folder that are neither media nor a driver host's."""
        others = {self.media, *self.hosts.values()}
        for each in sorted(self.data.iterdir()):
            found = [each] if each.is_file() else each.rglob("*") if each not in others else ()
            yield from (file for file in sorted(found) if file.is_file())

    def host_databases(self) -> Iterator[tuple[str, Path]]:
        """Yield what driver hosts on this machine keep, by host."""
        for name, folder in self.hosts.items():
            yield from ((name, file) for file in sorted(folder.glob("*.sqlite")))

    def files(self) -> Iterator[Path]:
        """Yield the files that the site file names, and those that `hemei init` laid."""
        there = {self.site.path(written) for key, written in _named(_tables(self.site)) if key not in STATUS}
        for name in OF_INIT:
            there.update(file for file in (self.folder / name).rglob("*") if not file.name.startswith("."))
        return (file for file in sorted(there) if file.is_file() and file != self.site.file)

    def moved_text(self) -> str:
        """Return the site file with everything that stands below `outside` named there."""
        text = self.site.file.read_text(encoding="utf-8")
        for written, moved in self._moves():
            for quote in "\"'":
                text = text.replace(f"{quote}{written}{quote}", f"{quote}{moved}{quote}")
        left = {written for written, _ in self._moves()} & set(_texts(tomllib.loads(text)))
        if left:
            raise BackupError(
                f"{self.site.file}: write {left.pop()!r} plainly in quotes, so that it can be moved"
            )
        return text

    def _moves(self) -> Iterator[tuple[str, str]]:
        """Yield what the site file says of places outside of its folder, and what the copied one says."""
        tables = self.site.tables
        folders = [tables.hub.data_dir, *(host.folder for host in tables.driver_host)]
        named = [written for key, written in _named(_tables(self.site)) if key not in STATUS]
        for written in dict.fromkeys([*folders, *named]):
            place = self.place(self.site.path(written))
            if place.parts[0] == OUTSIDE:
                yield written, place.as_posix()
        ledger, file = tables.hub.ledger, self.ledger_file
        if ledger and file and self.place(file).parts[0] == OUTSIDE:
            yield ledger, f"{SQLITE}{self.place(file).as_posix()}"


def _is_left(file: Path) -> bool:
    """Whether a file is a database, which is copied by other means, or only says how things are now."""
    return ".sqlite" in file.name or file.suffix == ".part" or file.name in (LAST, "lock")


def is_secret(file: Path) -> bool:
    """Whether only its owner may read a file."""
    return not stat.S_IMODE(file.stat().st_mode) & 0o077


def _tables(site: Site) -> dict[str, Any]:
    return tomllib.loads(site.file.read_text(encoding="utf-8"))


def _named(value: Any) -> Iterator[tuple[str, str]]:
    """Yield the files that tables name: `…_file`, in tables among them too."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if key.endswith("_file") and isinstance(inner, str):
                yield key, inner
            yield from _named(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _named(inner)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for inner in value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ():
        yield from _texts(inner)
