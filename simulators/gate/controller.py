"""What a barrier's control board decides: its states and transitions as a total table, and its safety rules.

Rules: no closing while loop A or the beam is occupied; a vehicle that comes below a closing boom reopens
it; hitting something reopens it with fault 3; a move that takes longer than the move timeout ends in fault
2; hand crank and emergency stop take the motor away. A fault of a move stays until a later move ends at its
limit switch, or a reset.
"""

from dataclasses import dataclass
from enum import Enum, IntEnum

from simulators.gate.physics import Boom, Motor


class State(Enum):
    """What the board believes that the boom does."""

    CLOSED = "closed"
    OPENING = "opening"
    OPEN = "open"
    CLOSING = "closing"
    STOPPED = "stopped"
    FAULT = "fault"


class Trigger(Enum):
    """What can happen to the board."""

    OPEN = "told to open"
    CLOSE = "told to close"
    STOP = "told to stop"
    AT_UP = "up limit reached"
    AT_DOWN = "down limit reached"
    ADRIFT = "moved off its limit by hand"
    BLOCKED = "vehicle below the closing boom"
    STRUCK = "boom hit something"
    TIMEOUT = "move timeout"
    TRIPPED = "motor over-current"
    DISABLED = "hand crank or emergency stop"


class Fault(IntEnum):
    """Fault codes of input register 1."""

    NONE = 0
    MOTOR_OVER_CURRENT = 1
    LIMIT_TIMEOUT = 2
    OBSTRUCTION = 3
    LOOP_FAULT = 4
    BOOM_BROKEN = 5


_MOVES: dict[tuple[State, Trigger], State] = {
    (State.CLOSED, Trigger.OPEN): State.OPENING,
    (State.CLOSED, Trigger.AT_UP): State.OPEN,
    (State.CLOSED, Trigger.ADRIFT): State.STOPPED,
    (State.OPENING, Trigger.CLOSE): State.CLOSING,
    (State.OPENING, Trigger.STOP): State.STOPPED,
    (State.OPENING, Trigger.AT_UP): State.OPEN,
    (State.OPENING, Trigger.TIMEOUT): State.FAULT,
    (State.OPENING, Trigger.TRIPPED): State.FAULT,
    (State.OPENING, Trigger.DISABLED): State.STOPPED,
    (State.OPEN, Trigger.CLOSE): State.CLOSING,
    (State.OPEN, Trigger.AT_DOWN): State.CLOSED,
    (State.OPEN, Trigger.ADRIFT): State.STOPPED,
    (State.CLOSING, Trigger.OPEN): State.OPENING,
    (State.CLOSING, Trigger.STOP): State.STOPPED,
    (State.CLOSING, Trigger.AT_DOWN): State.CLOSED,
    (State.CLOSING, Trigger.BLOCKED): State.OPENING,
    (State.CLOSING, Trigger.STRUCK): State.OPENING,
    (State.CLOSING, Trigger.TIMEOUT): State.FAULT,
    (State.CLOSING, Trigger.TRIPPED): State.FAULT,
    (State.CLOSING, Trigger.DISABLED): State.STOPPED,
    (State.STOPPED, Trigger.OPEN): State.OPENING,
    (State.STOPPED, Trigger.CLOSE): State.CLOSING,
    (State.STOPPED, Trigger.AT_UP): State.OPEN,
    (State.STOPPED, Trigger.AT_DOWN): State.CLOSED,
    (State.FAULT, Trigger.OPEN): State.OPENING,
    (State.FAULT, Trigger.CLOSE): State.CLOSING,
}

TRANSITIONS: dict[State, dict[Trigger, State]] = {
    state: {trigger: _MOVES.get((state, trigger), state) for trigger in Trigger} for state in State
}
"""Total: what is not listed as a move leaves the state as it is."""

_FAULT_OF = {
    Trigger.STRUCK: Fault.OBSTRUCTION,
    Trigger.TIMEOUT: Fault.LIMIT_TIMEOUT,
    Trigger.TRIPPED: Fault.MOTOR_OVER_CURRENT,
}
_MOTOR_OF = {State.OPENING: Motor.UP, State.CLOSING: Motor.DOWN}


@dataclass(slots=True, kw_only=True)
class Lane:
    """What the sensors in the lane see; traffic and faults write it, the controller reads it."""

    loop_a: bool = False
    loop_b: bool = False
    beam: bool = False
    loop_broken: bool = False
    boom_broken: bool = False
    emergency_stop: bool = False

    @property
    def under_boom(self) -> bool:
        """Loop A as its detector reports it: a broken loop fails to the safe side, occupied."""
        return self.loop_a or self.loop_broken


