"""Every byte of a bundle's ZIP that is not data, from what stands in it: the same on every machine.

Who checks a bundle makes these bytes anew and compares; so a byte changed in a header is found, which no
checksum of the content would find. Times are those that ZIP begins with, sizes stand before the data, and
there are no comments. APPNOTE.TXT 6.3.10: §4.3.7 local header, §4.3.12 central header, §4.3.14 to §4.3.16
ends, §4.5.3 ZIP64.
"""

from collections.abc import Sequence
from struct import Struct, pack
from typing import Final, NamedTuple

LOCAL: Final = Struct("<IHHHHHIIIHH")
MARK: Final = b"PK"
"""How each mark of a ZIP begins."""

LOCAL_MARK: Final = 0x04034B50
CENTRAL_MARK: Final = 0x02014B50
_CENTRAL: Final = Struct("<IHHHHHHIIIHHHHHII")
_END64: Final = Struct("<IQHHIIQQQQ")
_LOCATOR64: Final = Struct("<IIQI")
_END: Final = Struct("<IHHHHIIH")

STORED: Final = 0
DEFLATED: Final = 8
FULL: Final = 0xFFFFFFFF
"""A field that says: look into the ZIP64 field."""

_FULL_SHORT: Final = 0xFFFF
_UNIX: Final = 3 << 8
_FIRST_DAY: Final = 1 << 5 | 1  # 1980-01-01
_PLAIN_FILE: Final = 0o100644 << 16
_VERSION, _VERSION_64 = 20, 45


class Entry(NamedTuple):
    """One file in the ZIP: its name, how it is packed, CRC-32, and bytes packed and unpacked."""

    name: str
    method: int
    crc: int
    packed: int
    size: int

    @property
    def is_large(self) -> bool:
        """Whether a size does not fit into 32 bits."""
        return max(self.packed, self.size) >= FULL


def local_header(entry: Entry) -> bytes:
    """Return what stands before an entry's data."""
    extra = _zip64(entry.size, entry.packed) if entry.is_large else b""
    return _local_fields(entry, len(extra)) + _name(entry) + extra


def ending(entries: Sequence[Entry]) -> bytes:
    """Return what stands behind the data of all entries: the directory and its end."""
    directory = bytearray()
    offset = 0
    for entry in entries:
        directory += _central_header(entry, offset)
        offset += len(local_header(entry)) + entry.packed
    return bytes(directory) + _end(len(entries), len(directory), offset)


def _local_fields(entry: Entry, extra: int) -> bytes:
    packed, size = (FULL, FULL) if entry.is_large else (entry.packed, entry.size)
    version = _VERSION_64 if entry.is_large else _VERSION
    return LOCAL.pack(
        LOCAL_MARK, version, 0, entry.method, 0, _FIRST_DAY, entry.crc, packed, size, len(_name(entry)), extra
    )


def _central_header(entry: Entry, offset: int) -> bytes:
    far = offset >= FULL
    wide = ((entry.size, entry.packed) if entry.is_large else ()) + ((offset,) if far else ())
    extra = _zip64(*wide) if wide else b""
    packed, size = (FULL, FULL) if entry.is_large else (entry.packed, entry.size)
    version = _VERSION_64 if wide else _VERSION
    fields = (CENTRAL_MARK, _UNIX | version, version, 0, entry.method, 0, _FIRST_DAY, entry.crc, packed, size)
    rest = (len(_name(entry)), len(extra), 0, 0, 0, _PLAIN_FILE, FULL if far else offset)
    return _CENTRAL.pack(*fields, *rest) + _name(entry) + extra


def _name(entry: Entry) -> bytes:
    """Names of ours are ASCII; those of strangers stay what they are."""
    return entry.name.encode("latin-1")


def _zip64(*numbers: int) -> bytes:
    return pack(f"<HH{len(numbers)}Q", 1, 8 * len(numbers), *numbers)


def _end(count: int, length: int, offset: int) -> bytes:
    wide = b""
    if count >= _FULL_SHORT or max(length, offset) >= FULL:
        made, rest = _UNIX | _VERSION_64, _END64.size - 12
        wide = _END64.pack(0x06064B50, rest, made, _VERSION_64, 0, 0, count, count, length, offset)
        wide += _LOCATOR64.pack(0x07064B50, 0, offset + length, 1)
    short = min(count, _FULL_SHORT)
    return wide + _END.pack(0x06054B50, 0, 0, short, short, min(length, FULL), min(offset, FULL), 0)
