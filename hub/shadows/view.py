"""A shadow as people and programs see it: the device object of the API, encoded once for all of them."""

from functools import lru_cache
from typing import Final, Literal

import msgspec
from msgspec import Struct

from contract.clock import rfc3339, rfc3339_ms
from contract.messages import AvailabilityStatus, Scalar
from contract.things import Location
from hub.shadows.shadow import Connectivity, Reading, Shadow

Quality = Literal["good", "uncertain", "bad"]


class PropertyView(Struct, frozen=True, gc=False, omit_defaults=True):
    """One property: its value and how far it may be trusted. `ts` is the device's own time.

    `title` is what the device itself calls it, in each language.
    """

    value: Scalar
    unit: str | None
    quality: Quality
    ts: str
    stale: bool
    title: dict[str, str] | None = None


class AvailabilityView(Struct, frozen=True, gc=False):
    """What the driver last said of the device; `unknown` if it never did."""

    status: str
    ts: str | None
    reason: str | None


class LastEventView(Struct, frozen=True, gc=False, omit_defaults=True):
    """What the device last reported; `title` is what it itself calls that, in each language."""

    type: str
    time: str
    title: dict[str, str] | None = None


class DeviceView(Struct, frozen=True):
    """One device with its properties."""

    site: str
    kind: str
    device: str
    tenant: str
    title: dict[str, str]
    model: str | None
    driver: str | None
    location: Location | None
    availability: AvailabilityView
    connectivity: Connectivity
    properties: dict[str, PropertyView]
    actions: list[str]
    events_missed: int
    boots: int
    last_event: LastEventView | None
    version: int


_NEVER_HEARD: Final = AvailabilityView("unknown", None, None)
_encoder: Final = msgspec.json.Encoder()


def encode(shadow: Shadow) -> msgspec.Raw:
    """Write a shadow as the JSON of its device object."""
    return msgspec.Raw(_encoder.encode(view(shadow)))


def view(shadow: Shadow) -> DeviceView:
    """Show a shadow as a device object."""
    description = shadow.description
    title = dict(description.titles) if description else {}
    if not title:
        title = {"zh-CN": description.title if description else shadow.address.device}
    return DeviceView(
        *shadow.address,
        shadow.tenant,
        title,
        description.product if description else None,
        description.driver if description else None,
        description.location if description else None,
        _availability(shadow),
        shadow.connectivity,
        _properties(shadow),
        list(description.actions) if description else [],
        shadow.events_missed,
        shadow.boots,
        _last_event(shadow),
        shadow.version,
    )


def _availability(shadow: Shadow) -> AvailabilityView:
    heard = shadow.availability
    if heard is None:
        return _NEVER_HEARD
    since = _text(heard.ts)
    if heard.status is AvailabilityStatus.LOST and shadow.readings:
        # A will was written when the driver host connected; what the host has said since shows that it lived.
        newest_ms = max(reading.ts_ms for reading in shadow.readings.values())
        since = max(since, rfc3339_ms(newest_ms))
    return AvailabilityView(heard.status.value, since, heard.reason)


def _last_event(shadow: Shadow) -> LastEventView | None:
    last = shadow.last_event
    if last is None:
        return None
    spec = shadow.description.events.get(last.type) if shadow.description else None
    return LastEventView(last.type, _text(last.time), (spec.titles or None) if spec else None)


_text: Final = lru_cache(4096)(rfc3339)
"""Availability and last event are shown again with every change of another property."""


def _properties(shadow: Shadow) -> dict[str, PropertyView]:
    offline = shadow.connectivity is not Connectivity.ONLINE
    written: dict[int, str] = {}
    views: dict[str, PropertyView] = {}
    for name, reading in shadow.readings.items():
        ts = written.get(reading.ts_ms)
        if ts is None:
            ts = written[reading.ts_ms] = rfc3339_ms(reading.ts_ms)
        schema = shadow.schema(name)
        quality = _quality(shadow, name, reading, offline=offline)
        unit, title = (schema.unit, schema.titles or None) if schema else (None, None)
        views[name] = PropertyView(reading.value, unit, quality, ts, reading.stale, title)
    return views


def _quality(shadow: Shadow, name: str, reading: Reading, *, offline: bool) -> Quality:
    if offline or reading.value is None:
        return "bad"
    if reading.stale or reading.skewed:
        return "uncertain"
    schema = shadow.schema(name)
    if schema is None:
        return "good"
    value = reading.value
    if schema.enum and value not in schema.enum:
        return "uncertain"
    if isinstance(value, int | float):
        below = schema.minimum is not None and value < schema.minimum
        above = schema.maximum is not None and value > schema.maximum
        return "uncertain" if below or above else "good"
    return "good"
