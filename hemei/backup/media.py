"""Pictures and clips in a backup: named by their SHA-256 they never change, so a link is as good as a copy.

Linked is to the backup before, or to the site itself where it lies on the same disk. Such a backup does not
outlive the disk: one on another disk has copies, each made once and linked from backup to backup.
"""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

NAME: Final = re.compile(r"[0-9a-f]{64}")


def media_in(folder: Path) -> Iterator[Path]:
    """Yield the pictures and clips below a folder; those that are not whole yet are none."""
    return (file for file in sorted(folder.glob("??/*")) if NAME.fullmatch(file.name))


def collect(source: Path, target: Path, before: Path | None) -> int:
    """Have in `target` whatever `source` has; return how many files came. `before`: an earlier copy."""
    came = 0
    for file in media_in(source):
        below = file.relative_to(source)
        if not (target / below).exists():
            (target / below).parent.mkdir(parents=True, exist_ok=True)
            came += _bring(file, target / below, None if before is None else before / below)
    return came


def _bring(file: Path, target: Path, before: Path | None) -> bool:
    """Link or copy; False if the file went meanwhile, its time being over."""
    for known in (before, file):
        if known is not None and _same_size(known, file):
            with suppress(OSError):  # another disk, too many links, somebody else's file: copy it
                os.link(known, target)
                return True
    try:
        shutil.copy2(file, target)
    except FileNotFoundError:
        return False
    return True


def _same_size(one: Path, other: Path) -> bool:
    try:
        return one.stat().st_size == other.stat().st_size
    except OSError:
        return False
