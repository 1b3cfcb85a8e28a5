"""Follows one boom from look to look: its state, and what has happened in between. Pure; given the time.

Times are seconds of a clock that never goes back.
"""

from dataclasses import dataclass
from typing import Final

from drivers.gate.board import Readings
from drivers.gate.faults import STOPS_MOVES, Fault
from drivers.gate.state import DIRECTION, NEXT, GateState, Sight, Told
from drivers.runtime.interface import Happening

MOVED: Final = 0.5
"""% of the way from one look to the next that count as movement."""

RESTS_AFTER_S: Final = 0.4
"""A boom whose position has not changed for so long is at rest."""

TOLD_S: Final = 15.0
"""A move that begins so soon after a command is taken for its effect."""

VEHICLE_S: Final = 10.0
"""A boom that opens so soon after a vehicle was seen was opened for it, by the lane's own relay."""

OPENED: Final = "hemei.gate.opened"
CLOSED: Final = "hemei.gate.closed"
VEHICLE_PASSED: Final = "hemei.gate.vehicle-passed"
FAULTED: Final = "hemei.gate.faulted"
FAULT_CLEARED: Final = "hemei.gate.fault-cleared"
OPERATED_MANUALLY: Final = "hemei.gate.operated-manually"
REOPENED: Final = "hemei.gate.reopened-on-obstruction"

