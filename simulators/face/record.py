"""What a face terminal writes down: a numbered record of everything that happened at its door."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

MOST_KEPT = 10_000


class Kind(Enum):
    """What a record is about."""

    FACE = "face"
    CARD = "card"
    CODE = "code"
    STRANGER = "stranger"
    SPOOF = "spoof"
    CARD_UNKNOWN = "card-unknown"
    CODE_WRONG = "code-wrong"
    BARRED = "barred"
    EXPIRED = "expired"
    LOCK_OPEN = "lock-open"
    LOCK_CLOSED = "lock-closed"
    DOOR_OPEN = "door-open"
    DOOR_CLOSED = "door-closed"
    EXIT = "exit"


GRANTED = frozenset({Kind.FACE, Kind.CARD, Kind.CODE})
DENIED = frozenset({Kind.CARD_UNKNOWN, Kind.CODE_WRONG, Kind.BARRED, Kind.EXPIRED, Kind.SPOOF})


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One record. `key` and `name` are whom the terminal took somebody for, `card` what was held to it."""

    number: int
    kind: Kind
    at_s: float
    key: str = ""
    name: str = ""
    card: str = ""
    by_face: bool = False


class Log:
    """The terminal's records, oldest first; a full one overwrites its oldest, a full disk takes none."""

    def __init__(self, first: int) -> None:
        self.full = False
        self.lost = 0
        self._last = first - 1
        self._kept: deque[Record] = deque(maxlen=MOST_KEPT)

    def __len__(self) -> int:
        return len(self._kept)

    def __iter__(self) -> Iterator[Record]:
        return iter(self._kept)

    def next_number(self) -> int:
        """Count one more."""
        self._last += 1
        return self._last

    def keep(self, record: Record) -> bool:
        """Write a record; False where the disk is full: nobody will ever hear of it."""
        if self.full:
            self.lost += 1
            return False
        self._kept.append(record)
        return True

    def since(self, number: int) -> list[Record]:
        """Return the records from a number on."""
        return [each for each in self._kept if each.number >= number]
