"""What a plate camera keeps of one reading, and its SD card: what nobody has taken from it yet."""

from collections import deque
from dataclasses import dataclass
from typing import Literal

MOST_BYTES = 2 * 1024 * 1024  # of a picture
MOST_KEPT = 9000  # Zhenshi HTTP push, §2.1.2, 6

Direction = Literal["in", "out", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One reading: `plate` is empty where there was none, `confidence` in %, `taken_s` by its own clock.

    `whole` and `part` are JPEGs: the lane, and the plate.
    """

    number: int
    plate: str
    confidence: int
    taken_s: float
    direction: Direction
    whole: bytes
    part: bytes
    uuid: str


class Card:
    """Readings that were not taken, oldest first; when it is full the oldest is overwritten."""

    def __init__(self) -> None:
        self.lost = 0
        self._kept: deque[Record] = deque()

    def __len__(self) -> int:
        return len(self._kept)

    @property
    def oldest(self) -> Record | None:
        """The next to be told again."""
        return self._kept[0] if self._kept else None

    def keep(self, record: Record) -> None:
        """Write one more."""
        if len(self._kept) >= MOST_KEPT:
            self._kept.popleft()
            self.lost += 1
        self._kept.append(record)

    def forget(self, number: int) -> None:
        """Take one off that somebody has now; any other number changes nothing."""
        self._kept = deque(each for each in self._kept if each.number != number)
