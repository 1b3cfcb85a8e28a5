"""Cars at a barrier: they queue at loop B, pass over loop A and through the beam when the boom is up, and go.

In an autonomous lane the waiting car's plate or ticket closes the board's local relay after a moment, as an
LPR camera does in the field, so that cars pass with nobody commanding. Elsewhere they wait until somebody
opens.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from simulators.gate.controller import Lane

MOST_WAITING = 6  # the road before the gate is full; further cars turn away
STARTS_AFTER_S = 0.8  # a driver's reaction
ENTERING_S = 0.9  # nose below the boom, tail still on loop B
UNDER_S = 1.4  # tail off loop B, still on loop A
GAP_S = 1.5  # until the next car stands on loop B
RELAY_AFTER_S = 1.2  # a plate is read, or a ticket taken
RELAY_AGAIN_S = 15.0  # the driver tries the card once more


class Place(Enum):
    """Where the first car of the queue is."""

    NOWHERE = "nowhere"
    WAITING = "waiting"
    ENTERING = "entering"
    UNDER = "under"


@dataclass(frozen=True, slots=True)
class _Leg:
    lasts_s: float
    then: Place


_LEGS = {
    Place.ENTERING: _Leg(ENTERING_S, Place.UNDER),
    Place.UNDER: _Leg(UNDER_S, Place.NOWHERE),
}


class Traffic:
    """The cars of one lane.

    `may_pass` tells whether the boom is up and not coming down; `relay`, in an autonomous lane, asks the
    board to open. The same `seed` brings the same cars.
    """

    def __init__(
        self,
        lane: Lane,
        *,
        may_pass: Callable[[], bool],
        relay: Callable[[], None] | None,
        cars_per_minute: float,
        seed: int,
    ) -> None:
        self.passed = 0
        self.waiting = 0
        self.turned_away = 0
        self.place = Place.NOWHERE
        self.stalled = False
        self._lane = lane
        self._may_pass = may_pass
        self._relay = relay
        self._per_s = cars_per_minute / 60
        self._random = random.Random(seed)  # noqa: S311 - cars, not keys
        self._next_car_s = self._draw_gap()
        self._in_place_s = 0.0
        self._way_free_s = 0.0
        self._relay_in_s = 0.0

    def arrive(self) -> None:
        """Let a car join the queue, or turn away where the queue is full."""
        if self.waiting >= MOST_WAITING:
            self.turned_away += 1
        else:
            self.waiting += 1

    def stall_under_boom(self) -> None:
        """Let a car stand still below the boom; at once if the boom is up, else as soon as one gets there."""
        self.stalled = True
        if self.place is Place.UNDER or self.place is Place.ENTERING:
            self._move_to(Place.UNDER)
            return
        self.waiting = max(1, self.waiting)
        if self._may_pass():
            self._move_to(Place.UNDER)

    def leave(self) -> None:
        """Let the car below the boom drive on; where there is none, the first waiting car turns round."""
        self.stalled = False
        if self.place in _LEGS:
            self._move_to(Place.UNDER)
        elif self.waiting:
            self.waiting -= 1
            self._move_to(Place.NOWHERE)

    def step(self, dt_s: float) -> None:
        """Let `dt_s` seconds pass, and set loops and beam of the lane."""
        self._next_car_s -= dt_s
        if self._next_car_s <= 0:
            self._next_car_s = self._draw_gap()
            self.arrive()
        if self.place is Place.NOWHERE and not self.waiting:
            return
        self._in_place_s += dt_s
        if self.place is Place.NOWHERE:
            if self._in_place_s >= GAP_S:
                self._move_to(Place.WAITING)
        elif self.place is Place.WAITING:
            self._wait(dt_s)
        else:
            self._drive()

    def _wait(self, dt_s: float) -> None:
        self._way_free_s = self._way_free_s + dt_s if self._may_pass() else 0.0
        if self._way_free_s >= STARTS_AFTER_S:
            self._move_to(Place.ENTERING)
            return
        self._relay_in_s -= dt_s
        if self._relay is not None and self._relay_in_s <= 0:
            self._relay_in_s = RELAY_AGAIN_S
            self._relay()

    def _drive(self) -> None:
        leg = _LEGS[self.place]
        if self._in_place_s < leg.lasts_s or (self.stalled and self.place is Place.UNDER):
            return
        if leg.then is Place.NOWHERE:
            self.passed += 1
            self.waiting -= 1
        self._move_to(leg.then)

    def _move_to(self, place: Place) -> None:
        self.place = place
        self._in_place_s = self._way_free_s = 0.0
        self._relay_in_s = RELAY_AFTER_S
        self._lane.loop_b = place in (Place.WAITING, Place.ENTERING)
        self._lane.loop_a = self._lane.beam = place in (Place.ENTERING, Place.UNDER)

    def _draw_gap(self) -> float:
        return self._random.expovariate(self._per_s) if self._per_s > 0 else float("inf")
