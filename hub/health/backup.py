"""The last safe copy of the site, by a file in the data folder: `hemei backup` writes it, others touch it."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

FILE: Final = "last-backup"


class LastBackup(Struct, frozen=True, kw_only=True):
    """What is known of it. `made`: when it ended. `folder`: where it is; None: whoever made it does not say.

    `verified`: whether it was read back. `bytes`: how large. `events`: the number of the last one in it.
    """

    made: datetime | None = None
    folder: str | None = None
    verified: bool = False
    bytes: int | None = None
    events: int | None = None


def last_backup(data_dir: Path) -> LastBackup | None:
    """Read what is known of the last backup; None: there is none. Blocking."""
    file = data_dir / FILE
    try:
        touched, text = datetime.fromtimestamp(file.stat().st_mtime, UTC), file.read_bytes()
        told = msgspec.json.decode(text, type=LastBackup)
    except OSError:
        return None
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return LastBackup(made=touched)
    return told if told.made is not None else msgspec.structs.replace(told, made=touched)


def encode_last(last: LastBackup) -> str:
    """Write it as the file has it."""
    return msgspec.json.encode(last).decode() + "\n"
