"""Restores a backup into a new folder: the whole site, or nothing. Blocking.

The backup is read through before anything is written. Files are copied beside the folder under another name,
and are whole and on the disk before they get it; a PostgreSQL ledger is restored just before that, in one
transaction.
"""

import os
import shutil
from pathlib import Path
from typing import Final

from msgspec import Struct

from contract.errors import ConfigurationError
from drivers.runtime.restored import begin_anew
from hemei.backup.errors import BackupError
from hemei.backup.ledger import restore_dump
from hemei.backup.manifest import TREE, Manifest
from hemei.backup.progress import Advance, silent
from hemei.backup.shelf import sync, sync_folder
from hemei.backup.verifying import verified
from hemei.broker_files import hand_over
from hemei.found import layout_of
from hemei.site import read_site
from hemei.toml_text import toml_value
from hub.ledger.engine import knows

UNFINISHED: Final = ".restoring-"


class Restored(Struct, frozen=True, kw_only=True):
    """A restored site. `waiting`: events in the outboxes of its driver hosts."""

    folder: Path
    manifest: Manifest
    waiting: int


def restore(backup: Path, folder: Path, *, ledger: str | None = None, advance: Advance = silent) -> Restored:
    """Restore a backup into `folder`, which must be new or empty.

    `ledger`: SQLAlchemy URL of an empty PostgreSQL database, needed if the backup is of one.
    BackupError says what is wrong with the backup; ConfigurationError with what was asked for.
    """
    folder = folder.absolute()
    _refuse_if_used(folder)
    manifest = verified(backup, advance)
    _check_ledger(manifest, ledger)
    draft = folder.with_name(f"{UNFINISHED}{folder.name}.{os.getpid()}")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(backup / TREE, draft)
        _read_back(draft, manifest)
        waiting = sum(begin_anew(draft / host) for host in manifest.hosts)
        _settle(draft, folder, manifest, ledger)
        sync(draft)
        if ledger is not None:
            restore_dump(backup / TREE / manifest.ledger.path, ledger)
        draft.chmod(0o755)
        draft.rename(folder)
        sync_folder(folder.parent)
    except OSError as wrong:
        where = f"{wrong.filename}: " if wrong.filename else ""
        raise BackupError(f"nothing was restored: {where}{wrong.strerror}") from wrong
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    _hand_over(folder)
    return Restored(folder=folder, manifest=manifest, waiting=waiting)


def _refuse_if_used(folder: Path) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ConfigurationError(
            f"{folder}: is not empty, and nothing is overwritten, least of all under a running hub;"
            " choose a new folder"
        )


def _check_ledger(manifest: Manifest, ledger: str | None) -> None:
    if not knows(manifest.ledger.revision):
        raise BackupError(
            f"the backup is of a newer product ({manifest.version}, ledger {manifest.ledger.revision}):"
            " install that first"
        )
    if manifest.ledger.engine == "sqlite" and ledger is not None:
        raise ConfigurationError("--ledger: this backup's ledger is a file; leave the option out")
    if manifest.ledger.engine == "postgresql" and ledger is None:
        raise ConfigurationError(
            "--ledger: this backup's ledger is PostgreSQL; name an empty database, as in"
            " postgresql+psycopg://hemei@/restored"
        )


def _read_back(draft: Path, manifest: Manifest) -> None:
    """Compare sizes: the bytes were read through a moment ago, and what a full disk cuts off is shorter."""
    for entry in manifest.files:
        if (draft / entry.path).stat().st_size != entry.bytes:
            raise BackupError(f"nothing was restored: {entry.path} could not be copied whole")


def _settle(draft: Path, folder: Path, manifest: Manifest, ledger: str | None) -> None:
    """Have the site's files name what is theirs now: the folder, and the ledger's database."""
    conf = draft / "mosquitto" / "mosquitto.conf"
    if conf.exists():
        conf.write_text(
            conf.read_text(encoding="utf-8").replace(manifest.folder, str(folder)), encoding="utf-8"
        )
    if ledger is not None:
        file = draft / manifest.site_file
        tables = read_site(file).tables
        was, text = str(tables.hub.ledger), file.read_text(encoding="utf-8")
        file.write_text(text.replace(toml_value(was), toml_value(ledger)), encoding="utf-8")
        (draft / manifest.ledger.path).unlink()
        if read_site(file).tables.hub.ledger != ledger:
            raise BackupError(
                f"{manifest.site_file}: [hub] ledger = {was!r} cannot be replaced; write it in double quotes"
            )
    read_site(draft / manifest.site_file)


def _hand_over(folder: Path) -> None:
    """Let the broker read its files, where there are any."""
    layout = layout_of(folder)
    if layout.conf.exists():
        layout.store.mkdir(parents=True, exist_ok=True)
        hand_over(layout)
