"""Pictures and clips, named by their SHA-256."""

import hashlib
import os
from pathlib import Path

from contract.codec import MAX_MEDIA_BYTES
from contract.errors import InvalidMessage


class MediaStore:
    """Files below one folder, two levels deep. Blocking."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def save(self, sha256: str, content: bytes) -> None:
        """Keep `content` durably; InvalidMessage if it is not what its name says."""
        if len(content) > MAX_MEDIA_BYTES:
            raise InvalidMessage(f"media of {len(content)} bytes is over {MAX_MEDIA_BYTES}", code="too-large")
        if hashlib.sha256(content).hexdigest() != sha256:
            raise InvalidMessage("the bytes do not have the SHA-256 of their topic", code="bad-hash")
        path = self._path(sha256)
        if path.exists():
            path.touch()  # needed anew: its age decides when it may go
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        with part.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.rename(path)
        _sync_folder(path.parent)

    def path(self, sha256: str) -> Path | None:
        """Return where the bytes are, if they are here."""
        path = self._path(sha256)
        return path if path.is_file() else None

    def _path(self, sha256: str) -> Path:
        return self._folder / sha256[:2] / sha256


def _sync_folder(folder: Path) -> None:
    """Make a rename durable: it is the folder that holds the name."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
