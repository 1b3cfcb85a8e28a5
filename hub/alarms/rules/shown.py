"""What a guard sees of the reason for an alarm: values with units, the event's data. Bounded, no pictures."""

from collections.abc import Iterable
from typing import Any, Final

import msgspec

from contract.clock import rfc3339_ms
from hub.alarms.rules.occasion import Happening, Occasion
from hub.shadows.shadow import Shadow

MAX_TEXT: Final = 256
MAX_FIELDS: Final = 32
MAX_BYTES: Final = 4096
"""Of an event's data; what is larger is left out, and said to be."""


def reason(shadow: Shadow | None, properties: Iterable[str], occasion: Occasion) -> dict[str, Any]:
    """Return `{connectivity?, values?, event?, missed?}` as JSON holds it."""
    data: dict[str, Any] = {}
    if shadow is not None:
        data["connectivity"] = shadow.connectivity.value
        values = {name: _value(shadow, name) for name in sorted(properties) if name in shadow.readings}
        data |= {"values": values} if values else {}
        if occasion.grown:
            data["missed"] = {"new": occasion.grown, "total": shadow.events_missed}
    if occasion.happening is not None:
        data["event"] = _event(occasion.happening)
    return data


def _value(shadow: Shadow, name: str) -> dict[str, Any]:
    reading = shadow.readings[name]
    schema = shadow.schema(name)
    shown: dict[str, Any] = {"value": _short(reading.value), "ts": rfc3339_ms(reading.ts_ms)}
    if schema is not None and schema.unit:
        shown["unit"] = schema.unit
    return shown


def _event(happening: Happening) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "id": happening.id,
        "type": happening.type,
        "time": rfc3339_ms(happening.time_ms),
        "seq": happening.seq,
    }
    kept: dict[str, Any] = {}
    room = MAX_BYTES
    for name, value in happening.data.items():
        short = _short(value)
        room -= len(name) + len(msgspec.json.encode(short))
        if room < 0 or len(kept) >= MAX_FIELDS:
            shown["cut"] = True
            break
        kept[name] = short
    return shown | {"data": kept}


def _short(value: Any) -> Any:
    if isinstance(value, str) and len(value) > MAX_TEXT:
        return value[: MAX_TEXT - 1] + "…"
    return value
