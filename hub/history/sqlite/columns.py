"""Columns of numbers and words as few bytes: what the blocks of the file are made of. Pure.

Whole numbers and decimals of up to three places are kept as differences of whole numbers, other numbers as
doubles, words as JSON. The bytes of a column are put together by their weight, which is what Deflate
(RFC 1951) then finds alike; the decimals are compared, so that exactly what came in comes out.
"""

import zlib
from array import array
from collections.abc import Container, Iterable, Iterator, Sequence
from itertools import accumulate, pairwise
from struct import Struct
from typing import Any, Final

import msgspec

from hub.history.store import Value

SCALES: Final = (1, 10, 100, 1000)
CODES: Final = (("b", 8), ("h", 16), ("i", 32), ("q", 64))
LARGEST: Final = 2.0**42
"""Up to here a number times the largest scale is exact, and so are differences."""

WHOLE: Final = ord("i")
DOUBLES: Final = ord("d")
JSON: Final = ord("j")
FRAME: Final = Struct("<BI")
LEVEL: Final = 6

Column = Sequence[Any]


def pack(columns: Iterable[tuple[int, bytes]]) -> bytes:
    """Put encoded columns into one block."""
    framed = b"".join(FRAME.pack(kind, len(data)) + data for kind, data in columns)
    deflate = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    return deflate.compress(framed) + deflate.flush()


def unpack(block: bytes, wanted: Container[int] | None = None) -> Iterator[list[Any]]:
    """Yield the columns of a block, or those of them that are wanted, by their places."""
    data = zlib.decompress(block, -zlib.MAX_WBITS)
    at = place = 0
    while at < len(data):
        kind, size = FRAME.unpack_from(data, at)
        at += FRAME.size
        if wanted is None or place in wanted:
            yield _decoded(kind, data[at : at + size])
        at += size
        place += 1


def integers(column: Sequence[int]) -> tuple[int, bytes]:
    """Encode whole numbers, near to each other for the most part."""
    return WHOLE, _differences(column)


def values(column: Sequence[Value]) -> tuple[int, bytes]:
    """Encode numbers, words and None."""
    numbers = [value for value in column if isinstance(value, float)]
    if len(numbers) < len(column):
        return JSON, msgspec.json.encode(column)
    if all(-LARGEST < number < LARGEST for number in numbers):
        for place, scale in enumerate(SCALES):
            if all(round(number * scale) / scale == number for number in numbers):
                return place, _differences([round(number * scale) for number in numbers])
    return DOUBLES, _by_weight(array("d", numbers).tobytes(), 8)


def _decoded(kind: int, data: bytes) -> list[Any]:
    if kind == JSON:
        found: list[Any] = msgspec.json.decode(data)
        return found
    if kind == DOUBLES:
        return array("d", _by_moment(data, 8)).tolist()
    code = chr(data[0])
    differences = array(code, _by_moment(data[1:], array(code).itemsize))
    wholes = accumulate(differences)
    return list(wholes) if kind == WHOLE else [whole / SCALES[kind] for whole in wholes]


def _differences(wholes: Sequence[int]) -> bytes:
    differences = [wholes[0], *(later - earlier for earlier, later in pairwise(wholes))]
    least, greatest = min(differences), max(differences)
    code, bits = next(
        (code, bits) for code, bits in CODES if -(1 << (bits - 1)) <= least and greatest < 1 << (bits - 1)
    )
    return code.encode() + _by_weight(array(code, differences).tobytes(), bits // 8)


def _by_weight(data: bytes, size: int) -> bytes:
    return b"".join(data[weight::size] for weight in range(size)) if size > 1 else data


def _by_moment(data: bytes, size: int) -> bytes:
    if size == 1:
        return data
    found, length = bytearray(len(data)), len(data) // size
    for weight in range(size):
        found[weight::size] = data[weight * length : (weight + 1) * length]
    return bytes(found)