NEVER: Final = float("-inf")


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One look at the board, and when it was."""

    at: float
    readings: Readings


class Watch:
    """What is known of one boom."""

    def __init__(self) -> None:
        self.state = GateState.UNKNOWN
        self.last: Look | None = None
        """The latest look; None while the board does not answer."""
        self._settled: GateState | None = None
        self._fault: Fault | None = None
        self._moved_at = NEVER
        self._told: Told | None = None
        self._told_at: dict[Told, float] = {}
        self._vehicle_at = NEVER
        self._blocked_at: float | None = None
        self._obstacle: str | None = None

    @property
    def readings(self) -> Readings | None:
        """The latest readings, None while the board does not answer."""
        return self.last.readings if self.last else None

    def told(self, what: Told, now: float, *, ordered: bool = True) -> None:
        """Note that the board was told something; `ordered` by somebody, so that nobody is surprised."""
        self._told = what
        if ordered:
            self._told_at[what] = now

    def lost(self) -> None:
        """Note that the board does not answer: nothing is known of it."""
        self.state, self.last, self._blocked_at = GateState.UNKNOWN, None, None

    def at_rest(self, now: float) -> bool:
        """Whether the boom has not moved for a while."""
        return now - self._moved_at >= RESTS_AFTER_S

    def look(self, readings: Readings, now: float) -> list[Happening]:
        """Take a look; what has happened since the one before."""
        before, was = self.last, self.state
        self._note_movement(readings, now)
        self.last = Look(at=now, readings=readings)
        self.state = NEXT[was][self._sight(before, readings, now)]
        if not readings.way_clear or readings.loop_b:
            self._vehicle_at = now
        self._note_obstacle(before, readings, was)
        happenings = [
            *self._about_arrival(was, now),
            *self._about_vehicle(before, readings),
            *self._about_hand(before, readings, was, now),
            *self._about_fault(readings.fault),
        ]
        self._told = None
        return happenings

    def closes_on_something(self) -> bool:
        """Whether the boom still comes down a look after something was seen under it.

        A board with rules of its own gets the time of one look to turn round by itself.
        """
        if self.last is None or self.state is not GateState.CLOSING or self.last.readings.way_clear:
            self._blocked_at = None
            return False
        if self._blocked_at is None:
            self._blocked_at = self.last.at
        return self.last.at > self._blocked_at

    def _note_movement(self, readings: Readings, now: float) -> None:
        before = self.readings
        if before is None or before.position is None or readings.position is None:
            return
        if abs(readings.position - before.position) >= MOVED:
            self._moved_at = now

    def _sight(self, before: Look | None, readings: Readings, now: float) -> Sight:
        if readings.up_limit and readings.down_limit:
            return Sight.CONTRADICTION
        if readings.fault is Fault.BOOM_BROKEN:
            return Sight.STUCK
        if readings.up_limit:
            return Sight.AT_TOP
        if readings.down_limit:
            return Sight.AT_BOTTOM
        sight = self._sight_between(before.readings if before else None, readings, now)
        stuck = sight is Sight.RESTING and readings.fault in STOPS_MOVES
        return Sight.STUCK if stuck else sight

    def _sight_between(self, before: Readings | None, readings: Readings, now: float) -> Sight:
        if readings.position is None:
            if readings.fault in STOPS_MOVES:
                return Sight.RESTING
            return DIRECTION[self._told] if self._told else Sight.BETWEEN
        if before is None or before.position is None:
            return Sight.BETWEEN
        moved = readings.position - before.position
        if abs(moved) >= MOVED:
            return Sight.RISING if moved > 0 else Sight.FALLING
        return Sight.RESTING if self.at_rest(now) else Sight.BETWEEN

    def _about_arrival(self, was: GateState, now: float) -> list[Happening]:
        if self.state not in (GateState.OPEN, GateState.CLOSED) or self.state is was:
            return []
        news = self._settled is not None if was is not GateState.UNKNOWN else self._settled != self.state
        first = self._settled is None
        self._settled = self.state
        if first or not news:
            return []
        opened = self.state is GateState.OPEN
        commanded = now - self._told_at.get(Told.OPEN if opened else Told.CLOSE, NEVER) <= TOLD_S
        return [Happening(OPENED if opened else CLOSED, {"commanded": commanded})]

    def _about_vehicle(self, before: Look | None, readings: Readings) -> list[Happening]:
        up = self.state in (GateState.OPEN, GateState.OPENING)
        if before is None or not up or before.readings.fault is Fault.LOOP_FAULT:
            return []
        return [Happening(VEHICLE_PASSED, {})] if before.readings.loop_a and not readings.loop_a else []

    def _about_hand(
        self, before: Look | None, readings: Readings, was: GateState, now: float
    ) -> list[Happening]:
        """Tell moves that nobody ordered: by hand, by a vehicle in the way, or by an unknown hand."""
        if before is None:
            return []
        if readings.manual:
            return [] if before.readings.manual else [Happening(OPERATED_MANUALLY, {"how": "hand-crank"})]
        rises = self.state in (GateState.OPENING, GateState.OPEN)
        if not rises or was not in (GateState.CLOSED, GateState.CLOSING, GateState.STOPPED):
            return []
        ordered = now - self._told_at.get(Told.OPEN, NEVER) <= TOLD_S
        if self._obstacle and (was is GateState.CLOSING or not ordered):
            return [Happening(REOPENED, {"cause": self._obstacle})]
        if ordered or now - self._vehicle_at <= VEHICLE_S:
            return []
        return [Happening(OPERATED_MANUALLY, {"how": "locally"})]

    def _note_obstacle(self, before: Look | None, readings: Readings, was: GateState) -> None:
        """Remember what a closing boom met: it may show some looks before the boom has turned round."""
        closing = self.state is GateState.CLOSING
        if was is not GateState.CLOSING and (closing or was in (GateState.OPEN, GateState.CLOSED)):
            self._obstacle = None
        if before is None or GateState.CLOSING not in (was, self.state):
            return
        if readings.fault is Fault.OBSTRUCTION and before.readings.fault is not Fault.OBSTRUCTION:
            self._obstacle = "hit"
        elif self._obstacle is None and not readings.way_clear:
            self._obstacle = "vehicle" if readings.loop_a else "beam"

    def _about_fault(self, fault: Fault) -> list[Happening]:
        before, self._fault = self._fault, fault
        if before is None or before is fault:
            return []
        happenings = []
        if before is not Fault.NONE:
            happenings.append(Happening(FAULT_CLEARED, {"fault": before.value}))
        if fault is not Fault.NONE:
            happenings.append(Happening(FAULTED, {"fault": fault.value}))
        return happenings
