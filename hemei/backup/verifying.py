"""Reads a backup back and finds whatever is not as its manifest says. Blocking."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from hemei.backup.errors import BackupError
from hemei.backup.manifest import TREE, FileEntry, Manifest, read_manifest, sha256_of
from hemei.backup.progress import Advance, silent

SHOWN: Final = 10
"""Faults named; how many more there are is said."""

EVERY: Final = 100


def verified(folder: Path, advance: Advance = silent) -> Manifest:
    """Read a whole backup and return its manifest; BackupError names what is missing, changed or too many."""
    manifest = read_manifest(folder)
    faults = list(_faults(folder / TREE, manifest, advance))
    if faults:
        more = [f"and {len(faults) - SHOWN} more"] if len(faults) > SHOWN else []
        raise BackupError("\n".join(f"{folder}: {each}" for each in [*faults[:SHOWN], *more]))
    return manifest


def _faults(tree: Path, manifest: Manifest, advance: Advance) -> Iterator[str]:
    listed = {entry.path for entry in manifest.files}
    there = {each.relative_to(tree).as_posix() for each in tree.rglob("*") if not each.is_dir()}
    for needed in (manifest.site_file, manifest.ledger.path, *manifest.databases):
        if needed not in listed:
            yield f"{needed}: the manifest does not list it"
    yield from (f"{path}: is not in the manifest" for path in sorted(there - listed))
    for done, entry in enumerate(manifest.files, 1):
        fault = _fault(tree, entry)
        if fault is not None:
            yield f"{entry.path}: {fault}"
        if done % EVERY == 0 or done == len(manifest.files):
            advance("verify", done, len(manifest.files))


def _fault(tree: Path, entry: FileEntry) -> str | None:
    file = tree / entry.path
    if Path(entry.path).is_absolute() or ".." in Path(entry.path).parts:
        return "leads out of the backup"
    try:
        if file.stat().st_size != entry.bytes:
            return f"has {file.stat().st_size} bytes; the manifest says {entry.bytes}"
        return (
            None if sha256_of(file) == entry.sha256 else "its bytes are not those of the manifest (SHA-256)"
        )
    except OSError as wrong:
        return f"cannot be read: {wrong.strerror}"
