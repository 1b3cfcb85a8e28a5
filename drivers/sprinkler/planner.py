"""When a zone begins to water by itself: its programmes, dry soil, somebody who comes near. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from drivers.sprinkler.options import SprinklerOptions
from drivers.sprinkler.programme import Start, next_start, within_hours
from drivers.sprinkler.readings import Climate
from drivers.sprinkler.words import Cause

STARTS_WITHIN: Final = timedelta(minutes=2)
"""A programme whose start was missed by more, by a driver that was away, waits for its next one."""

NEVER: Final = float("-inf")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A watering that is due: why, for how long, and the soil moisture in % at which it is enough."""

    cause: Cause
    seconds: float
    target: float | None = None


class Planner:
    """Looks at clock, soil and approach contact. `now` is monotonic seconds, `wall` the aware UTC time."""

    def __init__(self, options: SprinklerOptions) -> None:
        self._options = options
        self._zone = options.zone()
        self._next: Start | None = None
        self._planned_at: datetime | None = None
        self._ended_at = NEVER
        self._approach_rests_until = NEVER

    def next_start(self, wall: datetime) -> datetime | None:
        """Return when the next programme begins."""
        self._plan(wall)
        return self._next.at if self._next else None

    def ended(self, cause: Cause, now: float) -> None:
        """Note that a watering has ended; soil and passers-by get a rest."""
        if cause is Cause.APPROACH:
            self._approach_rests_until = now + self._options.approach_rest_s
        else:
            self._ended_at = now

    def due(self, now: float, wall: datetime, climate: Climate, *, approach: bool) -> Wish | None:
        """Return what is due now, asked at every look: a programme first, then soil, then approach."""
        return (
            self._programme(wall) or self._soil(now, wall, climate) or self._approach(now, approach=approach)
        )

    def _plan(self, wall: datetime) -> None:
        if self._planned_at is None or wall < self._planned_at:  # the clock was set back
            self._planned_at = wall
            self._next = next_start(self._options.programmes, wall, self._zone)

    def _programme(self, wall: datetime) -> Wish | None:
        self._plan(wall)
        start = self._next
        if start is None or wall < start.at:
            return None
        self._planned_at = None
        self._plan(wall)
        if wall - start.at > STARTS_WITHIN:
            return None
        return Wish(cause=Cause.PROGRAMME, seconds=start.minutes * 60, target=self._options.wet_at)

    def _soil(self, now: float, wall: datetime, climate: Climate) -> Wish | None:
        options, moisture = self._options, climate.soil_moisture
        if options.dry_below is None or moisture is None or moisture >= options.dry_below:
            return None
        if now < self._ended_at + options.rest_minutes * 60:
            return None
        if not within_hours(options.hours, wall, self._zone):
            return None
        return Wish(cause=Cause.SOIL, seconds=options.longest_run_minutes * 60, target=options.wet_at)

    def _approach(self, now: float, *, approach: bool) -> Wish | None:
        seconds = self._options.approach_s
        if seconds is None or not approach or now < self._approach_rests_until:
            return None
        return Wish(cause=Cause.APPROACH, seconds=min(seconds, self._options.longest_run_minutes * 60))
