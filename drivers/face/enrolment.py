"""Pictures for a terminal: a folder on the driver's own machine, each sent once and then deleted.

A file is called by the key of the person whose face it shows, `p-1042.jpg`. It is sent only for who has
consented. It never leaves this machine but for the terminal.
"""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

JPEG: Final = b"\xff\xd8"
SUFFIX: Final = ".jpg"


class Waiting(NamedTuple):
    """A picture that waits; `jpeg` is empty if it is none that a terminal takes."""

    key: str
    file: Path
    jpeg: bytes


class Enrolment:
    """One folder; without one there are never any pictures."""

    def __init__(self, folder: str | None, largest: int) -> None:
        self._folder = Path(folder) if folder is not None else None
        self._largest = largest

    async def keys(self) -> list[str]:
        """Return whose pictures wait."""
        return await asyncio.to_thread(lambda: [file.stem for file in self._files()])

    async def read(self, key: str) -> Waiting | None:
        """Read a picture; None if there is none."""
        return await asyncio.to_thread(self._read, key)

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

    def _read(self, key: str) -> Waiting | None:
        if self._folder is None:
            return None
        file = self._folder / f"{key}{SUFFIX}"
        try:
            small = file.stat().st_size <= self._largest
            jpeg = file.read_bytes() if small else b""
        except OSError:
            return None
        return Waiting(key, file, jpeg if jpeg.startswith(JPEG) else b"")
