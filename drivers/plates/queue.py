"""The vehicles that were read before a gate and have not passed, in the order in which they came. Pure.

Times are seconds of a clock that never goes back.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from contract.passes import Means
from drivers.plates.alike import alike
from drivers.plates.passing import LetIn, Reading, Scene

MOST_WAITING: Final = 8
"""Vehicles that are known and have not passed; a lane holds fewer."""

CORRECTED_S: Final = 5.0
"""A camera that read a plate wrongly says it better within this time."""

BEHIND_S: Final = 3.0
"""Before a boom that is down stands one vehicle: who was read so long before another has left."""

WAITS_S: Final = 60.0
"""A vehicle that is not read again has left, where no approach loop says so."""

LEFT_S: Final = 3.0
"""An approach loop that is free for so long: whoever waited has left."""

STUCK_S: Final = 900.0
"""No vehicle waits longer; the approach loop is broken, or something else stands on it."""


@dataclass(slots=True, kw_only=True)
class Vehicle:
    """One that was read and has not passed. `means`: by what it was let in at `let_at`, None: it was not."""

    reading: Reading
    first_at: float
    last_at: float
    means: Means | None = None
    let_at: float = 0.0


class Queue:
    """Who is there."""

    def __init__(self) -> None:
        self._vehicles: list[Vehicle] = []
        self._free_since: float | None = None

    def __iter__(self) -> Iterator[Vehicle]:
        """Go through those there are now; they may be removed meanwhile."""
        return iter(tuple(self._vehicles))

    def let_in(self) -> Vehicle | None:
        """Return the first that was let in."""
        return next((each for each in self._vehicles if each.means is not None), None)

    def waiting(self) -> Vehicle | None:
        """Return the first that was not let in."""
        return next((each for each in self._vehicles if each.means is None), None)

    def has(self, plate: str) -> bool:
        """Whether a vehicle with this plate is there."""
        return any(each.reading.plate == plate for each in self._vehicles)

    def take(self, reading: Reading, scene: Scene, now: float) -> Vehicle:
        """Take a reading; the vehicle that it is of, new or read again."""
        vehicle = self._same(reading, now)
        if vehicle is None:
            self._make_room(scene, now)
            vehicle = Vehicle(reading=reading, first_at=now, last_at=now)
            self._vehicles.append(vehicle)
        elif reading.admitted or vehicle.means is None:
            vehicle.reading = reading
        vehicle.last_at = now
        return vehicle

    def resume(self, vehicle: LetIn) -> None:
        """Take one that was let in before nobody looked."""
        self._vehicles.append(
            Vehicle(
                reading=vehicle.reading,
                first_at=vehicle.at,
                last_at=vehicle.at,
                means=vehicle.means,
                let_at=vehicle.at,
            )
        )

    def remove(self, vehicle: Vehicle) -> None:
        """Take that it has passed, or left."""
        self._vehicles.remove(vehicle)

    def too_late(self, scene: Scene, now: float) -> None:
        """Take that the boom came down: who was let in before that drove away, or waits once more."""
        for each in self:
            if each.means is None or now - each.let_at <= BEHIND_S:
                continue
            if scene.approach:
                each.means = None
            else:
                self.remove(each)

    def forget(self, scene: Scene, now: float) -> None:
        """Take that vehicles have left."""
        if scene.approach is not False:
            self._free_since = None
        elif self._free_since is None:
            self._free_since = now
        free = self._free_since is not None and now - self._free_since >= LEFT_S
        self._vehicles = [each for each in self._vehicles if _is_there(each, scene, now, free=free)]

    def _same(self, reading: Reading, now: float) -> Vehicle | None:
        """Return the vehicle that was read before and is read again, or read better."""
        for each in reversed(self._vehicles):
            if each.reading.plate == reading.plate:
                return each
        last = self._vehicles[-1] if self._vehicles else None
        if last is None or now - last.last_at > CORRECTED_S or (last.reading.admitted and reading.admitted):
            return None
        return last if alike(last.reading.plate, reading.plate) else None

    def _make_room(self, scene: Scene, now: float) -> None:
        """Take that another vehicle is there: who stood before a boom that is down has left."""
        if scene.down is not False:
            self._vehicles = [
                each
                for each in self._vehicles
                if now - each.last_at <= BEHIND_S or (scene.down is None and each.means is not None)
            ]
        del self._vehicles[: max(0, len(self._vehicles) - MOST_WAITING + 1)]


def _is_there(vehicle: Vehicle, scene: Scene, now: float, *, free: bool) -> bool:
    silent_s = now - vehicle.last_at
    if silent_s > STUCK_S:
        return False
    if vehicle.means is not None:
        return scene.down is False or silent_s <= WAITS_S
    if scene.approach is None:
        return silent_s <= WAITS_S
    return not (free and silent_s >= LEFT_S)
