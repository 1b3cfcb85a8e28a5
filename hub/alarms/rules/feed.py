"""The ledger's events for the rules, in order and each once: those since the last start, then as they come.

If more wait than there is room for, they are read back from the ledger instead: it holds them anyway.
"""

import asyncio
from collections import Counter, deque
from collections.abc import Collection, Iterable
from typing import Final

from contract.clock import Clock
from hub.alarms.rules.occasion import Happening, of_entry, of_row
from hub.ledger.commit import Entry
from hub.ledger.queries import EventLog, EventView

MAX_WAITING: Final = 20_000
PAGE: Final = 500
FIRST_LOOK_BACK_S: Final = 600.0
"""In a ledger into which no rules have looked yet, only what is as new as this is of interest."""


class Feed:
    """Events of the given types. `upto`: all events up to this one were handed out.

    `behind`: there are older ones in the ledger than those that wait here.
    """

    def __init__(
        self, log: EventLog, tenant: str, clock: Clock, types: Collection[str], counts: Counter[str]
    ) -> None:
        self.upto = 0
        self._log = log
        self._tenant = tenant
        self._clock = clock
        self._types = types
        self._counts = counts
        self._waiting: deque[Happening] = deque()
        self._newest = 0
        self.behind = True

    def __len__(self) -> int:
        return len(self._waiting)

    @property
    def idle(self) -> bool:
        """Whether every event that we know of was handed out."""
        return not self.behind and not self._waiting

    def put(self, entries: Iterable[Entry]) -> None:
        """Take events that are committed."""
        for entry in entries:
            self._newest = max(self._newest, entry.seq)
            if self.behind or entry.arrival.event.type not in self._types:
                continue
            if len(self._waiting) >= MAX_WAITING:
                self.behind = True
                self._counts["events_reread"] += 1
                continue
            self._waiting.append(of_entry(entry, self._clock))

    async def begin(self, cursor: int) -> None:
        """Start after event number `cursor`."""
        self.upto = cursor or await asyncio.to_thread(self._first)

    async def take(self, most: int) -> list[Happening]:
        """Return the next events, at most so many, or a page of the ledger."""
        taken: list[Happening] = []
        while self._waiting and len(taken) < most:
            happening = self._waiting.popleft()
            if happening.seq > self.upto:
                self.upto = happening.seq
                taken.append(happening)
        if not taken and not self._waiting and self.behind:
            taken = await self._read()
        if self.idle:
            self.upto = max(self.upto, self._newest)
        return taken

    async def _read(self) -> list[Happening]:
        rows = await asyncio.to_thread(
            self._log.find, tenant=self._tenant, equal={}, after=self.upto, limit=PAGE
        )
        self.upto = rows[-1].seq if rows else self.upto
        # What was committed while we read is in the next page; what is committed from now on is put.
        self.behind = len(rows) == PAGE or (bool(rows) and self._newest > self.upto)
        return [of_row(row, self._clock) for row in rows if row.type in self._types]

    def _first(self) -> int:
        """Return the number of the newest event that is too old for us."""
        oldest_ms = self._clock.now_ms() - FIRST_LOOK_BACK_S * 1000
        before: int | None = None
        while rows := self._page_before(before):
            for row in rows:
                if of_row(row, self._clock).received_ms < oldest_ms:
                    return row.seq
            before = rows[-1].seq
        return 0

    def _page_before(self, before: int | None) -> list[EventView]:
        return self._log.find(tenant=self._tenant, equal={}, before=before, limit=PAGE, newest_first=True)
