"""Small statistics. Pure."""

import math
import statistics
from collections.abc import Iterable, Sequence


def percentile(values: Iterable[float], percent: float) -> float | None:
    """Return the value that `percent` of all do not exceed (nearest rank); None without any."""
    ranked = sorted(values)
    if not ranked:
        return None
    return ranked[max(1, math.ceil(percent / 100 * len(ranked))) - 1]


def median(values: Sequence[float]) -> float | None:
    """Return the middle value; None without any."""
    return statistics.median(values) if values else None


def most_at_once(spans: Iterable[tuple[int, int | None]]) -> int:
    """Return how many spans overlapped at most; one without an end lasts."""
    moves: list[tuple[int, int]] = []
    for begin, end in spans:
        moves.append((begin, 1))
        if end is not None:
            moves.append((end, -1))
    most = now = 0
    for _, step in sorted(moves):  # at one moment, what ends goes first
        now += step
        most = max(most, now)
    return most


def densest(times: Iterable[int], within: int) -> int:
    """Return how many of `times` at most lie within `within` of each other."""
    ranked = sorted(times)
    most = first = 0
    for last, time in enumerate(ranked):
        while time - ranked[first] > within:
            first += 1
        most = max(most, last - first + 1)
    return most
