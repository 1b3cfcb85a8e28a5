"""What proves that alarms of a device reach the screens: one alarm that went the whole way. Pure.

Only what the device itself said counts: that a driver host misses it, or that events are missing, shows
nothing of its own way. Nor does a fault that had lasted already when the hub learnt of it at its start.
"""

import hashlib
from collections.abc import Mapping
from typing import Any, Final

from msgspec import Struct, field

from contract.topics import DRIVER_KIND, HUB_KIND
from hub.alarms.alarm import Alarm, Trace
from hub.alarms.definition import Test, Words
from hub.shadows.shadow import Connectivity

NOT_DEVICES: Final = frozenset({DRIVER_KIND, HUB_KIND})
FRESH_MS: Final = 60_000
"""A state that was this old when it raised an alarm was not what the device had just said."""


class Proof(Struct, frozen=True, kw_only=True):
    """An alarm that went from its device to a screen; times are ms since 1970.

    `event_seq`, `event`, `type`, `sha256` (of the message, byte for byte): of the event in the ledger that
    raised it; a state that raised it is no event, and `values` has what it said. `test`: the test within
    which it came; None: it came by itself.
    """

    device: str
    alarm: str
    key: str
    title: Words
    at_ms: int
    event_seq: int | None = None
    event: str | None = None
    type: str | None = None
    sha256: str | None = None
    values: dict[str, Any] = field(default_factory=dict)
    trace: Trace = field(default_factory=Trace)
    test: str | None = None


def by_event(alarm: Alarm, at_ms: int, event: Mapping[str, Any]) -> Proof | None:
    """Make a proof of an alarm and the row of the event that raised it; None if that proves nothing."""
    same = (event["site"], event["kind"], event["device"]) == alarm.address
    if not same or not went_through(alarm):
        return None
    return Proof(
        device=str(alarm.address),
        alarm=alarm.id,
        key=alarm.key,
        title=alarm.title,
        at_ms=at_ms,
        event_seq=event["seq"],
        event=event["id"],
        type=event["type"],
        sha256=hashlib.sha256(event["payload"].encode()).hexdigest(),
        trace=alarm.trace,
        test=alarm.test,
    )


def by_state(alarm: Alarm, at_ms: int) -> Proof | None:
    """Make a proof of an alarm that a state of the device raised; None if that proves nothing."""
    values = alarm.data.get("values")
    heard = alarm.data.get("connectivity") == Connectivity.ONLINE.value
    trace = alarm.trace
    if not values or not heard or trace.device_ms is None or trace.raised_ms is None:
        return None
    if abs(trace.raised_ms - trace.device_ms) > FRESH_MS or not went_through(alarm):
        return None
    return Proof(
        device=str(alarm.address),
        alarm=alarm.id,
        key=alarm.key,
        title=alarm.title,
        at_ms=at_ms,
        values=values,
        trace=trace,
        test=alarm.test,
    )


def went_through(alarm: Alarm) -> bool:
    """Whether it began at a device and a screen has painted it."""
    return alarm.device_kind not in NOT_DEVICES and alarm.trace.painted_ms is not None


def provable(test: Test) -> bool:
    """Whether what raises an alarm is, or may be, something that the device itself says."""
    if test.all or test.any:
        return any(map(provable, (*test.all, *test.any)))
    return test.event is not None or test.property is not None
