"""Who comes to a gate, by name of the happening: the same ones at every kind of gate, camera or not."""

import random
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from simulators.gate.traffic import Traffic, Vehicle
from simulators.lpr.fleet import Fleet, Plates

VISITOR_SHARE = 0.04
STRANGER_SHARE = 0.01


class Arrivals:
    """Lets cars of a fleet come to one gate: into the community, `leaving` it, or, None, within it."""

    def __init__(self, *, leaving: bool | None, seed: int) -> None:
        self.fleet = Fleet(Plates())
        self._leaving = leaving
        self._dice = random.Random(seed ^ 0x5EED)  # noqa: S311 - cars, not keys

    def by_chance(self) -> Vehicle:
        """Draw who comes on an ordinary day."""
        share = self._dice.random()
        if share < VISITOR_SHARE:
            return Vehicle(self.fleet.visitor(self._dice))
        if share > 1 - STRANGER_SHARE:
            return Vehicle(self.fleet.stranger(self._dice))
        return self.known()

    def known(self) -> Vehicle:
        """Draw a resident."""
        return Vehicle(self.fleet.resident(self._dice, leaving=self._leaving))

    def visitor(self) -> Vehicle:
        """Draw a visitor."""
        return Vehicle(self.fleet.visitor(self._dice))

    def stranger(self) -> Vehicle:
        """Draw somebody whom nobody knows."""
        return Vehicle(self.fleet.stranger(self._dice))

    def blocked(self) -> Vehicle:
        """Draw somebody who must not come in."""
        return Vehicle(self.fleet.blocked(self._dice))

    def tailgater(self) -> Vehicle:
        """Draw a stranger who will follow close behind whoever is first."""
        return Vehicle(self.fleet.stranger(self._dice), tailgates=True)

    def unreadable(self) -> Vehicle:
        """Draw a car whose plate is covered in mud."""
        return Vehicle()

    def gone(self, vehicle: Vehicle, passed: bool) -> None:
        """Take note that a car passed or turned round."""
        self.fleet.gone(vehicle.plate, passed=passed, leaving=self._leaving)


def _follow(traffic: Traffic, arrivals: Arrivals) -> None:
    if traffic.first is None:
        traffic.arrive(arrivals.known())
    traffic.push_in(arrivals.tailgater())


HAPPENINGS: Final[Mapping[str, Callable[[Traffic, Arrivals], None]]] = MappingProxyType(
    {
        "car-arrives": lambda traffic, _arrivals: traffic.arrive(),
        "vehicle-arrives": lambda traffic, arrivals: traffic.arrive(arrivals.known()),
        "visitor-arrives": lambda traffic, arrivals: traffic.arrive(arrivals.visitor()),
        "stranger-arrives": lambda traffic, arrivals: traffic.arrive(arrivals.stranger()),
        "blocked-arrives": lambda traffic, arrivals: traffic.arrive(arrivals.blocked()),
        "unreadable": lambda traffic, arrivals: traffic.arrive(arrivals.unreadable()),
        "tailgater": _follow,
        "car-waits-under-boom": lambda traffic, _arrivals: traffic.stall_under_boom(),
        "car-leaves": lambda traffic, _arrivals: traffic.leave(),
    }
)
"""What can happen in a lane."""
