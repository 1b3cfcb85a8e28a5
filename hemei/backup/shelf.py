"""The folder in which backups stand: one is made at a time, and appears under its name when it is whole."""

import fcntl
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final

from contract.errors import ConfigurationError
from hemei.backup.errors import BackupError
from hemei.backup.manifest import MANIFEST

UNFINISHED: Final = ".unfinished-"
LOCK: Final = ".lock"
STAMP: Final = "%Y%m%dT%H%M%SZ"


class Shelf:
    """Where the backups of a site stand, by name: `{site}-20261130T161924Z`."""

    def __init__(self, folder: Path, site: str) -> None:
        self.folder = folder.absolute()
        self._site = site
        self._name = re.compile(rf"{re.escape(site)}-\d{{8}}T\d{{6}}Z")

    def backups(self) -> list[Path]:
        """Return those that are whole, oldest first."""
        there = sorted(self.folder.iterdir()) if self.folder.is_dir() else []
        return [each for each in there if self._name.fullmatch(each.name) and (each / MANIFEST).is_file()]

    @contextmanager
    def new(self, made: datetime) -> Iterator[tuple[Path, Path]]:
        """Give a folder to fill, and where it will stand once the `with` ends well; else it is deleted."""
        final = self.folder / f"{self._site}-{made.strftime(STAMP)}"
        with self._alone():
            self._sweep()
            if final.exists():
                raise BackupError(f"{final}: is there already; two backups within one second are one")
            draft = self.folder / f"{UNFINISHED}{final.name}"
            draft.mkdir(mode=0o700)
            try:
                yield draft, final
                sync(draft)
                draft.rename(final)
                sync_folder(self.folder)
            except BaseException:
                shutil.rmtree(draft, ignore_errors=True)
                raise

    def keep(self, count: int) -> list[Path]:
        """Delete all but the newest `count` backups; return those that went."""
        with self._alone():
            going = self.backups()[:-count]
            for each in going:  # a name less first: what is half deleted is no backup
                shutil.rmtree(each.rename(self.folder / f"{UNFINISHED}{each.name}"))
        return going

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Hold the folder; ConfigurationError if another backup is being made, or it cannot be used."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            lock = (self.folder / LOCK).open("w")
        except OSError as wrong:
            raise ConfigurationError(f"{self.folder}: cannot be used: {wrong}") from wrong
        with lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as taken:
                raise ConfigurationError(f"{self.folder}: another backup is being made in it") from taken
            yield

    def _sweep(self) -> None:
        """Delete what a killed process left behind: we alone are here."""
        for each in self.folder.glob(f"{UNFINISHED}*"):
            shutil.rmtree(each)


def sync(folder: Path) -> None:
    """Have everything below a folder on the disk."""
    for root, _, files in os.walk(folder):
        for name in files:
            _sync(Path(root, name), os.O_RDONLY)
        sync_folder(Path(root))


def sync_folder(folder: Path) -> None:
    """Have the names in a folder on the disk."""
    _sync(folder, os.O_RDONLY | os.O_DIRECTORY)


def _sync(path: Path, flags: int) -> None:
    handle = os.open(path, flags)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
