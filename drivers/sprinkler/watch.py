"""Follows valve and meter from look to look: state, leak, dry pipe, stuck valve. Pure; given the time.

Times are seconds of a clock that never goes back.
"""

from dataclasses import dataclass
from typing import Final

from drivers.runtime.interface import Happening
from drivers.sprinkler.readings import Readings
from drivers.sprinkler.state import NEXT, Sight, ZoneState
from drivers.sprinkler.words import (
    DRY_PIPE,
    FAULT_CLEARED,
    FAULTED,
    LEAK_DETECTED,
    LEAK_ENDED,
    Fault,
)

NEVER: Final = float("-inf")


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How long things may take, in seconds, and the l/min above which water flows."""

    move_s: float
    dry_after_s: float
    leak_after_s: float
    leak_above: float


class Watch:
    """What is known of one valve and its pipe."""

    def __init__(self, limits: Limits) -> None:
        self.state = ZoneState.UNKNOWN
        self.readings: Readings | None = None
        """The latest readings; None while the board does not answer."""
        self.rate: float | None = None
        self.leak = False
        self.dry = False
        self.stands_dry = False
        """Whether the valve has been open for so long without water that there is none."""
        self.fault = Fault.NONE
        self.stuck = False
        """Whether the valve does not go where it was told to go; `fault` stays until it is seen to do so."""
        self.opened_at: float | None = None
        """Since when the valve is open; None if it is shut or not known."""
        self._limits = limits
        self._told: bool | None = None
        self._told_at = NEVER
        self._still_since: float | None = None
        self._flow_since: float | None = None

    @property
    def flowing(self) -> bool:
        """Whether the meter shows water."""
        return self.rate is not None and self.rate > self._limits.leak_above

    @property
    def obeys(self) -> bool:
        """Whether the valve is where it was told to be."""
        return self._told is None

    def told(self, *, open: bool, now: float) -> None:
        """Note that the valve was told to open or close; told again, it has no more time for it."""
        if self._told is not open:
            self._told, self._told_at = open, now
        if open:
            self._still_since = now

    def lost(self) -> None:
        """Note that the board does not answer: nothing is known of the valve."""
        self.state, self.readings, self.rate = ZoneState.UNKNOWN, None, None
        self.opened_at = self._flow_since = self._still_since = self._told = None
        self.stands_dry = self.stuck = False

    def reset(self) -> None:
        """Forget a dry pipe: a person has looked after it."""
        self.dry = False

    def look(self, readings: Readings, rate: float | None, now: float) -> list[Happening]:
        """Take a look; what has happened to pipe and valve."""
        self.readings, self.rate = readings, rate
        if self._told is readings.valve_open:
            self._told = None
        if not readings.valve_open:
            self.opened_at = None
        elif self.opened_at is None:
            self.opened_at = now
        self.stuck = self._told is not None and now - self._told_at > self._limits.move_s
        happenings = [
            *self._about_leak(readings, now),
            *self._about_dryness(readings, now),
            *self._about_fault(self._fault(readings)),
        ]
        self.state = NEXT[self.state][self._sight(readings)]
        return happenings

    def _sight(self, readings: Readings) -> Sight:
        if self.stuck:
            return Sight.DISOBEYS
        if self._told is not None:
            return Sight.TO_OPEN if self._told else Sight.TO_SHUT
        if readings.valve_open:
            if self.flowing or self.rate is None:
                return Sight.FLOWING
            return Sight.DRY if self.stands_dry else Sight.STILL
        if self._foreign(readings) or not self.flowing:
            return Sight.SHUT
        return Sight.LEAKING if self.leak else Sight.RUNNING_OUT

    def _about_leak(self, readings: Readings, now: float) -> list[Happening]:
        """Water through a meter all of whose valves are shut; an unknown rate proves nothing."""
        if readings.valve_open or self._foreign(readings) or self.rate is None:
            self._flow_since = None
            return []
        if not self.flowing:
            self._flow_since = None
            ended, self.leak = self.leak, False
            return [Happening(LEAK_ENDED, {})] if ended else []
        if self._flow_since is None:
            self._flow_since = now
        if self.leak or now - self._flow_since < self._limits.leak_after_s:
            return []
        self.leak = True
        return [Happening(LEAK_DETECTED, {"rate": round(self.rate, 1)})]

    def _about_dryness(self, readings: Readings, now: float) -> list[Happening]:
        self.stands_dry = False
        if not readings.valve_open or self.rate is None:
            self._still_since = None
            return []
        if self.flowing:
            self._still_since, self.dry = None, False
            return []
        if self._still_since is None:
            self._still_since = now
        self.stands_dry = now - self._still_since >= self._limits.dry_after_s
        known, self.dry = self.dry, self.dry or self.stands_dry
        return [] if known or not self.dry else [Happening(DRY_PIPE, {})]

    def _fault(self, readings: Readings) -> Fault:
        """Return what is wrong; a stuck valve is one until it is seen where it would not go."""
        if self.stuck:
            return Fault.VALVE_STUCK_CLOSED if self._told else Fault.VALVE_STUCK_OPEN
        if self.fault is Fault.VALVE_STUCK_OPEN and readings.valve_open:
            return self.fault
        if self.fault is Fault.VALVE_STUCK_CLOSED and not readings.valve_open:
            return self.fault
        return Fault.BOARD_FAULT if readings.board_fault else Fault.NONE

    def _about_fault(self, fault: Fault) -> list[Happening]:
        before, self.fault = self.fault, fault
        if before is fault:
            return []
        happenings = []
        if before is not Fault.NONE:
            happenings.append(Happening(FAULT_CLEARED, {"fault": before.value}))
        if fault is not Fault.NONE:
            happenings.append(Happening(FAULTED, {"fault": fault.value}))
        return happenings

    @staticmethod
    def _foreign(readings: Readings) -> bool:
        """Whether the meter measures other zones' water now."""
        return readings.open_valves > readings.valve_open
