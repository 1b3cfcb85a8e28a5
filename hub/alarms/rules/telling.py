"""Writes a condition's steps as signals for the desk."""

from collections import Counter
from collections.abc import Callable
from hashlib import sha256
from typing import Final

from contract.clock import Clock
from hub.alarms.alarm import Trace
from hub.alarms.definition import Kind
from hub.alarms.rules.condition import Step
from hub.alarms.rules.device import Device
from hub.alarms.rules.occasion import Happening
from hub.alarms.rules.scope import area_of
from hub.alarms.rules.shown import reason
from hub.alarms.rules.watch import Watch
from hub.alarms.signals import Raise, Return, Signal
from hub.shadows.shadow import Shadow

MAX_OCCURRENCE: Final = 64
MAX_AREA: Final = 64


class Teller:
    """Gives signals to `tell` in their order, and counts them."""

    def __init__(self, clock: Clock, tell: Callable[[Signal], None], counts: Counter[str]) -> None:
        self._clock = clock
        self._tell = tell
        self._counts = counts

    def step(self, device: Device, shadow: Shadow | None, watch: Watch, step: Step) -> None:
        """Tell that a watch over the device raises or returns."""
        if step.raised:
            self._raise(device, shadow, watch, step)
            return
        check = watch.returns or watch.raises
        data = reason(shadow, check.properties, step.occasion)
        self._return(
            Return(
                definition=watch.definition,
                address=device.address,
                at_ms=self._clock.now_ms(),
                event_seq=step.occasion.seq,
                data=data,
            )
        )

    def withdraw(self, device: Device, watch: Watch, why: str) -> None:
        """Tell that the device is no longer watched over: `removed` or `out-of-scope`."""
        self._return(
            Return(
                definition=watch.definition,
                address=device.address,
                at_ms=self._clock.now_ms(),
                data={"reason": why},
            )
        )

    def _raise(self, device: Device, shadow: Shadow | None, watch: Watch, step: Step) -> None:
        now_ms = self._clock.now_ms()
        happening = step.occasion.happening
        self._counts["raised"] += 1
        self._tell(
            Raise(
                definition=watch.definition,
                address=device.address,
                area=_area(device),
                at_ms=now_ms,
                occurrence=_occurrence(happening, now_ms) if watch.incident else "",
                event_seq=step.occasion.seq,
                data=reason(shadow, watch.raises.properties, step.occasion),
                trace=_trace(shadow, watch, happening, now_ms),
            )
        )

    def _return(self, signal: Return) -> None:
        if signal.definition.kind is Kind.INCIDENT:
            return  # a person says when a case is over
        self._counts["returned"] += 1
        self._tell(signal)


def _area(device: Device) -> str | None:
    """Return the device's area, if it is one that the ledger can hold: who describes a device writes it."""
    area = area_of(device.description)
    return area if area is not None and len(area) <= MAX_AREA and area.isprintable() else None


def _occurrence(happening: Happening | None, now_ms: int) -> str:
    """Name this occurrence; the ledger has room for so much of an event's id."""
    if happening is None:
        return str(now_ms)
    ident = happening.id
    return ident if len(ident) <= MAX_OCCURRENCE else sha256(ident.encode()).hexdigest()


def _trace(shadow: Shadow | None, watch: Watch, happening: Happening | None, now_ms: int) -> Trace:
    if happening is not None:
        return Trace(
            device_ms=happening.time_ms,
            received_ms=happening.received_ms,
            committed_ms=happening.committed_ms,
            raised_ms=now_ms,
        )
    times = [
        shadow.readings[name].ts_ms
        for name in (watch.raises.properties if shadow is not None else ())
        if shadow is not None and name in shadow.readings
    ]
    return Trace(device_ms=max(times, default=None), raised_ms=now_ms)
