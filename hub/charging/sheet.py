"""Charging orders for a spreadsheet."""

from collections.abc import Iterable
from typing import Any, Final

import msgspec

from hub.charging.view import StaffChargingOrder
from hub.orders.sheet import Row, sheet

COLUMNS: Final = (
    "number",
    "state",
    "device",
    "connector",
    "requested_at",
    "started_at",
    "ended_at",
    "seconds",
    "energy_wh",
    "amount_fen",
    "amount_yuan",
    "provider",
    "account",
    "placed",
    "why",
    "estimated",
    "stopped_by",
    "problem",
)


def charging_sheet(orders: Iterable[StaffChargingOrder]) -> str:
    """Write orders, one a row."""
    return sheet(COLUMNS, map(_row, orders))


def _row(order: StaffChargingOrder) -> Row:
    row: dict[str, Any] = msgspec.to_builtins(order)
    return row | {
        "number": grouped(order.number),
        "connector": row["connector"]["title"],
        "amount_yuan": yuan(order.amount_fen),
        "problem": order.problem.code if order.problem else None,
    }


def grouped(number: str) -> str:
    """Write an order's number in fours, a text: of a number, Excel keeps 15 digits alone."""
    return " ".join(number[at : at + 4] for at in range(0, len(number), 4))


def yuan(fen: int) -> str:
    """Write an amount: 1234 is `12.34`."""
    sign, fen = "-" if fen < 0 else "", abs(fen)
    return f"{sign}{fen // 100}.{fen % 100:02}"
