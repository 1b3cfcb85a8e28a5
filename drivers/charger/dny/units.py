"""What DNY counts in, and how an order is named (AP3000 §1.05). Pure; units are converted here only.

On the wire: seconds, 0.1 V, 0.1 W, 0.001 A, 0.01 kWh, °C + 65 with 0 for "no sensor". Here: V, W, A, Wh, °C.
"""

from typing import Final

from contract.charging import ORDER_DIGITS

MOST: Final = 0xFFFF
_COLDEST: Final = 65
_WATT_HOURS: Final = 10

NO_ORDER: Final = bytes(ORDER_DIGITS)
BLANK: Final = frozenset({NO_ORDER, b"\xff" * ORDER_DIGITS, b" " * ORDER_DIGITS})


def tenths(count: int) -> float:
    """Return V or W."""
    return count / 10


def count_tenths(value: float) -> int:
    """Count V or W, at most what fits."""
    return _fitting(value * 10)


def amperes(count: int) -> float:
    """Return A."""
    return count / 1000


def count_milliamperes(current: float) -> int:
    """Count A, at most what fits."""
    return _fitting(current * 1000)


def watt_hours(count: int) -> int:
    """Return Wh."""
    return count * _WATT_HOURS


def count_energy(energy: int) -> int:
    """Count Wh, at most what fits; a part of a unit is not given away."""
    return min(MOST, energy // _WATT_HOURS)


def celsius(count: int) -> float | None:
    """Return °C; None where there is no sensor."""
    return None if count == 0 else float(count - _COLDEST)


def count_celsius(temperature: float | None) -> int:
    """Count °C, within what fits."""
    return 0 if temperature is None else max(1, min(0xFF, round(temperature) + _COLDEST))


def order_bytes(order: str) -> bytes:
    """Write one of our order numbers: its digits in ASCII."""
    return order.encode("ascii")


def order_number(order: bytes) -> str | None:
    """Return our order number; None if the post made this order itself, as with a card."""
    return order.decode("ascii") if order.isdigit() else None


def _fitting(count: float) -> int:
    return max(0, min(MOST, round(count)))
