"""How far the making is: `progress.json`, replaced in one step after each chunk of rows and each stage."""

from enum import StrEnum
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct, field

from hub.bundle.contents import Contents
from hub.bundle.files import write_whole

FILE: Final = "progress.json"
BARS: Final = 48
"""Bars of the chart on the cover."""


class Stage(StrEnum):
    """What is being done, in this order."""

    READING = "reading"
    SHEETS = "sheets"
    PACKING = "packing"
    SIGNING = "signing"
    WRITING = "writing"
    ENCRYPTING = "encrypting"
    READY = "ready"


class Progress(Struct, frozen=True, kw_only=True):
    """How far a stage is, in rows, files or bytes; `total` 0: not known."""

    stage: Stage
    done: int
    total: int


class Bundle(Struct, frozen=True, kw_only=True):
    """What was made: the file `name` in the folder, its bytes and SHA-256; `zip_sha256` of the ZIP in it.

    `signer`: the fingerprint of the key. `contents` None: it was made before that was kept.
    """

    name: str
    bytes: int
    sha256: str
    zip_sha256: str
    files: int
    rows: int
    encrypted: bool
    made_ms: int
    signer: str
    contents: Contents | None = None


class TableDone(Struct, kw_only=True):
    """What is on the disk of a table: rows, the last cursor, bytes of its files, first and last times."""

    rows: int = 0
    cursor: str | None = None
    lines: int = 0
    csv: int = 0
    first_at_ms: int | None = None
    last_at_ms: int | None = None
    first_received_ms: int | None = None
    last_received_ms: int | None = None
    complete: bool = False


class Done(Struct, kw_only=True):
    """Everything that is finished. `facts`: SHA-256 of what the bundle is of; another one begins anew."""

    facts: str
    tables: dict[str, TableDone] = field(default_factory=dict)
    media: int = 0
    bars: list[int] = field(default_factory=lambda: [0] * BARS)
    bundle: Bundle | None = None


def read_done(folder: Path, facts: str) -> Done | None:
    """Read what is finished of these facts; None: nothing."""
    try:
        done = msgspec.json.decode((folder / FILE).read_bytes(), type=Done)
    except (FileNotFoundError, msgspec.MsgspecError):
        return None
    return done if done.facts == facts else None


def write_done(folder: Path, done: Done) -> None:
    """Keep what is finished."""
    write_whole(folder / FILE, msgspec.json.encode(done))
