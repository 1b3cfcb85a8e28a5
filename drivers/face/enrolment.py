"""Pictures for a terminal: a folder on the driver's own machine, each sent once and then deleted.

A file is called by the key of the person whose face it shows, `p-1042.jpg`. It is sent only for who has
consented. It never leaves this machine but for the terminal.
"""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

JPEG: Final = b"\xff\xd8"
JPEG_ENDS: Final = b"\xff\xd9"
SUFFIX: Final = ".jpg"
COPYING: Final = timedelta(minutes=1)
"""A picture without an end that changed so lately is still being copied."""


class Enrolment:
    """One folder; without one there are never any pictures."""

    def __init__(self, folder: str | None, largest: int) -> None:
        self._folder = Path(folder) if folder is not None else None
        self._largest = largest

    async def keys(self) -> list[str]:
        """Return whose pictures wait."""
        return await asyncio.to_thread(lambda: [file.stem for file in self._files()])

    async def read(self, key: str, now: datetime) -> bytes | None:
        """Read a picture; None if there is none, or not all of it yet; empty if it is none for a terminal."""
        return await asyncio.to_thread(self._read, key, now)

    async def discard(self, key: str) -> None:
        """Delete a picture if there is one."""
        if self._folder is not None:
            await asyncio.to_thread((self._folder / f"{key}{SUFFIX}").unlink, missing_ok=True)

    def _files(self) -> Iterator[Path]:
        if self._folder is None:
            return
        try:
            yield from (file for file in self._folder.iterdir() if file.suffix == SUFFIX and file.is_file())
        except OSError:
            return

    def _read(self, key: str, now: datetime) -> bytes | None:
        if self._folder is None:
            return None
        file = self._folder / f"{key}{SUFFIX}"
        try:
            found = file.stat()
            jpeg = file.read_bytes() if found.st_size <= self._largest else b""
        except OSError:
            return None
        changed = datetime.fromtimestamp(found.st_mtime, UTC)
        if jpeg and not jpeg.rstrip(b"\0\r\n ").endswith(JPEG_ENDS) and abs(now - changed) < COPYING:
            return None
        return jpeg if jpeg.startswith(JPEG) else b""
