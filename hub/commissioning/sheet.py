"""The acceptance record for a spreadsheet: every device, one a row."""

from collections.abc import Iterable
from typing import Any, Final

import msgspec

from hub.commissioning.view import DeviceRow
from hub.orders.sheet import Row, sheet

HOPS: Final = ("device", "received", "committed", "raised", "pushed", "painted")
COLUMNS: Final = (
    "device",
    "title",
    "area",
    "found",
    "gone",
    "placed",
    "product",
    "firmware",
    "driver",
    "connectivity",
    "clock_offset_s",
    "alarms",
    "standing",
    "proven",
    "alarm",
    "definition",
    "event",
    "event_type",
    "sha256",
    "by_test",
    *(f"at_{hop}" for hop in HOPS),
    "painted_by",
)


def record_sheet(devices: Iterable[DeviceRow]) -> str:
    """Write the record as CSV."""
    return sheet(COLUMNS, map(_row, devices))


def _row(device: DeviceRow) -> Row:
    told: dict[str, Any] = msgspec.to_builtins(device)
    proof = told["proof"] or {}
    trace = proof.get("trace") or {}
    proven = {
        "proven": proof.get("at"),
        "alarm": proof.get("alarm"),
        "definition": proof.get("key"),
        "event": proof.get("event"),
        "event_type": proof.get("event_type"),
        "sha256": proof.get("sha256"),
        "by_test": bool(proof.get("test")) if proof else None,
        "painted_by": trace.get("painted_by"),
    }
    return told | proven | {f"at_{hop}": trace.get(hop) for hop in HOPS}
