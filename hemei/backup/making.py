"""Makes a backup of a site while its hub runs. Blocking.

What belongs together is copied in an order in which nothing can be missing, whatever is written meanwhile:

1. The audit's checkpoints: the chain only grows, so a ledger copied later has all that they tell of.
2. What driver hosts keep. An event leaves an outbox only once the ledger has it: one that is in neither copy
   happened after this step; one that is in both is sent again after a restore and dropped as a repeat.
3. Pictures and clips, for the first time: what is deleted while the ledger is copied is here already.
4. The ledger, as it is at one moment: the backup is of that moment.
5. Pictures and clips that came meanwhile: a hub keeps a picture before it commits the event that names it, so
   none that the copied ledger names is missing. Some are there that it does not name yet: they do no harm.
6. History and whatever else is there, each at its own moment: it may know a little more than the ledger.
7. The site file, secrets, certificates, and the broker's configuration.
"""

import shutil
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Final

from msgspec import Struct

from contract.clock import Clock, rfc3339
from contract.errors import ConfigurationError
from hemei.backup.contents import Contents, is_secret
from hemei.backup.databases import copy_database, rows_of, size_of
from hemei.backup.errors import BackupError
from hemei.backup.ledger import copy_ledger, size_of_ledger
from hemei.backup.manifest import TREE, FileEntry, LedgerEntry, Manifest, sha256_of, write_manifest
from hemei.backup.media import NAME, collect, media_in
from hemei.backup.progress import Advance, silent
from hemei.backup.shelf import Shelf
from hemei.backup.verifying import verified
from hemei.private_files import write_private
from hemei.site import Site
from hub.audit.checkpoints import FILE as CHECKPOINTS
from hub.health.backup import FILE as LAST
from hub.health.backup import LastBackup, encode_last

SPARE: Final = 1.05
"""How much more room there must be than the databases take."""

EVERY: Final = 100
"""Files hashed between two looks at the progress."""


class Made(Struct, frozen=True, kw_only=True):
    """A backup that was made and read back, and those that went for it."""

    folder: Path
    manifest: Manifest
    gone: list[Path]


def make_backup(
    site: Site,
    shelf_folder: Path,
    clock: Clock,
    *,
    keep: int | None = None,
    secrets: bool = True,
    advance: Advance = silent,
) -> Made:
    """Make a backup of `site` in `shelf_folder`, read it back, and delete all but the newest `keep`.

    BackupError if it cannot be made: then nothing of it is left.
    """
    contents, shelf = Contents(site), Shelf(shelf_folder, site.tables.site.id)
    if not contents.data.is_dir():
        raise ConfigurationError(f"{site.file}: [hub] data_dir: there is no folder {contents.data}")
    if shelf.folder.is_relative_to(contents.data):
        raise ConfigurationError(f"{shelf.folder}: is in the hub's own data; choose a folder outside of it")
    before = shelf.backups()[-1:]
    try:
        with shelf.new(made := clock.now()) as (draft, final):
            _refuse_if_full(contents, draft)
            manifest = _fill(contents, draft, made, before, secrets=secrets, advance=advance)
            verified(draft, advance)
    except OSError as wrong:
        raise BackupError(f"no backup was made: {_said(wrong)}") from wrong
    try:
        _remember(contents, final, manifest, clock)
        gone = shelf.keep(keep) if keep is not None else []
    except OSError as wrong:
        raise BackupError(
            f"the backup {final} is whole, but what comes after failed: {_said(wrong)}"
        ) from wrong
    return Made(folder=final, manifest=manifest, gone=gone)


def _said(wrong: OSError) -> str:
    return f"{wrong.filename}: {wrong.strerror}" if wrong.filename else str(wrong.strerror or wrong)


def _refuse_if_full(contents: Contents, draft: Path) -> None:
    databases = [*contents.databases(), *(file for _, file in contents.host_databases())]
    needed = (size_of_ledger(contents) + sum(map(size_of, databases))) * SPARE
    free = shutil.disk_usage(draft).free
    if needed > free:
        raise BackupError(
            f"no backup was made: its databases need {needed / 1e6:,.0f} MB, and {draft.parent} has room for"
            f" {free / 1e6:,.0f} MB"
        )


