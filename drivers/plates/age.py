"""How old a reading is, by a camera's clock that may be wrong. Pure; given the time.

A reading that is too old never opens anything. Many cameras' clocks are hours off, so what counts is how much
older than usual a reading looks. One that looks younger is not old, whatever the clock. A clock that was set
anew shows in readings that come one by one and are all off by the same: old ones that are sent in a burst are
off by different times.
"""

from datetime import datetime
from typing import Final

AGREE_S: Final = 5.0
"""Readings whose clock is off by the same differ by less: it is what pushing them takes."""

APART_S: Final = 10.0
"""Readings that come closer together prove nothing about a clock."""

ENOUGH: Final = 3
"""So many readings that agree are believed."""

INERTIA: Final = 4.0
"""A reading moves what is usual by one part in so many: clocks drift, networks dawdle."""


class CameraClock:
    """What a camera's clock is usually off by: `usual_s` seconds, ours minus the camera's."""

    def __init__(self, oldest_s: float, usual_s: float = 0.0) -> None:
        self.usual_s = usual_s
        self._oldest_s = oldest_s
        self._odd: list[tuple[float, float]] = []
        """When, on a clock that never goes back, readings came that were off by how much; these agree."""

    def is_live(self, taken_at: datetime, now: datetime, at: float) -> bool:
        """Take a reading that the camera does not call a replay; whether it is of just now.

        `at`: seconds of a clock that never goes back.
        """
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

    def _note(self, off_s: float, at: float) -> None:
        if self._odd and abs(off_s - self._odd[-1][1]) > AGREE_S:
            self._odd.clear()
        if not self._odd or at - self._odd[-1][0] >= APART_S:
            self._odd.append((at, off_s))
