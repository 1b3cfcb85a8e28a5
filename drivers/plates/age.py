"""How old a reading is, by a camera's clock that may be wrong. Pure; given the time.

A reading that is too old never opens anything. Many cameras' clocks are hours off, so what counts is how much
older than usual a reading looks. One that looks younger is not old, whatever the clock. A clock that was set
anew shows in readings that come one by one and are all off by the same: old ones that are sent in a burst are
off by different times. When our own clock is set back, we know.
"""

from datetime import UTC, datetime, timedelta
from typing import Final

EARLIEST: Final = datetime(2015, 1, 1, tzinfo=UTC)
MOST_AHEAD: Final = timedelta(days=1)

AGREE_S: Final = 5.0
"""Readings whose clock is off by the same differ by less: it is what pushing them takes."""

APART_S: Final = 10.0
"""Readings that come closer together prove nothing about a clock."""

ENOUGH: Final = 3
"""So many readings that agree are believed."""

INERTIA: Final = 4.0
"""A reading moves what is usual by one part in so many: clocks drift, networks dawdle."""


def possible(moment: datetime | None, now: datetime) -> datetime | None:
    """Return the moment, or None if a camera's clock must be so wrong that it says nothing."""
    return moment if moment is not None and EARLIEST <= moment <= now + MOST_AHEAD else None


class CameraClock:
    """What a camera's clock is usually off by: `usual_s` seconds, ours minus the camera's."""

    def __init__(self, oldest_s: float, usual_s: float = 0.0) -> None:
        self.usual_s = usual_s
        self._oldest_s = oldest_s
        self._started_s: float | None = None
        """When the clock that never goes back began, by ours: it changes when ours is set."""
        self._odd: list[tuple[float, float]] = []
        """When, on a clock that never goes back, readings came that were off by how much; these agree."""

    def is_live(self, taken_at: datetime, now: datetime, at: float) -> bool:
        """Take a reading that the camera does not call a replay; whether it is of just now.

        `at`: seconds of a clock that never goes back.
        """
        self._note_own(now.timestamp() - at)
        off_s = (now - taken_at).total_seconds()
        late_s = off_s - self.usual_s
        if abs(late_s) <= self._oldest_s:
            self._odd.clear()
            self.usual_s += late_s / INERTIA
            return True
        self._note(off_s, at)
        if len(self._odd) == ENOUGH:
            self._odd.clear()
            self.usual_s = off_s
            return True
        return late_s < 0

    def _note_own(self, started_s: float) -> None:
        """See whether our clock was set back. What looks like set forward may be a host that slept."""
        if self._started_s is not None:
            self.usual_s += min(0.0, started_s - self._started_s)
        self._started_s = started_s

    def _note(self, off_s: float, at: float) -> None:
        if self._odd and abs(off_s - self._odd[-1][1]) > AGREE_S:
            self._odd.clear()
        if not self._odd or at - self._odd[-1][0] >= APART_S:
            self._odd.append((at, off_s))
