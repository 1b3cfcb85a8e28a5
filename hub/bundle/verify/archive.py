"""Reads a bundle's ZIP as a stranger's: nothing in it is believed that was not made anew and compared.

It goes from the first byte to the last, entry behind entry; the directory at the end has to be the one that
these entries make. So nothing is hidden between them, none overlap, and no two readers see two contents.
Nothing is written to the disk, and no more is unpacked than was announced.
"""

import hashlib
import zlib
from collections import Counter
from collections.abc import Iterator
from io import SEEK_END
from pathlib import Path
from struct import unpack
from typing import IO, Final

from hub.bundle import names
from hub.bundle.errors import Damaged, Unreadable
from hub.bundle.files import PIECE
from hub.bundle.layout import (
    CENTRAL_MARK,
    DEFLATED,
    FULL,
    LOCAL,
    LOCAL_MARK,
    MARK,
    STORED,
    Entry,
    ending,
    local_header,
)
from hub.bundle.verify.content import Measured
from hub.bundle.verify.findings import Fault, Report

MOST_RATIO: Final = 200
MOST_FREE: Final = 64 << 20
"""A bundle that says to unpack to more than 200 times its size and 64 MiB is not unpacked."""

_LONGEST_NAME: Final = 512
_ZIP64: Final = 20


