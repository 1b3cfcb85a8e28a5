"""People at a face terminal: they look into it or hold a card to it, wait for the lock, and walk through."""

from collections import deque
from collections.abc import Callable
from enum import Enum

from simulators.door.physics import WALKABLE, Leaf, Strike

MOST_WAITING = 6
STEPS_UP_S = 0.5
PATIENCE_S = 6.0
WALK_S = 1.2


class Place(Enum):
    """What the first person at the door does."""

    NOWHERE = "nowhere"
    ARRIVING = "arriving"
    WAITING = "waiting"
    WALKING = "walking"


Attempt = Callable[[], None]
"""What somebody does at the terminal."""


class Passers:
    """The people at one door, one after another."""

    def __init__(self, leaf: Leaf, strike: Strike) -> None:
        self.passed = self.gave_up = 0
        self.place = Place.NOWHERE
        self._leaf, self._strike = leaf, strike
        self._coming: deque[Attempt] = deque()
        self._in_place_s = 0.0

    @property
    def waiting(self) -> int:
        """How many stand at the door."""
        return len(self._coming)

    def come(self, attempt: Attempt) -> None:
        """Let somebody come; where too many stand already, nobody more."""
        if len(self._coming) < MOST_WAITING:
            self._coming.append(attempt)

    def step(self, dt_s: float) -> None:
        """Let `dt_s` seconds pass."""
        if not self._coming:
            return
        self._in_place_s += dt_s
        if self.place is Place.NOWHERE:
            if self._leaf.angle <= 0:  # nobody slips in behind another
                self._go(Place.ARRIVING)
        elif self.place is Place.ARRIVING:
            if self._in_place_s >= STEPS_UP_S:
                self._coming[0]()
                self._go(Place.WAITING)
        elif self.place is Place.WAITING:
            self._wait()
        elif self._in_place_s >= WALK_S:
            self.passed += 1
            self._leave()

    def _wait(self) -> None:
        if self._strike.unlocked:
            self._leaf.pushed = True
        if self._leaf.angle >= WALKABLE:
            self._go(Place.WALKING)
        elif self._in_place_s >= PATIENCE_S:
            self.gave_up += 1
            self._leave()

    def _leave(self) -> None:
        self._leaf.pushed = False
        self._coming.popleft()
        self._go(Place.NOWHERE)

    def _go(self, place: Place) -> None:
        self.place, self._in_place_s = place, 0.0
