"""Follows one door from look to look: its state, and what has happened in between. Pure; given the time.

Times are seconds of a clock that never goes back.
"""

from enum import StrEnum
from typing import Final

from drivers.door import events
from drivers.door.readings import NOTHING, Readings
from drivers.door.state import NEXT, STANDS_OPEN, STANDS_SHUT, DoorState, Sight
from drivers.runtime.interface import Happening

NEVER: Final = float("-inf")


class Cause(StrEnum):
    """Why a door may be opened."""

    CARD = "card"
    CODE = "code"
    EXIT = "exit"
    COMMAND = "command"
    HOLD = "hold"
    FIRE = "fire"
    UNKNOWN = "unknown"


class Watch:
    """What is known of one door; it may stand open for `held_open_s`."""

    def __init__(self, held_open_s: float) -> None:
        self.state = DoorState.UNKNOWN
        self.readings = NOTHING
        self._held_open_s = held_open_s
        self._settled: DoorState | None = None
        self._allowed_until = NEVER
        self._cause = Cause.UNKNOWN
        self._open_since = NEVER
        self._tamper = self._power_fault = False

    def knew(self, *, tamper: bool, power: bool) -> None:
        """Recall what had been told of the reader's box before a restart."""
        self._tamper, self._power_fault = tamper, power

    def allow(self, cause: Cause, now: float, seconds: float) -> None:
        """Note that the door may be opened for so long."""
        self._cause, self._allowed_until = cause, now + seconds

    def lost(self) -> None:
        """Note that the reader does not answer: nothing is known of the door."""
        self.state, self.readings = DoorState.UNKNOWN, NOTHING

    def look(self, readings: Readings, now: float, free: Cause | None) -> list[Happening]:
        """Take a look; what has happened since the last. `free`: what holds the door unlocked, if any."""
        before, self.readings = self.readings, readings
        if not before.contact_open or free is not None:
            self._open_since = now
        self._return()
        sight = self._sight(now, free)
        was, self.state = self.state, NEXT[self.state][sight]
        happenings = [*self._about_door(was, now, free), *self._about_box(readings)]
        if readings.exit_request and before.exit_request is False:
            happenings.append(Happening(events.REQUEST_TO_EXIT))
        if self.state is not DoorState.UNKNOWN:
            self._settled = self.state
        return happenings

    def _return(self) -> None:
        """Take up the state from before the reader was lost, if the door still stands as it did."""
        unknown = self.state is DoorState.UNKNOWN
        if not unknown or self._settled is None or self.readings.contact_open is None:
            return
        if (self._settled in STANDS_OPEN) == self.readings.contact_open:
            self.state = self._settled

    def _sight(self, now: float, free: Cause | None) -> Sight:
        if self.readings.contact_open is None:
            return Sight.UNSEEN
        if not self.readings.contact_open:
            return Sight.RELEASED if self.readings.unlocked else Sight.SHUT
        if free is not None:
            return Sight.OPEN_FREE
        if now - self._open_since >= self._held_open_s:
            return Sight.OPEN_TOO_LONG
        return Sight.OPEN_ALLOWED if now < self._allowed_until else Sight.OPEN_UNEXPECTED

    def _about_door(self, was: DoorState, now: float, free: Cause | None) -> list[Happening]:
        state, before = self.state, self._settled if was is DoorState.UNKNOWN else was
        if state is before or before is None or state is DoorState.UNKNOWN:
            return []
        happenings = []
        if before is DoorState.HELD:
            happenings.append(Happening(events.HELD_OPEN_ENDED))
        if before in STANDS_OPEN and state in STANDS_SHUT:
            happenings.append(Happening(events.CLOSED))
        elif before in STANDS_SHUT and state is DoorState.FORCED:
            happenings.append(Happening(events.FORCED))
        elif before in STANDS_SHUT and state in STANDS_OPEN:
            happenings.append(Happening(events.OPENED, {"cause": self._why(was, now, free).value}))
        if state is DoorState.HELD:
            happenings.append(Happening(events.HELD_OPEN, {"seconds": self._held_open_s}))
        return happenings

    def _why(self, was: DoorState, now: float, free: Cause | None) -> Cause:
        if was is DoorState.UNKNOWN:
            return Cause.UNKNOWN
        if free is not None:
            return free
        return self._cause if now < self._allowed_until else Cause.UNKNOWN

    def _about_box(self, readings: Readings) -> list[Happening]:
        """Say what is new of the reader's box."""
        happenings = []
        if readings.tamper is not None and readings.tamper is not self._tamper:
            happenings.append(Happening(events.TAMPER if readings.tamper else events.TAMPER_RESTORED))
        if readings.power_fault is not None and readings.power_fault is not self._power_fault:
            happenings.append(
                Happening(events.POWER_FAULT if readings.power_fault else events.POWER_RESTORED)
            )
        if readings.tamper is not None:
            self._tamper = readings.tamper
        if readings.power_fault is not None:
            self._power_fault = readings.power_fault
        return happenings