class Archive:
    """The entries of an open ZIP, called `named`; what is wrong with its structure goes into the report.

    `refused`: it is not to be unpacked.
    """

    def __init__(self, file: IO[bytes], named: Path, report: Report) -> None:
        self._file, self._report = file, report
        self._size = size = file.seek(0, SEEK_END)
        self._entries: dict[str, tuple[Entry, int]] = {}
        self.names: list[str] = []
        self.refused = False
        if self._at(0, 2) != MARK and MARK not in self._at(max(0, size - 4096), 4096):
            raise Unreadable(f"{named}: no ZIP, and no bundle")
        self._walk()
        self._judge()

    def pieces(self, name: str) -> Iterator[bytes]:
        """Yield an entry's bytes; Damaged: it cannot be unpacked, or to something else than it says."""
        for unpacked, _ in self._both(name):
            yield unpacked

    def measure(self, name: str) -> Measured:
        """Read an entry, packed and unpacked."""
        raw, packed, size = hashlib.sha256(), hashlib.sha256(), 0
        for unpacked, piece in self._both(name):
            raw.update(unpacked)
            packed.update(piece)
            size += len(unpacked)
        return Measured(size, raw.hexdigest(), packed.hexdigest())

    def size(self, name: str) -> int:
        """Return the bytes that an entry says to unpack to."""
        return self._entries[name][0].size

    def method(self, name: str) -> int:
        """Return how an entry is packed."""
        return self._entries[name][0].method

    def _walk(self) -> None:
        place = 0
        found: list[Entry] = []
        while (entry := self._entry(place)) is not None:
            head = local_header(entry)
            self._compare(place, head, f"entry {len(found) + 1}, {entry.name!r}")
            found.append(entry)
            self._entries.setdefault(entry.name, (entry, place + len(head)))
            place += len(head) + entry.packed
        self.names = [entry.name for entry in found]
        self._end(place, ending(found))

    def _entry(self, place: int) -> Entry | None:
        """Read what an entry says of itself; None: there is none here."""
        fixed = self._at(place, LOCAL.size)
        if len(fixed) < LOCAL.size or fixed[:4] == CENTRAL_MARK.to_bytes(4, "little"):
            return None
        mark, _, _, method, _, _, crc, packed, size, length, extra = LOCAL.unpack(fixed)
        text = self._at(place + LOCAL.size, length + extra)
        if not 0 < length <= _LONGEST_NAME or len(text) < length + extra:
            return None
        if packed == FULL and extra == _ZIP64:
            size, packed = unpack("<QQ", text[length + 4 : length + _ZIP64])
        entry = Entry(text[:length].decode("latin-1"), method, crc, packed, size)
        fits = place + LOCAL.size + length + extra + packed <= self._size
        known = mark == LOCAL_MARK or local_header(entry)[4:] == fixed[4:] + text
        return entry if fits and known else None

    def _end(self, place: int, end: bytes) -> None:
        """Compare everything behind the last entry with the directory that there should be."""
        if not self._compare(place, end, "the directory behind the data"):
            return
        surplus = self._size - place - len(end)
        if surplus > 0:
            self._report.found(Fault.EXTRA_BYTES, f"{place + len(end)}", f"{surplus} bytes behind the end")

    def _compare(self, place: int, wanted: bytes, what: str) -> bool:
        """Find the first byte that is not the one that the content makes."""
        there = self._at(place, len(wanted))
        if there == wanted:
            return True
        if len(there) < len(wanted) and wanted.startswith(there):
            self._report.found(
                Fault.CUT_OFF, f"{self._size}", f"{what}: {len(wanted) - len(there)} bytes missing"
            )
            return False
        pairs = enumerate(zip(there, wanted, strict=False))
        first = next((at for at, (is_there, should_be) in pairs if is_there != should_be), len(there))
        self._report.found(Fault.HEADER, f"{place + first}", what)
        return False

    def _judge(self) -> None:
        for name, times in Counter(self.names).items():
            if times > 1:
                self._report.found(Fault.TWICE, name, f"{times} times")
            if not names.is_safe(name):
                self._report.found(Fault.UNSAFE_NAME, repr(name))
        self.names = [name for name in dict.fromkeys(self.names) if names.is_safe(name)]
        if self.names != names.in_order(self.names):
            self._report.found(Fault.ORDER, "ZIP")
        total = sum(entry.size for entry, _ in self._entries.values())
        if total > MOST_FREE + MOST_RATIO * self._size:
            self._report.found(Fault.BOMB, "ZIP", f"{self._size} bytes say to unpack to {total}")
            self.refused = True

    def _both(self, name: str) -> Iterator[tuple[bytes, bytes]]:
        """Yield an entry's bytes, unpacked and packed."""
        entry, place = self._entries[name]
        if entry.method not in (STORED, DEFLATED):
            raise Damaged(f"unknown compression {entry.method}")
        crc, size = 0, 0
        for unpacked, packed in self._unpacked(entry, place):
            crc, size = zlib.crc32(unpacked, crc), size + len(unpacked)
            if size > entry.size:
                raise Damaged(f"it unpacks to more than the {entry.size} bytes that it says")
            yield unpacked, packed
        if size != entry.size:
            raise Damaged(f"it unpacks to {size} bytes and says {entry.size}")
        if crc != entry.crc:
            raise Damaged(f"its CRC-32 is {crc:08x} and it says {entry.crc:08x}")

    def _unpacked(self, entry: Entry, place: int) -> Iterator[tuple[bytes, bytes]]:
        if entry.method == STORED:
            for piece in self._packed(entry, place):
                yield piece, piece
            return
        inflate = zlib.decompressobj(-zlib.MAX_WBITS)
        for piece in self._packed(entry, place):
            yield from self._inflated(inflate, piece)
        if not inflate.eof or inflate.unused_data:
            raise Damaged("what is compressed does not end where it should")

    def _inflated(self, inflate: "zlib._Decompress", piece: bytes) -> Iterator[tuple[bytes, bytes]]:
        told = piece
        while piece and not inflate.eof:
            try:
                unpacked = inflate.decompress(piece, PIECE)
            except zlib.error as wrong:
                raise Damaged(f"it cannot be unpacked: {wrong}") from wrong
            yield unpacked, told
            told, piece = b"", inflate.unconsumed_tail
        if told:
            yield b"", told

    def _packed(self, entry: Entry, place: int) -> Iterator[bytes]:
        end = place + entry.packed
        while place < end:
            piece = self._at(place, min(PIECE, end - place))
            if not piece:
                raise Damaged("it is cut off")
            place += len(piece)
            yield piece

    def _at(self, place: int, length: int) -> bytes:
        self._file.seek(place)
        return self._file.read(length)
