"""Ids and times of GA/T 1400: made of the device, the moment and the place in the ledger. Pure.

The same pass always has the same ids: what is sent again is known to be the same. Device ids are shaped as
in GB/T 28181: 8 digits of region and basic unit, 2 of trade, 3 of type, 7 of network and number.
"""

from collections.abc import Mapping
from datetime import timedelta, timezone
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from contract.clock import from_epoch_ms

LOCAL: Final = timezone(timedelta(hours=8))
"""Times on this wire are those of Beijing, whatever zone the site's pages show."""

PICTURE: Final = "02"
SPAN: Final = 16
"""Numbers of one pass: itself, and each of its pictures."""

NUMBERS: Final = 100_000

PROVINCES: Final = frozenset(
    {
        *range(11, 16),
        *range(21, 24),
        *range(31, 38),
        *range(41, 47),
        *range(50, 55),
        *range(61, 66),
        71,
        81,
        82,
    }
)
"""How a region begins (GB/T 2260)."""

TYPES: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "gate": frozenset({"119", "121", "132"}),
        "camera": frozenset({"119", "121", "131", "132"}),
        "door": frozenset({"119", "125", "132"}),
    }
)
"""Digits 11 to 13 that fit a kind of device: 119 collects, 121 checkpoint, 125 door, 131 and 132 camera."""


class Subtype(StrEnum):
    """What an object is, within its id."""

    PERSON = "01"
    MOTOR_VEHICLE = "02"
    FACE = "06"


def local14(at_ms: int) -> str:
    """Write a moment as `yyyyMMddHHmmss`, local."""
    return from_epoch_ms(at_ms).astimezone(LOCAL).strftime("%Y%m%d%H%M%S")


def picture_id(device: str, at_ms: int, seq: int, number: int) -> str:
    """Return the 41 digits of a pass's picture, or of the pass itself as a source: number 0."""
    return f"{device}{PICTURE}{local14(at_ms)}{(seq * SPAN + number) % NUMBERS:05}"


def object_id(device: str, at_ms: int, subtype: Subtype, seq: int) -> str:
    """Return the 48 digits of what a pass shows; no two passes of a device and second share them."""
    return f"{picture_id(device, at_ms, seq, 0)}{subtype}{seq // (NUMBERS // SPAN) % NUMBERS:05}"


def fault(ident: str) -> str | None:
    """Say why 20 digits cannot be an id that an authority gave; None if they can."""
    if int(ident[:2]) not in PROVINCES or ident[2:6] == "0000":
        return "begins with no region (GB/T 2260)"
    if len(set(ident[13:])) == 1 and ident[13:] in ("0000000", "9999999"):
        return "has no number of its own at the end"
    return None


def kind_fault(kind: str, ident: str) -> str | None:
    """Say why an id cannot be that of a device of a kind; None if it can."""
    allowed = TYPES.get(kind)
    if allowed is None:
        return f"kind {kind!r} is nothing that the library knows; allowed: {', '.join(sorted(TYPES))}"
    if ident[10:13] not in allowed:
        return f"digits 11 to 13 are {ident[10:13]}; allowed for a {kind}: {', '.join(sorted(allowed))}"
    return fault(ident)
