"""Files that are there whole or not at all, also after the power went."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedWriter
from pathlib import Path
from typing import Final

PIECE: Final = 1 << 20
"""Bytes in memory at a time."""


@contextmanager
def whole(file: Path) -> Iterator[BufferedWriter]:
    """Write a file that takes its name when it is complete and on the disk."""
    fresh = file.with_name(f".{file.name}.new")
    file.parent.mkdir(parents=True, exist_ok=True)
    with fresh.open("wb") as out:
        yield out
        out.flush()
        os.fsync(out.fileno())
    fresh.replace(file)
    settle(file.parent)


def write_whole(file: Path, content: bytes) -> None:
    """Write a file in one step."""
    with whole(file) as out:
        out.write(content)


def settle(folder: Path) -> None:
    """Have the names in a folder on the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def pieces(file: Path) -> Iterator[bytes]:
    """Read a file a piece at a time."""
    with file.open("rb") as source:
        while piece := source.read(PIECE):
            yield piece


def sha256_of(file: Path) -> str:
    """Return the SHA-256 of a file, hex."""
    with file.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()
