"""How far one definition is with one device: on delay, off delay, and the edges that become signals. Pure.

Times are seconds on the monotonic clock.
"""

from enum import Enum
from typing import Final, NamedTuple, Self

from hub.alarms.rules.comparing import Truth
from hub.alarms.rules.occasion import NOTHING, Occasion
from hub.alarms.rules.watch import Watch


class Phase(Enum):
    """Where a condition stands."""

    REST = "rest"
    RISING = "rising"
    """It holds, but not for long enough yet."""
    RAISED = "raised"
    FALLING = "falling"
    """It is over, but has not been quiet for long enough yet."""
    SPENT = "spent"
    """It was returned by other means while it holds: it raises nothing before it has been normal."""


class Step(NamedTuple):
    """What the desk is told: that it is raised, or over, and what is behind that."""

    raised: bool
    occasion: Occasion


class Condition:
    """One definition and one device.

    `pulsed`: an occasion raised it, not something that lasts. `timed`: at `due` the next step comes by
    itself, no matter what the device shows then. `occasion`: what is behind that step. `since`: the newest
    event that is known to have raised it; what returned it before that is of no interest.
    """

    __slots__ = ("due", "occasion", "phase", "pulsed", "since", "timed", "timer", "watch")

    def __init__(self, watch: Watch) -> None:
        self.watch = watch
        self.phase = Phase.REST
        self.pulsed = False
        self.since = 0
        self.timed = False
        self.due: float | None = None
        self.timer: float | None = None
        self.occasion = NOTHING

    @classmethod
    def standing(cls, watch: Watch, event_seq: int | None, now: float) -> Self:
        """Take up a condition whose alarm stands since before the start."""
        condition = cls(watch)
        condition.phase = Phase.RAISED
        condition.pulsed = event_seq is not None or not watch.raises.level
        condition.since = event_seq or 0
        condition._quieten(now)
        return condition

    @property
    def up(self) -> bool:
        """Whether the desk was told of it, and not yet that it is over."""
        return self.phase in (Phase.RAISED, Phase.FALLING)

    @property
    def keeps(self) -> int | None:
        """The event of the ledger without which, after a crash, the next step would be lost."""
        return self.occasion.seq if self.timed else None

    def level(self, holds: Truth, returns: Truth, now: float, ready_at: float = 0.0) -> Step | None:
        """Take what a look at the device says; `returns` is None where the definition has no such test.

        What comes by itself is not taken here but in `settle`.
        `ready_at`: when, at the earliest, silence counts.
        """
        if self.phase is Phase.REST and holds is True:
            self._go(Phase.RISING, now + self.watch.definition.on_delay_s)
        if self.phase is Phase.RISING:
            return self._rising(holds, returns, now, ready_at)
        if self.phase is Phase.SPENT and holds is not True:
            self.rest()
        return self._up(holds, returns, now) if self.up else None

    def _rising(self, holds: Truth, returns: Truth, now: float, ready_at: float) -> Step | None:
        if (returns if self.timed else _not(holds)) is True:
            self.rest()
            return None
        if self.timed or holds is None:  # unknown neither ends the wait nor completes it
            return None
        self.due = max(self.due or now, ready_at)
        return self._settle(now)

    def _up(self, holds: Truth, returns: Truth, now: float) -> Step | None:
        if holds is True and self.pulsed:
            self.pulsed = False
            if self.watch.returns is None:
                self._go(Phase.RAISED)
        over = self._over(holds, returns)
        if self.phase is Phase.RAISED and over is True:
            self._go(Phase.FALLING, now + self.watch.definition.off_delay_s)
        elif self.phase is Phase.FALLING and not self.timed and over is not True:
            self._go(Phase.RAISED)
        step = self._settle(now) if self.phase is Phase.FALLING and not self.timed else None
        if step is not None and holds is not True:
            self.rest()
        return step

    def _over(self, holds: Truth, returns: Truth) -> Truth:
        if self.watch.returns is not None:
            return returns
        return None if self.pulsed else _not(holds)

    def pulse(self, occasion: Occasion, at: float) -> Step | None:
        """Take an occasion that raises it: each one is told."""
        if self.watch.incident:
            return Step(True, occasion)
        if self.up:
            return self._raise(at, occasion)
        if self.phase is not Phase.RISING or not self.timed:
            due = at + self.watch.definition.on_delay_s
            self._go(Phase.RISING, due if self.due is None else min(due, self.due))
            self.pulsed = self.timed = True
            self.occasion = occasion
        return self._settle(at)

    def over(self, occasion: Occasion, at: float) -> Step | None:
        """Take an occasion that returns it."""
        if self.phase is Phase.RISING and self.timed:
            self.rest()
        if not self.up or (occasion.seq or self.since + 1) <= self.since:
            return None
        if self.phase is Phase.RAISED or not self.timed:
            self._go(Phase.FALLING, at + self.watch.definition.off_delay_s)
        self.timed = True
        self.occasion = occasion
        return self._settle(at)

    def settle(self, now: float) -> Step | None:
        """Take the step that comes by itself, if its time has come."""
        return self._settle(now) if self.timed else None

    def dismiss(self) -> Step | None:
        """Take that a person knows of it: what nothing else can end is over with that."""
        if self.phase is Phase.RAISED and self.pulsed and self.watch.returns is None:
            self.rest()
            return Step(False, NOTHING)
        return None

    def let_go(self) -> None:
        """Take that it is closed by other means: while it lasts, it is not raised again."""
        if self.up:
            self._go(Phase.SPENT if self.watch.raises.level else Phase.REST)

    def rest(self) -> None:
        """Begin anew."""
        self._go(Phase.REST)
        self.pulsed = False

    def _quieten(self, now: float) -> None:
        off_delay_s = self.watch.definition.off_delay_s
        # Some devices say again and again that something is, and never that it is over.
        if self.pulsed and self.watch.returns is None and off_delay_s > 0:
            self._go(Phase.FALLING, now + off_delay_s)
            self.timed = True

    def _settle(self, now: float) -> Step | None:
        if self.due is None or now < self.due:
            return None
        occasion = self.occasion
        if self.phase is Phase.RISING:
            return self._raise(self.due, occasion)
        self.let_go()
        return Step(False, occasion)

    def _raise(self, at: float, occasion: Occasion) -> Step:
        self._go(Phase.RAISED)
        self._quieten(at)
        return Step(True, occasion)

    def _go(self, phase: Phase, due: float | None = None) -> None:
        self.phase = phase
        self.due = due
        self.timed = False
        self.occasion = NOTHING


_NEGATED: Final[dict[Truth, Truth]] = {True: False, False: True, None: None}


def _not(answer: Truth) -> Truth:
    return _NEGATED[answer]
