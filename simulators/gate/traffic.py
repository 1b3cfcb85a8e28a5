"""Cars at a barrier: they queue at loop B, pass over loop A and through the beam when the boom is up, and go.

Whoever watches the lane notices the waiting car after a moment: in an autonomous lane the board's local
relay, which then opens; elsewhere a plate camera. Where nobody opens, cars wait, or turn round when their
patience ends.
"""

import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from simulators.gate.controller import Lane

MOST_WAITING = 6  # the road before the gate is full; further cars turn away
STARTS_AFTER_S = 0.8  # a driver's reaction
ENTERING_S = 0.9  # nose below the boom, tail still on loop B
UNDER_S = 1.4  # tail off loop B, still on loop A
GAP_S = 1.5  # until the next car stands on loop B
TAILGATER_GAP_S = 0.7  # less than any board waits before it closes
NOTICED_AFTER_S = 0.6  # a plate is read, or a card; before a driver starts under a boom that is up
NOTICED_AGAIN_S = 15.0  # the driver tries the card once more, or rolls back and forth


class Place(Enum):
    """Where the first car of the queue is."""

    NOWHERE = "nowhere"
    WAITING = "waiting"
    ENTERING = "entering"
    UNDER = "under"


@dataclass(frozen=True, slots=True)
class Vehicle:
    """A car: what stands on its plate, nothing where that cannot be read; who tailgates waits for nobody."""

    plate: str = ""
    tailgates: bool = False


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

    `may_pass` tells whether the boom is up and not coming down; `notice` hears of the car that waits. `draw`
    makes those that come by chance, the same ones for the same `seed`. `gone` hears of each car that left,
    and whether it passed. Cars without `patience_s` wait for ever.
    """

    def __init__(
        self,
        lane: Lane,
        *,
        may_pass: Callable[[], bool],
        notice: Callable[[Vehicle], None] | None,
        cars_per_minute: float,
        seed: int,
        draw: Callable[[], Vehicle] = Vehicle,
    ) -> None:
        self.passed = 0
        self.turned_away = 0
        self.place = Place.NOWHERE
        self.stalled = False
        self.patience_s: float | None = None
        self.gone: Callable[[Vehicle, bool], None] = lambda _vehicle, _passed: None
        self._queue: deque[Vehicle] = deque()
        self._lane = lane
        self._may_pass = may_pass
        self._notice = notice
        self._draw = draw
        self._per_s = cars_per_minute / 60
        self._random = random.Random(seed)  # noqa: S311 - cars, not keys
        self._next_car_s = self._draw_gap()
        self._in_place_s = 0.0
        self._way_free_s = 0.0
        self._noticed_in_s = 0.0

    @property
    def waiting(self) -> int:
        """How many cars are there, the one below the boom among them."""
        return len(self._queue)

    @property
    def first(self) -> Vehicle | None:
        """The car at the boom, or about to be."""
        return self._queue[0] if self._queue else None

    def arrive(self, vehicle: Vehicle | None = None) -> None:
        """Let a car, by default one by chance, join the queue, or turn away where the queue is full."""
        vehicle = vehicle or self._draw()
        if self.waiting >= MOST_WAITING:
            self._turn_away(vehicle)
        else:
            self._queue.append(vehicle)

    def push_in(self, vehicle: Vehicle) -> None:
        """Let a car join directly behind the first one."""
        self._queue.insert(1, vehicle)

    def stall_under_boom(self) -> None:
        """Let a car stand still below the boom; at once if the boom is up, else as soon as one gets there."""
        self.stalled = True
        if self.place is Place.UNDER or self.place is Place.ENTERING:
            self._move_to(Place.UNDER)
            return
        if not self._queue:
            self._queue.append(self._draw())
        if self._may_pass():
            self._move_to(Place.UNDER)

    def leave(self) -> None:
        """Let the car below the boom drive on; where there is none, the first waiting car turns round."""
        self.stalled = False
        if self.place in _LEGS:
            self._move_to(Place.UNDER)
        elif self._queue:
            self._turn_away(self._queue.popleft())
            self._move_to(Place.NOWHERE)

    def step(self, dt_s: float) -> None:
        """Let `dt_s` seconds pass, and set loops and beam of the lane."""
        self._next_car_s -= dt_s
        if self._next_car_s <= 0:
            self._next_car_s = self._draw_gap()
            self.arrive()
        if self.place is Place.NOWHERE and not self._queue:
            return
        self._in_place_s += dt_s
        if self.place is Place.NOWHERE:
            self._come()
        elif self.place is Place.WAITING:
            self._wait(dt_s)
        else:
            self._drive()

    def _come(self) -> None:
        if self._queue[0].tailgates and self._may_pass():
            if self._in_place_s >= TAILGATER_GAP_S:
                self._move_to(Place.ENTERING)
                self._tell_notice()
        elif self._in_place_s >= GAP_S:
            self._move_to(Place.WAITING)

    def _wait(self, dt_s: float) -> None:
        self._way_free_s = self._way_free_s + dt_s if self._may_pass() else 0.0
        if self._way_free_s >= STARTS_AFTER_S:
            self._move_to(Place.ENTERING)
            return
        self._noticed_in_s -= dt_s
        if self._noticed_in_s <= 0:
            self._noticed_in_s = NOTICED_AGAIN_S
            self._tell_notice()
        if self.patience_s is not None and self._in_place_s >= self.patience_s and not self._way_free_s:
            self.leave()

    def _drive(self) -> None:
        leg = _LEGS[self.place]
        if self._in_place_s < leg.lasts_s or (self.stalled and self.place is Place.UNDER):
            return
        if leg.then is Place.NOWHERE:
            self.passed += 1
            self.gone(self._queue.popleft(), True)
        self._move_to(leg.then)

    def _turn_away(self, vehicle: Vehicle) -> None:
        self.turned_away += 1
        self.gone(vehicle, False)

    def _tell_notice(self) -> None:
        if self._notice is not None:
            self._notice(self._queue[0])

    def _move_to(self, place: Place) -> None:
        self.place = place
        self._in_place_s = self._way_free_s = 0.0
        self._noticed_in_s = NOTICED_AFTER_S
        self._lane.loop_b = place in (Place.WAITING, Place.ENTERING)
        self._lane.loop_a = self._lane.beam = place in (Place.ENTERING, Place.UNDER)

    def _draw_gap(self) -> float:
        return self._random.expovariate(self._per_s) if self._per_s > 0 else float("inf")
