"""Where the chain stood when, kept in a file outside the database: what is cut off at the end shows.

A line of JSON each, flushed to the disk: `{"tenant", "n", "hash", "ts"}`. Whoever can write the database but
not this file cannot shorten or rewrite what was checkpointed; whoever can write both can. Copy the file, or
the line that `hemei audit verify` prints, to where nobody here can change it.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from hub.audit.chain import Head

FILE: Final = "audit-checkpoints.jsonl"


class Checkpoint(Struct, frozen=True, kw_only=True):
    """The chain of `tenant` had `n` entries, the last with `hash`, at `ts` (RFC 3339)."""

    tenant: str
    n: int
    hash: str
    ts: str


_read: Final = msgspec.json.Decoder(Checkpoint).decode


class Checkpoints:
    """The file of checkpoints. Blocking."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def keep(self, checkpoint: Checkpoint) -> None:
        """Add a checkpoint; on disk when this returns. OSError if that cannot be."""
        self.file.parent.mkdir(parents=True, exist_ok=True)
        with self.file.open("ab+") as file:
            if _torn(file.name):
                file.write(b"\n")
            file.write(msgspec.json.encode(checkpoint) + b"\n")
            file.flush()
            os.fsync(file.fileno())

    def of(self, tenant: str) -> "Kept":
        """Read the checkpoints of a tenant."""
        hashes: dict[int, str] = {}
        unreadable: list[int] = []
        changed: list[int] = []
        text = self.file.read_bytes() if self.file.exists() else b""
        for number, line in enumerate(text.split(b"\n"), 1):
            if not line:
                continue
            try:
                kept = _read(line)
            except msgspec.MsgspecError:
                unreadable.append(number)
                continue
            if kept.tenant == tenant and hashes.setdefault(kept.n, kept.hash) != kept.hash:
                changed.append(number)
        return Kept(hashes=hashes, unreadable=unreadable, contradicting=changed)


class Kept(Struct, frozen=True, kw_only=True):
    """Hashes by number, and the lines that make no sense: unreadable, or against an earlier one."""

    hashes: Mapping[int, str]
    unreadable: list[int]
    contradicting: list[int]

    @property
    def last(self) -> Head | None:
        """The furthest checkpoint."""
        n = max(self.hashes, default=None)
        return None if n is None else Head(n, self.hashes[n])


def _torn(name: str) -> bool:
    """Whether the last line was cut off by a crash."""
    with Path(name).open("rb") as file:
        if file.seek(0, os.SEEK_END) == 0:
            return False
        file.seek(-1, os.SEEK_END)
        return file.read(1) != b"\n"