class Controller:
    """The board's logic over one boom and one lane.

    `auto_close_s` None leaves an open boom open; a number closes it that many seconds after a vehicle has
    left loop A.
    """

    def __init__(
        self, boom: Boom, lane: Lane, *, move_timeout_s: float = 7.0, auto_close_s: float | None = None
    ) -> None:
        self.state = State.CLOSED
        self.cycles = 0
        self.hold_open = False
        self._boom = boom
        self._lane = lane
        self._move_timeout_s = move_timeout_s
        self._auto_close_s = auto_close_s
        self._moving_s = 0.0
        self._closes_in_s: float | None = None
        self._latched = Fault.NONE
        self._reopening = False
        self._was_under_boom = False

    @property
    def fault(self) -> Fault:
        """The fault code that the board reports."""
        if self._lane.boom_broken:
            return Fault.BOOM_BROKEN
        if self._latched:
            return self._latched
        return Fault.LOOP_FAULT if self._lane.loop_broken else Fault.NONE

    @property
    def disabled(self) -> bool:
        """Whether hand crank or emergency stop keep the motor off."""
        return self._boom.cranked or self._lane.emergency_stop

    @property
    def way_clear(self) -> bool:
        """Whether neither loop A nor the beam see anything below the boom."""
        return not (self._lane.under_boom or self._lane.beam)

    def open(self) -> bool:
        """Raise the boom and forget a pending automatic close; False where the motor is taken away."""
        if self.disabled:
            return False
        self._closes_in_s = None
        self._fire(Trigger.OPEN)
        return True

    def close(self) -> bool:
        """Lower the boom; False where a rule forbids it (occupied, held open, motor taken away)."""
        if self.disabled or self.hold_open or not self.way_clear:
            return False
        self._closes_in_s = None
        self._fire(Trigger.CLOSE)
        return True

    def stop(self) -> None:
        """Stop the boom where it is."""
        self._closes_in_s = None
        self._fire(Trigger.STOP)

    def hold(self, on: bool) -> None:
        """Keep the boom up while `on`."""
        released = self.hold_open and not on
        self.hold_open = on
        if on:
            self.open()
        elif released:
            self.close_later()

    def close_later(self, after_s: float | None = None) -> None:
        """Plan the automatic close in `after_s` (None: the lane's own delay), where the lane has one."""
        if self._auto_close_s is not None:
            self._closes_in_s = self._auto_close_s if after_s is None else after_s

    def reset(self) -> None:
        """Start anew as after a power cut or a repair: no fault, no hold, the state that the limits show."""
        self.hold_open = False
        self._latched = Fault.NONE
        self._reopening = False
        self._boom.motor = Motor.OFF
        self.state = State.STOPPED
        self._fire_limits()
        self.close_later()

    def step(self, dt_s: float) -> None:
        """Look at boom and lane after `dt_s` seconds and act."""
        under_boom = self._lane.under_boom
        if self._was_under_boom and not under_boom:
            self.close_later()
        self._was_under_boom = under_boom
        if self.state in _MOTOR_OF:
            self._watch_move(dt_s)
        elif self._boom.cranked:
            self._fire_limits()
        elif self._closes_in_s is not None and self.state is State.OPEN and self.way_clear:
            self._closes_in_s -= dt_s
            if self._closes_in_s <= 0:
                self.close()

    def _watch_move(self, dt_s: float) -> None:
        self._moving_s += dt_s
        if self.disabled:
            self._fire(Trigger.DISABLED)
        elif self._boom.struck:
            self._fire(Trigger.STRUCK)
            self.close_later()
        elif self.state is State.CLOSING and not self.way_clear:
            self._fire(Trigger.BLOCKED)
        elif self._boom.over_current:
            self._fire(Trigger.TRIPPED)
        elif self.state is State.OPENING and self._boom.up_limit:
            self._arrive(Trigger.AT_UP)
        elif self.state is State.CLOSING and self._boom.down_limit:
            self._arrive(Trigger.AT_DOWN)
        elif self._moving_s >= self._move_timeout_s:
            self._fire(Trigger.TIMEOUT)

    def _arrive(self, trigger: Trigger) -> None:
        if trigger is Trigger.AT_UP:
            self.cycles += 1
        if not self._reopening:
            self._latched = Fault.NONE
        self._reopening = False
        self._fire(trigger)

    def _fire_limits(self) -> None:
        if self._boom.up_limit:
            self._fire(Trigger.AT_UP)
        elif self._boom.down_limit:
            self._fire(Trigger.AT_DOWN)
        else:
            self._fire(Trigger.ADRIFT)

    def _fire(self, trigger: Trigger) -> None:
        before, self.state = self.state, TRANSITIONS[self.state][trigger]
        if self.state is before:
            return
        if trigger in _FAULT_OF:
            self._latched = _FAULT_OF[trigger]
        self._reopening = trigger is Trigger.STRUCK
        self._moving_s = 0.0
        self._boom.motor = _MOTOR_OF.get(self.state, Motor.OFF)
