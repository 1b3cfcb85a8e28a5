"""How connectors on one supply share it. Pure arithmetic, whole watts.

Nobody gets less than is of use to a vehicle, but for nothing at all; what one cannot take the others get.
"""

from collections import deque
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

USED_UP: Final = 0.95
"""A vehicle that takes so much of what it may would take more."""

SLOW_S: Final = 60.0
"""How long a vehicle must take less before the others get the rest."""

MARGIN: Final = 1.1
MARGIN_W: Final = 250
"""What it keeps beyond what it takes, so that it can ask for more by taking it."""


class Draw(NamedTuple):
    """A connector on the supply. It may take `held` now; `least` is of use, it can use `most`.

    `fixed`: what it may take cannot be changed now, be it that its post cannot, or is not there.
    """

    name: str
    held: int
    least: int
    most: int
    fixed: bool = False


def shares(limit: int, draws: Sequence[Draw]) -> Mapping[str, int]:
    """Return what each should be allowed; who comes first in `draws` is the last to go without.

    Those that cannot be changed keep what they hold, the others share the rest evenly.
    """
    given = {each.name: each.held for each in draws if each.fixed}
    left = max(0, limit - sum(given.values()))
    sharing = []
    for each in (each for each in draws if not each.fixed):
        fits = each.least <= left
        given[each.name] = each.least if fits else 0
        if fits:
            left -= each.least
            sharing.append(each)
    _pour(left, sharing, given)
    return given


def fits(limit: int, draws: Sequence[Draw], newcomer: Draw) -> bool:
    """Whether there is room for one more, with everybody else at their least."""
    bound = sum(each.held if each.fixed else each.least for each in draws)
    return bound + (newcomer.most if newcomer.fixed else newcomer.least) <= limit


def _pour(left: int, sharing: Sequence[Draw], given: dict[str, int]) -> None:
    """Fill up evenly from the lowest, like water, nobody above what it can use."""
    level = _level(left, sharing)
    for each in sharing:
        given[each.name] = _filled(each, level)


def _level(left: int, sharing: Sequence[Draw]) -> int:
    """Return the highest level up to which everybody can be filled; found by halving."""
    low, high = 0, max((each.most for each in sharing), default=0)
    while low < high:
        level = (low + high + 1) // 2
        needed = sum(_filled(each, level) - each.least for each in sharing)
        low, high = (level, high) if needed <= left else (low, level - 1)
    return low


def _filled(draw: Draw, level: int) -> int:
    return max(draw.least, min(draw.most, level))


class Usage:
    """What a vehicle takes of what it may, over the last minute."""

    def __init__(self) -> None:
        self._content_since: float | None = None
        self._taken: deque[tuple[float, float]] = deque()

    def look(self, power: float | None, allowed: int, now: float) -> None:
        """Take what it takes now; `now` in seconds of a monotonic clock."""
        if power is None or power >= USED_UP * allowed:
            self._content_since = None
            self._taken.clear()
            return
        if self._content_since is None:
            self._content_since = now
        self._taken.append((now, power))
        while self._taken[0][0] < now - SLOW_S:
            self._taken.popleft()

    def needs(self, most: int, now: float) -> int:
        """Return what it can use of `most`: all, unless it has taken less for a while."""
        if self._content_since is None or now - self._content_since < SLOW_S:
            return most
        return min(most, round(MARGIN * max(power for _, power in self._taken)) + MARGIN_W)
