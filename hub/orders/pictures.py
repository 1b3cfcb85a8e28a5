"""Takes in a picture that is sent in parts: bounded, known by its signature, kept by its hash."""

import asyncio
import hashlib
import tempfile
from collections.abc import AsyncIterable, Callable
from typing import IO, Final, NamedTuple, Protocol

from contract.errors import InvalidMessage

MAX_PICTURE_BYTES: Final = 10 * 1024 * 1024
HEAD_BYTES: Final = 12
"""After so many it is known what a picture is, or that it is none."""

SAVES_AT_ONCE: Final = 2
"""Each holds a whole picture in memory while it is written."""


class MediaStore(Protocol):
    """Where pictures are kept. Blocking."""

    def save(self, sha256: str, content: bytes) -> None:
        """Keep `content` durably; InvalidMessage if it is not what its name says."""
        ...


class Picture(NamedTuple):
    """A picture that is kept. `type`: its media type, by its own first bytes."""

    sha256: str
    type: str
    size: int


class Pictures:
    """Takes pictures in; what comes to no good end leaves nothing behind."""

    def __init__(self, store: MediaStore) -> None:
        self._store = store
        self._saves = asyncio.Semaphore(SAVES_AT_ONCE)

    async def take(self, parts: AsyncIterable[bytes]) -> Picture:
        """Keep a picture; InvalidMessage: it is too large, or none."""
        # Until it is whole it is a file without a name, which a crash cannot leave behind.
        with await asyncio.to_thread(tempfile.TemporaryFile) as file:
            digest, size, head = hashlib.sha256(), 0, b""
            async for part in parts:
                size += len(part)
                _check_size(size)
                if len(head) < HEAD_BYTES:
                    head += part[:HEAD_BYTES]
                    if len(head) >= HEAD_BYTES:
                        picture_type(head)
                await asyncio.to_thread(_add, file, part, digest.update)
            kept = Picture(digest.hexdigest(), picture_type(head), size)
            async with self._saves:
                await asyncio.to_thread(self._keep, kept.sha256, file)
        return kept

    def _keep(self, sha256: str, file: IO[bytes]) -> None:
        file.seek(0)
        self._store.save(sha256, file.read())


def picture_type(head: bytes, allowed: str = "JPEG, PNG, WebP") -> str:
    """Tell by its first bytes what a picture is; InvalidMessage, with what is `allowed`, if it is none."""
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "image/webp"
    raise InvalidMessage(f"this is no picture; allowed: {allowed}", code="not-a-picture")


def _check_size(size: int) -> None:
    if size > MAX_PICTURE_BYTES:
        limit = MAX_PICTURE_BYTES // 1024 // 1024
        raise InvalidMessage(f"a picture may have {limit} MiB", code="too-large")


def _add(file: IO[bytes], part: bytes, update: Callable[[bytes], None]) -> None:
    update(part)
    file.write(part)
