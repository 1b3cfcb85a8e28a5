"""What cameras write in more than one way: numbers, identifiers, plates and pictures. Pure, and bounded.

Nothing here raises: what makes no sense is None, or a picture that is left out.
"""

import base64
import binascii
import math
import re
from typing import Final, TypeAlias

from contract.plates import PROVINCES, is_plate, normalised

Leaf: TypeAlias = str | int | float | bool | None
"""A value without parts, as JSON has it."""

LARGEST_PICTURE: Final = 4 * 1024 * 1024
"""Bytes."""

_LONGEST_NUMBER: Final = 32
_LONGEST_PLATE: Final = 64
"""Characters, also of one in base64."""
_LONGEST_PICTURE: Final = LARGEST_PICTURE * 3 // 2
"""Characters in base64, with line breaks and what is before them."""

_JPEG_BEGINS: Final = b"\xff\xd8\xff"
_NAME: Final = re.compile(r"[A-Za-z0-9._:-]{1,64}")
_NO_PLATE: Final = frozenset(
    {"", "无", "无牌", "无牌车", "未识别", "NOPLATE", "UNKNOWN", "UNLICENSED", "NONE"}
)
"""What cameras say, normalised, where they have read no plate."""


def number(leaf: object) -> float | None:
    """Read a finite number, which may be written as a text."""
    if isinstance(leaf, str) and len(leaf) > _LONGEST_NUMBER:
        return None
    try:
        value = float(leaf) if isinstance(leaf, str | int | float) else math.nan
    except (ValueError, OverflowError):
        return None
    return value if math.isfinite(value) else None


def whole(leaf: object) -> int | None:
    """Read a whole number."""
    value = number(leaf)
    return int(value) if value is not None and value.is_integer() else None


def percent(leaf: object) -> float | None:
    """Read a confidence in %: cameras write 0 to 100, or a fraction of 1, which has a decimal point."""
    value = number(leaf)
    if value is None or not 0 <= value <= 100:
        return None
    fraction = isinstance(leaf, float) or (isinstance(leaf, str) and "." in leaf)
    return value * 100 if fraction and value <= 1 else value


def name(leaf: object) -> str | None:
    """Read a serial number or an identifier: at most 64 letters, digits, dots, colons, hyphens, `_`."""
    text = str(leaf) if isinstance(leaf, int) and -(10**18) < leaf < 10**18 else leaf
    return text if isinstance(text, str) and _NAME.fullmatch(text) else None


def plate(leaf: object) -> str:
    """Read a plate as lists keep it, plain or in base64; empty where none was read."""
    if not isinstance(leaf, str) or len(leaf) > _LONGEST_PLATE:
        return ""
    plain = normalised(leaf)
    if not any(character in PROVINCES for character in plain):
        for text in _within_base64(leaf):
            if text in _NO_PLATE or is_plate(text):
                plain = text
                break
    return plain if plain not in _NO_PLATE and is_plate(plain) else ""


def _within_base64(text: str) -> list[str]:
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (UnicodeEncodeError, binascii.Error, ValueError):
        return []
    found = []
    for encoding in ("utf-8", "gb18030"):
        try:
            found.append(normalised(data.decode(encoding)))
        except UnicodeDecodeError:
            continue
    return [each for each in found if data]


def picture(leaf: object) -> bytes | None:
    """Read a JPEG in base64, in lines or not, with `data:…,` before it or not; None if it is none.

    None also if it is larger than `LARGEST_PICTURE`.
    """
    if not isinstance(leaf, str) or len(leaf) > _LONGEST_PICTURE:
        return None
    if leaf.startswith("data:"):
        leaf = leaf.partition(",")[2]
    text = "".join(leaf.split()).rstrip("=")
    try:
        data = base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), validate=True)
    except (UnicodeEncodeError, binascii.Error, ValueError):
        return None
    return data if data.startswith(_JPEG_BEGINS) and len(data) <= LARGEST_PICTURE else None
