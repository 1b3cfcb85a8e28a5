"""What 云快充 counts in and how it writes numbers and times. Pure; units are converted here only.

Numbers of piles, guns and orders are BCD; integers are little-endian; V and A have one decimal, kWh four,
°C an offset of 50. Times are CP56Time2a (IEC 60870-5-4, §6.8) by the pile's own clock, which shows Beijing
time (as in JCPP's captures).
"""

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

from contract.charging import ORDER_DIGITS
from contract.errors import InvalidMessage

BEIJING: Final = timezone(timedelta(hours=8))
NO_ORDER: Final = "0" * 32
_OURS: Final = re.compile(rf"0{{{32 - ORDER_DIGITS}}}([0-9]{{{ORDER_DIGITS}}})")
_COLDEST: Final = 50
_INVALID: Final = 0x80
_MASKS: Final = (0x3F, 0x1F, 0x1F, 0x0F, 0x7F)
"""Minute, hour, day, month, year; what is beside them is validity, summer time and the day of the week."""

CP56: Final = 7


def bcd(digits: str, size: int) -> bytes:
    """Write digits two a byte, with zeros before them."""
    return bytes.fromhex(digits.zfill(2 * size))


def number(text: bytes, what: str) -> str:
    """Read BCD; InvalidMessage if it is none."""
    digits = text.hex()
    if not digits.isdecimal():
        raise InvalidMessage(f"{what} {digits} is not BCD")
    return digits


def padded(order: str) -> str:
    """Return one of our order numbers as it is on the wire: 32 digits."""
    return order.zfill(len(NO_ORDER))


def order_number(order: str) -> str | None:
    """Return our order number; None if the pile made this one itself, or it is none."""
    ours = _OURS.fullmatch(order)
    return None if ours is None or order == NO_ORDER else ours[1]


def watt_hours(count: int) -> int:
    """Return Wh of kWh with four decimals."""
    return round(count / 10)


def count_energy(energy: int) -> int:
    """Write Wh as kWh with four decimals."""
    return energy * 10


def celsius(count: int) -> float | None:
    """Return °C; None where there is no sensor, which piles tell as the coldest."""
    return None if count == 0 else float(count - _COLDEST)


def count_celsius(temperature: float | None) -> int:
    """Write °C, within what fits."""
    return 0 if temperature is None else max(1, min(0xFF, round(temperature) + _COLDEST))


def cp56(moment: datetime) -> bytes:
    """Write a time, to the millisecond; years 2000 to 2099."""
    local = moment.astimezone(BEIJING)
    milliseconds = local.second * 1000 + local.microsecond // 1000
    day = local.day | local.isoweekday() << 5
    rest = bytes([local.minute, local.hour, day, local.month, local.year % 100])
    return milliseconds.to_bytes(2, "little") + rest


def read_cp56(text: bytes) -> datetime | None:
    """Read a time, in UTC; None if it is none, or the pile itself says that its clock is wrong."""
    milliseconds = int.from_bytes(text[:2], "little")
    if len(text) != CP56 or text[2] & _INVALID:
        return None
    minute, hour, day, month, year = (byte & mask for byte, mask in zip(text[2:], _MASKS, strict=True))
    try:
        start = datetime(2000 + year, month, day, hour, minute, tzinfo=BEIJING)
    except ValueError:
        return None
    if milliseconds >= 60_000:
        return None
    return (start + timedelta(milliseconds=milliseconds)).astimezone(UTC)
