"""The iron of a door: leaf, closer, strike and contact. No clock but `dt_s`, no I/O."""

from dataclasses import dataclass
from enum import Enum

WIDE = 90.0  # degrees
CONTACT_AT = 3.0  # degrees at which the magnet has left the contact
WALKABLE = 60.0  # degrees that a person needs


class Motion(Enum):
    """What the leaf does."""

    CLOSED = "closed"
    OPENING = "opening"
    OPEN = "open"
    CLOSING = "closing"


@dataclass(slots=True, kw_only=True)
class Strike:
    """What holds a closed leaf: told by the reader's output, it lets go or holds after `delay_s`.

    `fail_safe` is a magnet, which lets go without power; else a bolt, which holds without power. A `stuck`
    one stays as it is, whatever it is told.
    """

    delay_s: float = 0.15
    fail_safe: bool = False
    powered: bool = True
    active: bool = False
    stuck: bool = False
    unlocked: bool = False
    _since_s: float = 0.0

    def step(self, dt_s: float) -> None:
        """Let `dt_s` seconds pass."""
        wanted = self.active if self.powered else self.fail_safe
        if self.stuck or wanted == self.unlocked:
            self._since_s = 0.0
            return
        self._since_s += dt_s
        if self._since_s >= self.delay_s:
            self.unlocked, self._since_s = wanted, 0.0


@dataclass(slots=True, kw_only=True)
class Leaf:
    """The leaf and its closer. `open_s` is what a person takes to open it, `close_s` the closer to shut it.

    `pushed`: a person holds it open. `wedged`: something keeps it from falling shut. `forced`: somebody tears
    it open, lock or no lock.
    """

    open_s: float = 1.0
    close_s: float = 3.0
    angle: float = 0.0
    pushed: bool = False
    wedged: bool = False
    forced: bool = False
    motion: Motion = Motion.CLOSED

    def step(self, dt_s: float, *, unlocked: bool) -> None:
        """Let `dt_s` seconds pass. A closed leaf opens only where nothing holds it."""
        before = self.angle
        held = self.angle <= 0 and not unlocked
        if self.forced or (self.pushed and not held):
            self.angle = min(WIDE, self.angle + WIDE * dt_s / self.open_s)
        elif not self.wedged:
            self.angle = max(0.0, self.angle - WIDE * dt_s / self.close_s)
        self.motion = self._motion(self.angle - before)

    def _motion(self, by: float) -> Motion:
        if self.angle <= 0:
            return Motion.CLOSED
        if by > 0:
            return Motion.OPENING
        return Motion.CLOSING if by < 0 else Motion.OPEN


@dataclass(slots=True, kw_only=True)
class Contact:
    """The door contact: open where the leaf is. A `stuck` one goes on saying what it said."""

    open: bool = False
    stuck: bool = False

    def watch(self, leaf: Leaf) -> None:
        """Look at the leaf."""
        if not self.stuck:
            self.open = leaf.angle > CONTACT_AT