def _fill(
    contents: Contents,
    draft: Path,
    made: datetime,
    before: Iterable[Path],
    *,
    secrets: bool,
    advance: Advance,
) -> Manifest:
    tree = draft / TREE
    media = tree / contents.place(contents.media)
    older = next((each / TREE / contents.place(contents.media) for each in before), None)
    _copy_file(contents.data / CHECKPOINTS, tree / contents.place(contents.data / CHECKPOINTS))
    for _, file in contents.host_databases():
        copy_database(file, tree / contents.place(file), lambda *pages: advance("hosts", *pages))
    came = collect(contents.media, media, older)
    advance("media", came, came)
    ledger = copy_ledger(contents, tree, lambda *pages: advance("ledger", *pages))
    collect(contents.media, media, older)
    for file in contents.databases():
        copy_database(file, tree / contents.place(file), lambda *pages: advance("history", *pages))
    left_out = [contents.place(file).as_posix() for file in contents.signing_keys() if not secrets]
    for file in contents.others():
        place = contents.place(file)
        if place.as_posix() not in left_out and not (tree / place).exists():
            _copy_file(file, tree / place)
    left_out += _copy_site(contents, tree, secrets=secrets)
    manifest = _described(contents, tree, made, ledger, left_out, advance)
    write_manifest(draft, manifest)
    return manifest


def _copy_site(contents: Contents, tree: Path, *, secrets: bool) -> list[str]:
    """Copy the site's files; return those that were left out."""
    left_out = []
    for file in contents.files():
        place = contents.place(file)
        if is_secret(file) and not secrets:
            left_out.append(place.as_posix())
        else:
            _copy_file(file, tree / place)
    target = tree / contents.site.file.name
    _copy_file(contents.site.file, target)
    target.write_text(contents.moved_text(), encoding="utf-8")
    return left_out


def _copy_file(file: Path, target: Path) -> None:
    """Copy a file, unless it is gone: what waited there has been sent."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with suppress(FileNotFoundError):
        shutil.copy2(file, target)


def _described(
    contents: Contents,
    tree: Path,
    made: datetime,
    ledger: LedgerEntry,
    left_out: list[str],
    advance: Advance,
) -> Manifest:
    databases = [*contents.databases(), *(file for _, file in contents.host_databases())]
    places = [contents.place(file).as_posix() for file in databases]
    return Manifest(
        version=version("hemei-hub"),
        made=rfc3339(made),
        site=contents.site.tables.site.id,
        tenant=contents.site.tables.site.tenant,
        folder=str(contents.folder),
        site_file=contents.site.file.name,
        ledger=ledger,
        databases={place: rows_of(tree / place) for place in places if (tree / place).exists()},
        hosts=sorted({contents.place(file.parent).as_posix() for _, file in contents.host_databases()}),
        media=sum(1 for _ in media_in(tree / contents.place(contents.media))),
        files=_entries(tree, advance),
        left_out=left_out,
    )


def _entries(tree: Path, advance: Advance) -> list[FileEntry]:
    """List every file. A picture's hash is its name: whether that is true shows when all is read back."""
    files = [file for file in sorted(tree.rglob("*")) if file.is_file()]
    entries = []
    for done, file in enumerate(files, 1):
        sha256 = file.name if NAME.fullmatch(file.name) else sha256_of(file)
        place = file.relative_to(tree).as_posix()
        entries.append(FileEntry(path=place, bytes=file.stat().st_size, sha256=sha256))
        if done % EVERY == 0 or done == len(files):
            advance("files", done, len(files))
    return entries


def _remember(contents: Contents, folder: Path, manifest: Manifest, clock: Clock) -> None:
    """Tell the health page."""
    last = LastBackup(
        made=clock.now(),
        folder=str(folder),
        verified=True,
        bytes=manifest.bytes,
        events=manifest.ledger.events,
    )
    write_private(contents.data / LAST, encode_last(last), mode=0o644)
