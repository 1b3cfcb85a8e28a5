"""People at a door: they show a card, wait for the strike, open, walk through and let the door fall shut.

From inside they press the exit button instead. Who is not let in goes away again. One after another.
"""

import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum

from simulators.door.cards import Card, stranger
from simulators.door.physics import WALKABLE, Leaf, Strike

MOST_WAITING = 6
STEPS_UP_S = 0.5
KEY_S = 0.3
PRESS_S = 0.6
PATIENCE_S = 10.0
WALK_S = 1.2
LEAVING_SHARE = 0.45
STRANGER_SHARE = 0.04
ENTER = 0x0D  # the # key


class Place(Enum):
    """What the first person at the door does."""

    NOWHERE = "nowhere"
    ARRIVING = "arriving"
    TYPING = "typing"
    PRESSING = "pressing"
    WAITING = "waiting"
    OPENING = "opening"
    WALKING = "walking"


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """Why somebody comes: with a card, perhaps with its PIN, from inside, or just trying the handle."""

    card: Card | None = None
    types_pin: bool = False
    leaves: bool = False
    leaves_open: bool = False


class People:
    """The people at one door. `exit_pressed` is the button they press. The same `seed` brings the same."""

    def __init__(
        self,
        leaf: Leaf,
        strike: Strike,
        *,
        cards: list[Card],
        present: Callable[[Card], None],
        press: Callable[[int], None],
        passes_per_hour: float,
        seed: int,
    ) -> None:
        self.passed = 0
        self.gave_up = 0
        self.exit_pressed = False
        self.place = Place.NOWHERE
        self._leaf, self._strike = leaf, strike
        self._cards = cards
        self._present, self._press = present, press
        self._per_s = passes_per_hour / 3600
        self._dice = random.Random(seed)  # noqa: S311 - people, not keys
        self._coming: deque[Visit] = deque()
        self._visit = Visit()
        self._keys: deque[int] = deque()
        self._in_place_s = 0.0
        self._next_s = self._draw_gap()
        self._at = {
            Place.ARRIVING: self._arriving,
            Place.TYPING: self._typing,
            Place.PRESSING: self._pressing,
            Place.WAITING: self._waiting,
            Place.OPENING: self._opening,
            Place.WALKING: self._walking,
        }

    @property
    def waiting(self) -> int:
        """How many stand at the door."""
        return len(self._coming) + (self.place is not Place.NOWHERE)

    def come(self, visit: Visit) -> None:
        """Let somebody come; where too many stand already, nobody more."""
        if len(self._coming) < MOST_WAITING:
            self._coming.append(visit)

    def come_known(self, *, types_pin: bool) -> None:
        """Let somebody come whose card is known; who is to type a PIN has one, if anybody has."""
        cards = [card for card in self._cards if card.pin or not types_pin] or self._cards
        card = self._dice.choice(cards) if cards else stranger(self._dice, ())
        self.come(Visit(card=card, types_pin=types_pin))

    def come_stranger(self) -> None:
        """Let somebody come whose card nobody knows."""
        self.come(Visit(card=stranger(self._dice, self._cards)))

    def leave_open(self) -> None:
        """Let whoever is at the door, or else somebody who tries it, leave it open."""
        if self.place is Place.NOWHERE:
            self.come(Visit(leaves_open=True))
        else:
            self._visit = replace(self._visit, leaves_open=True)

    def step(self, dt_s: float) -> None:
        """Let `dt_s` seconds pass."""
        self._next_s -= dt_s
        if self._next_s <= 0:
            self._next_s = self._draw_gap()
            self._draw_visit()
        self._in_place_s += dt_s
        if self.place is Place.NOWHERE:
            if self._coming:
                self._visit = self._coming.popleft()
                self._go(Place.ARRIVING)
        else:
            self._at[self.place]()

    def _arriving(self) -> None:
        if self._in_place_s < STEPS_UP_S:
            return
        if self._visit.leaves:
            self.exit_pressed = True
            self._go(Place.PRESSING)
        elif self._visit.card is None:
            self._go(Place.WAITING)
        else:
            self._present(self._visit.card)
            pin = self._visit.card.pin if self._visit.types_pin else ""
            self._keys = deque([*pin.encode(), ENTER] if pin else ())
            self._go(Place.TYPING)

    def _typing(self) -> None:
        if not self._keys:
            self._go(Place.WAITING)
        elif self._in_place_s >= KEY_S:
            self._press(self._keys.popleft())
            self._in_place_s = 0.0

    def _pressing(self) -> None:
        if self._in_place_s >= PRESS_S:
            self.exit_pressed = False
            self._go(Place.WAITING)

    def _waiting(self) -> None:
        if self._strike.unlocked or self._leaf.angle > 0:
            self._leaf.pushed = True
            self._go(Place.OPENING)
        elif self._in_place_s >= PATIENCE_S:
            self.gave_up += 1
            self._go(Place.NOWHERE)

    def _opening(self) -> None:
        if self._leaf.angle >= WALKABLE:
            self._go(Place.WALKING)
        elif self._in_place_s >= PATIENCE_S:
            self._leaf.pushed = False
            self.gave_up += 1
            self._go(Place.NOWHERE)

    def _walking(self) -> None:
        if self._in_place_s >= WALK_S:
            self.passed += 1
            self._leaf.pushed = False
            self._leaf.wedged = self._leaf.wedged or self._visit.leaves_open
            self._go(Place.NOWHERE)

    def _go(self, place: Place) -> None:
        self.place, self._in_place_s = place, 0.0

    def _draw_visit(self) -> None:
        share = self._dice.random()
        if share < LEAVING_SHARE:
            self.come(Visit(leaves=True))
        elif share > 1 - STRANGER_SHARE:
            self.come_stranger()
        else:
            self.come_known(types_pin=any(card.pin for card in self._cards))

    def _draw_gap(self) -> float:
        return self._dice.expovariate(self._per_s) if self._per_s > 0 else float("inf")
