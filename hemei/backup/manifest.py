"""What a backup says of itself: `manifest.json` beside the folder `site`, which it lists to the last byte."""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct, field

from hemei.backup.errors import BackupError

FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
TREE: Final = "site"
"""The folder in a backup that is the restored site, path for path."""


class FileEntry(Struct, frozen=True, kw_only=True):
    """One file: its path below `site`, size in bytes, SHA-256 in hex."""

    path: str
    bytes: int
    sha256: str


class Head(Struct, frozen=True, kw_only=True):
    """Where a tenant's audit chain ends: how many entries, and the hash of the last."""

    n: int
    hash: str


class LedgerEntry(Struct, frozen=True, kw_only=True):
    """The ledger as copied. `revision`: Alembic's. `events`: the last one's number. `audit`: by tenant."""

    engine: str
    path: str
    revision: str
    events: int
    audit: Mapping[str, Head]
    rows: Mapping[str, int]


class Manifest(Struct, frozen=True, kw_only=True):
    """A whole backup. `version`: the product's that made it. `folder`: where the site file was.

    `databases`: rows by table of every other database, by path. `hosts`: folders of driver hosts.
    `media`: pictures and clips. `left_out`: what it has not, such as secrets, by path.
    """

    format: int = FORMAT
    version: str
    made: str
    site: str
    tenant: str
    folder: str
    site_file: str
    ledger: LedgerEntry
    databases: Mapping[str, Mapping[str, int]]
    hosts: Sequence[str]
    media: int
    files: Sequence[FileEntry]
    left_out: Sequence[str] = field(default_factory=list)

    @property
    def bytes(self) -> int:
        """How large all files are together."""
        return sum(each.bytes for each in self.files)

    @property
    def has_history(self) -> bool:
        """Whether the embedded history is in it."""
        return any(Path(path).name == "history.sqlite" for path in self.databases)


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write a backup's manifest."""
    encoded = msgspec.json.format(msgspec.json.encode(manifest), indent=1)
    (folder / MANIFEST).write_bytes(encoded + b"\n")


def read_manifest(folder: Path) -> Manifest:
    """Read a backup's manifest; BackupError if it is none, or of a product newer than this one."""
    file = folder / MANIFEST
    try:
        text = file.read_bytes()
    except OSError as wrong:
        raise BackupError(f"{folder}: is no backup: {MANIFEST}: {wrong.strerror}") from wrong
    try:
        manifest = msgspec.json.decode(text, type=Manifest)
    except msgspec.MsgspecError as wrong:
        raise BackupError(f"{file}: is no manifest: {wrong}") from wrong
    if manifest.format != FORMAT:
        raise BackupError(f"{file}: has format {manifest.format}; this product reads format {FORMAT}")
    return manifest


def sha256_of(file: Path) -> str:
    """Return the SHA-256 of a file's bytes, in hex."""
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
