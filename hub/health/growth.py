"""What grew within the last minutes: something dropped an hour ago is history, now it is a problem. Pure."""

from collections import deque
from collections.abc import Mapping
from typing import Final

KEPT: Final = 11
"""Looks, a minute apart: the last ten minutes."""


class Growth:
    """Counts as they were at each look."""

    def __init__(self) -> None:
        self._looks: deque[Mapping[str, float]] = deque(maxlen=KEPT)

    def look(self, counts: Mapping[str, float]) -> None:
        """Take how the counts are now."""
        self._looks.append(dict(counts))

    def of(self, name: str, now: float) -> float:
        """Return by how much a count has grown since the oldest look."""
        return now - (self._looks[0].get(name, 0) if self._looks else 0)
