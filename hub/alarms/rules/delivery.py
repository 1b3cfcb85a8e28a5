"""Gives signals to the desk in small groups, in order; keeps them while the ledger is away."""

import logging
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from itertools import islice
from typing import Final, Protocol

from sqlalchemy.exc import DataError, IntegrityError, StatementError

from contract.clock import Clock
from hub.alarms.alarm import Alarm
from hub.alarms.signals import Signal

logger = logging.getLogger(__name__)

MAX_GROUP: Final = 256
MAX_WAITING: Final = 10_000
RETRY_S: Final = 1.0
CURSOR_S: Final = 5.0
"""How often it is written how far events were looked at, if no signal says so."""


class Desk(Protocol):
    """What rules need of the alarm desk."""

    async def cursor(self) -> int:
        """Up to which event of the ledger everything is evaluated and committed; 0: none ever was."""
        ...

    def standing(self) -> Mapping[str, Alarm]:
        """Return the open alarms."""
        ...

    async def take(self, signals: Sequence[Signal], upto: int | None) -> None:
        """Commit signals and the new cursor in one transaction, or raise and do nothing."""
        ...


class Delivery:
    """Signals on their way to the desk. `upto()`: below which event nothing waits in the rules."""

    def __init__(self, desk: Desk, clock: Clock, upto: Callable[[], int], counts: Counter[str]) -> None:
        self._desk = desk
        self._clock = clock
        self._upto = upto
        self._counts = counts
        self._waiting: deque[Signal] = deque()
        self._written = 0
        self._at: float = clock.monotonic()
        self._retry_at: float | None = None
        self._singly = 0
        """So many of the signals at the front are given one by one, to find the one that is wrong."""

    def __len__(self) -> int:
        return len(self._waiting)

    @property
    def full(self) -> bool:
        """Whether nothing more should be evaluated before some are taken."""
        return len(self._waiting) >= MAX_WAITING

    @property
    def failing(self) -> bool:
        """Whether the desk took nothing when last asked."""
        return self._retry_at is not None

    @property
    def next(self) -> float | None:
        """When to call `send` again although nothing new was put, in monotonic seconds."""
        if self._retry_at is not None:
            return self._retry_at
        return self._at + CURSOR_S if self._upto() > self._written else None

    def put(self, signal: Signal) -> None:
        """Let a signal wait."""
        self._waiting.append(signal)

    def began(self, cursor: int) -> None:
        """Take what the ledger knows."""
        self._written = cursor

    async def send(self) -> None:
        """Give the desk what waits, and how far we are; if it cannot take that, later."""
        now = self._clock.monotonic()
        if self._retry_at is not None and now < self._retry_at:
            return
        while self._waiting:
            if not await self._give(self._group()):
                return
        if self._upto() > self._written and now >= self._at + CURSOR_S:
            await self._give([])

    def _group(self) -> list[Signal]:
        return list(islice(self._waiting, 1 if self._singly else MAX_GROUP))

    async def _give(self, group: list[Signal]) -> bool:
        upto = self._cursor_after(len(group))
        try:
            await self._desk.take(group, upto if upto > self._written else None)
        except (DataError, IntegrityError, StatementError, ValueError, OverflowError) as wrong:
            return self._refused(group, wrong) if _is_data_fault(wrong) else self._failed(wrong)
        except Exception as wrong:  # a full disk, a database gone: whatever it is, no alarm may be lost
            return self._failed(wrong)
        self._done(group)
        self._written = max(self._written, upto)
        self._at = self._clock.monotonic()
        return True

    def _cursor_after(self, taken: int) -> int:
        rest = (each.event_seq for each in islice(self._waiting, taken, None))
        return min([self._upto(), *(seq - 1 for seq in rest if seq is not None)])

    def _failed(self, wrong: Exception) -> bool:
        self._counts["desk_failures"] += 1
        self._retry_at = self._clock.monotonic() + RETRY_S
        logger.error("the alarm desk takes nothing, %d signals wait: %s", len(self._waiting), wrong)
        return False

    def _refused(self, group: list[Signal], wrong: Exception) -> bool:
        """Find what no database can hold: one such signal must not keep all others back."""
        if not self._singly and len(group) > 1:
            self._singly = len(group)
            return True
        self._counts["signals_refused"] += len(group)
        logger.error("the ledger cannot hold what %s says: %s", [each.dedup for each in group], wrong)
        self._done(group)
        return True

    def _done(self, group: list[Signal]) -> None:
        self._retry_at = None
        self._singly = max(0, self._singly - len(group))
        for _ in group:
            self._waiting.popleft()


def _is_data_fault(wrong: Exception) -> bool:
    inner = getattr(wrong, "orig", None) or wrong
    return isinstance(wrong, DataError | IntegrityError) or isinstance(
        inner, ValueError | OverflowError | TypeError
    )
