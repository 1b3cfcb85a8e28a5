"""The files of a bundle, wherever they are: in the ZIP or unpacked in a folder."""

import hashlib
from collections.abc import Iterator
from typing import NamedTuple, Protocol

from hub.bundle.errors import Damaged


class Measured(NamedTuple):
    """What a file really is: bytes and SHA-256, unpacked and, in a ZIP, as packed."""

    bytes: int
    sha256: str
    packed: str | None


class Content(Protocol):
    """The files by name, in their order."""

    names: list[str]

    def pieces(self, name: str) -> Iterator[bytes]:
        """Yield a file's bytes; Damaged: it cannot be read to its end."""
        ...

    def measure(self, name: str) -> Measured:
        """Read a file and say what it is; Damaged: it cannot be read to its end."""
        ...

    def size(self, name: str) -> int:
        """Return how many bytes a file says to have."""
        ...


def small(content: Content, name: str, most: int) -> bytes | None:
    """Read a file whole; None: it is not there. Damaged: it is larger than `most`, or unreadable."""
    if name not in content.names:
        return None
    if content.size(name) > most:
        raise Damaged(f"{content.size(name)} bytes, allowed: {most}")
    return b"".join(content.pieces(name))


def lines(content: Content, name: str, longest: int) -> Iterator[bytes]:
    """Yield a file's lines; Damaged: one is longer than `longest`."""
    rest = b""
    for piece in content.pieces(name):
        *whole, rest = (rest + piece).split(b"\n")
        yield from whole
        if len(rest) > longest:
            raise Damaged(f"a line of more than {longest} bytes")
    if rest:
        yield rest


def measured(pieces: Iterator[bytes]) -> tuple[int, str]:
    """Return bytes and SHA-256."""
    digest, size = hashlib.sha256(), 0
    for piece in pieces:
        digest.update(piece)
        size += len(piece)
    return size, digest.hexdigest()
