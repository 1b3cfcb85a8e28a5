"""Which looks and refusals are news: who goes on looking at the same thing is written down once. Pure.

A look goes on until a minute passed without one. One that lasts is written again every hour, with how often.
"""

from collections import OrderedDict
from typing import Final

from msgspec import Struct

PAUSE_MS: Final = 60_000
AGAIN_MS: Final = 3_600_000
MAX_REMEMBERED: Final = 20_000


class _Look(Struct):
    written_ms: int
    last_ms: int
    count: int


class Looks:
    """Remembers who looks at what. One that is forgotten, because there are too many, is written anew."""

    def __init__(self) -> None:
        self._looks: OrderedDict[tuple[str, ...], _Look] = OrderedDict()

    def count(self, key: tuple[str, ...], now_ms: int) -> int | None:
        """Count a look; return how many to write down (this one and those before it), None: nothing yet."""
        look = self._looks.get(key)
        if look is None or now_ms - look.last_ms > PAUSE_MS:
            return self._begin(key, now_ms)
        look.last_ms = now_ms
        look.count += 1
        self._looks.move_to_end(key)
        if now_ms - look.written_ms < AGAIN_MS:
            return None
        count, look.count, look.written_ms = look.count, 0, now_ms
        return count

    def forget(self, key: tuple[str, ...]) -> None:
        """Take that a look could not be written: the next one is news."""
        self._looks.pop(key, None)

    def _begin(self, key: tuple[str, ...], now_ms: int) -> int:
        self._looks[key] = _Look(now_ms, now_ms, 0)
        self._looks.move_to_end(key)
        while len(self._looks) > MAX_REMEMBERED:
            self._looks.popitem(last=False)
        return 1
