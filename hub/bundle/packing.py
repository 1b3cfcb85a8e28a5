"""Packs the files of a bundle and puts them into the ZIP. Blocking.

What is packed is hashed too and stands in the manifest: no two versions of zlib need to agree, and a bit
that no unpacking looks at is still not free to change.
"""

import hashlib
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import msgspec
from msgspec import Struct

from hub.bundle.files import pieces, whole, write_whole
from hub.bundle.layout import DEFLATED, STORED, Entry, ending, local_header
from hub.bundle.names import is_deflated

LEVEL: Final = 6
METHODS: Final = {STORED: "stored", DEFLATED: "deflate"}


class Packed(Struct, frozen=True, kw_only=True):
    """How a file stands in the ZIP: `stored` or `deflate`, bytes, and the SHA-256 of these bytes."""

    method: str
    bytes: int
    sha256: str


class PackedFile(Struct, frozen=True, kw_only=True):
    """A file of the bundle: its name, bytes and SHA-256, and how it is packed."""

    name: str
    bytes: int
    sha256: str
    packed: Packed


class Part(NamedTuple):
    """A file that is ready to go into the ZIP: where its packed bytes are, and what is known of it."""

    file: Path
    entry: Entry
    told: PackedFile


class _Kept(Struct):
    crc: int
    told: PackedFile


def pack(content: Path, shelf: Path, name: str) -> Part:
    """Hash a file below `content`; compress it to `shelf` where that is worth it.

    Tables that a killed making has compressed are not compressed again.
    """
    if not is_deflated(name):
        return _stored(content / name, name)
    packed = shelf / name.replace("/", "!")
    note = packed.with_name(f"{packed.name}.json")
    if not (note.exists() and name.startswith("data/")):
        kept = _deflate(content / name, packed, name)
        write_whole(note, msgspec.json.encode(kept))
    kept = msgspec.json.decode(note.read_bytes(), type=_Kept)
    told = kept.told
    entry = Entry(name, DEFLATED, kept.crc, told.packed.bytes, told.bytes)
    return Part(packed, entry, told)


def _stored(file: Path, name: str) -> Part:
    digest, crc, size = hashlib.sha256(), 0, 0
    for piece in pieces(file):
        digest.update(piece)
        crc, size = zlib.crc32(piece, crc), size + len(piece)
    sha256 = digest.hexdigest()
    packed = Packed(method=METHODS[STORED], bytes=size, sha256=sha256)
    told = PackedFile(name=name, bytes=size, sha256=sha256, packed=packed)
    return Part(file, Entry(name, STORED, crc, size, size), told)


def _deflate(file: Path, packed: Path, name: str) -> _Kept:
    raw, squeezed, crc, sizes = hashlib.sha256(), hashlib.sha256(), 0, [0, 0]
    squeeze = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    with whole(packed) as out:
        for piece in pieces(file):
            raw.update(piece)
            crc, sizes[0] = zlib.crc32(piece, crc), sizes[0] + len(piece)
            less = squeeze.compress(piece)
            squeezed.update(less)
            sizes[1] += out.write(less)
        rest = squeeze.flush()
        squeezed.update(rest)
        sizes[1] += out.write(rest)
    how = Packed(method=METHODS[DEFLATED], bytes=sizes[1], sha256=squeezed.hexdigest())
    return _Kept(crc, PackedFile(name=name, bytes=sizes[0], sha256=raw.hexdigest(), packed=how))


def write_zip(parts: Sequence[Part], file: Path, tell: Callable[[int, int], None]) -> str:
    """Write the ZIP and return its SHA-256; `tell` hears bytes done and in all, and may raise to stop."""
    digest = hashlib.sha256()
    end = ending([part.entry for part in parts])
    total = len(end) + sum(len(local_header(part.entry)) + part.entry.packed for part in parts)
    done = 0
    with whole(file) as out:
        for piece in _all_bytes(parts, end):
            digest.update(piece)
            done += out.write(piece)
            tell(done, total)
    return digest.hexdigest()


def _all_bytes(parts: Sequence[Part], end: bytes) -> Iterator[bytes]:
    for part in parts:
        yield local_header(part.entry)
        yield from pieces(part.file)
    yield end
