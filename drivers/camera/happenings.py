"""From the repeated alerts of a camera to one event for each happening, with its pictures. No sockets here.

Cameras send an alert again every second while it lasts and never say that it ended: it has ended when it was
silent for `ENDS_AFTER_S`. The pictures follow the first alert as parts of their own.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from drivers.camera.alert import FALLING, Alert, Region

ENDS_AFTER_S: Final = 5.0
PICTURE_WAIT_S: Final = 0.5
"""For so long an event waits for its pictures."""

MOST_PICTURES: Final = 4
MOST_AT_ONCE: Final = 64
"""Different events at a time of one camera."""

MOST_CLOCK_ERROR_S: Final = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class VendorEvent:
    """Something that the camera has seen. `event` is the vendor's word, `time` when it began.

    `time` is the camera's own, unless that is missing or wrong by more than a minute: `clock_error_s` is by
    how much it is ahead of ours, None where it did not say. `pictures` are JPEGs. `began` is False for the
    end of a state, or for one that was there before we asked.
    """

    event: str
    time: datetime
    channel: str = ""
    pictures: tuple[bytes, ...] = ()
    regions: tuple[Region, ...] = ()
    clock_error_s: float | None = None
    began: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class FallingObject(VendorEvent):
    """The camera has seen something fall."""


@dataclass(slots=True)
class _Waiting:
    alert: Alert
    since_s: float
    at: datetime
    pictures: list[bytes] = field(default_factory=list)


class Happenings:
    """Takes alerts and pictures in their order and gives events. Times: monotonic seconds, and wall clock."""

    def __init__(self) -> None:
        self._last_s: dict[tuple[str, str], float] = {}
        self._waiting: _Waiting | None = None

    def alert(self, alert: Alert, now_s: float, at: datetime) -> Iterator[VendorEvent]:
        """Take an alert; another event than the waiting one ends its wait."""
        key = (alert.channel, alert.event.lower())
        if not alert.active:
            self._last_s.pop(key, None)
            return
        lasting = now_s - self._last_s.get(key, -math.inf) <= ENDS_AFTER_S
        self._last_s[key] = now_s
        self._forget(now_s)
        if not lasting:
            yield from self._release()
            self._waiting = _Waiting(alert, now_s, at)

    def picture(self, jpeg: bytes) -> None:
        """Take a picture; it belongs to the event that waits, if one does."""
        if self._waiting is not None and len(self._waiting.pictures) < MOST_PICTURES:
            self._waiting.pictures.append(jpeg)

    def due(self, now_s: float) -> Iterator[VendorEvent]:
        """Give the event that has waited long enough."""
        if self._waiting is not None and now_s - self._waiting.since_s >= PICTURE_WAIT_S:
            yield from self._release()

    def rest(self) -> Iterator[VendorEvent]:
        """Give what still waits: the channel has ended."""
        yield from self._release()

    def _release(self) -> Iterator[VendorEvent]:
        if self._waiting is not None:
            waited, self._waiting = self._waiting, None
            yield _event(waited)

    def _forget(self, now_s: float) -> None:
        ended = [key for key, last_s in self._last_s.items() if now_s - last_s > ENDS_AFTER_S]
        for key in ended:
            del self._last_s[key]
        while len(self._last_s) > MOST_AT_ONCE:  # a camera that invents events must not fill our memory
            del self._last_s[next(iter(self._last_s))]


def _event(waited: _Waiting) -> VendorEvent:
    alert = waited.alert
    time, error_s = believed(alert.time, waited.at)
    kind = FallingObject if alert.event.lower() in FALLING else VendorEvent
    return kind(
        event=alert.event,
        time=time,
        channel=alert.channel,
        pictures=tuple(waited.pictures),
        regions=alert.regions,
        clock_error_s=error_s,
    )


def believed(said: datetime | None, at: datetime) -> tuple[datetime, float | None]:
    """Return when it happened, and by how many seconds the camera's clock is ahead (None: it did not say)."""
    if said is None:
        return at, None
    error_s = (said - at).total_seconds()
    return (said.astimezone(at.tzinfo) if abs(error_s) <= MOST_CLOCK_ERROR_S else at), error_s
