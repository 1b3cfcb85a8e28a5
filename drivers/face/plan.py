"""What is still to be done at a terminal so that it holds whom the lists want, and in which order. Pure.

Who must not pass any more comes first: removals, then whom the terminal is to bar, then all else.
"""

import heapq
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

from contract.clock import rfc3339
from contract.lists import Face, Level, Person
from drivers.face.rights import Rights, changes_by_itself, rights

DOUBT: Final = "?"
"""The word for whom a terminal may hold in whatever shape: it was told, and has not answered."""

UNDATED: Final = "-"
"""Which withdrawal it is where the list does not say when."""

RETRY: Final = timedelta(hours=1)
"""How long a person whom the terminal does not take waits, unless something about them changes."""


class Plan:
    """The differences between what is wanted and what is held, of `door/device`."""

    def __init__(self, device: str) -> None:
        self.removals: dict[str, None] = {}
        self.urgent: dict[str, Rights] = {}
        self.others: dict[str, Rights] = {}
        self.failed: dict[str, tuple[str, datetime]] = {}
        """Whom the terminal does not take: the digest of what it did not take, and when to try again."""
        self._device = device
        self._by_hours: set[str] = set()
        self._ends: list[tuple[datetime, str]] = []

    def __len__(self) -> int:
        return len(self.removals) + len(self.urgent) + len(self.others)

    def begin(self) -> None:
        """Forget what there is to do: everybody is considered anew."""
        for kind in (self.removals, self.urgent, self.others):
            kind.clear()
        self._by_hours.clear()
        self._ends.clear()

    def consider(
        self, key: str, person: Person | None, levels: Mapping[str, Level], word: str, now: datetime
    ) -> Rights | None:
        """See what is to be done about a person, whom the terminal holds as `word`; return what is wanted."""
        for kind in (self.removals, self.urgent, self.others):
            kind.pop(key, None)
        self._by_hours.discard(key)
        wanted = rights(person, levels, self._device, now, held=bool(word)) if person else None
        if person is not None and wanted is not None:
            self._watch(person, levels)
        if wanted is None:
            self.failed.pop(key, None)
            if word:
                self.removals[key] = None
        elif (digest := wanted.digest) != word and not self._waits(key, digest, now):
            (self.urgent if wanted.barred and word else self.others)[key] = wanted
        return wanted

    def turned(self, now: datetime) -> list[str]:
        """Return of whom the clock may have changed what is wanted."""
        ended = []
        while self._ends and self._ends[0][0] <= now:
            ended.append(heapq.heappop(self._ends)[1])
        again = [key for key, (_, at) in self.failed.items() if at <= now]
        return [*dict.fromkeys((*ended, *self._by_hours, *again))]

    def next_puts(self, most: int) -> list[Rights]:
        """Return who is to be sent next: those to be barred before all others."""
        chosen = self.urgent or self.others
        return [rights for rights, _ in zip(chosen.values(), range(most), strict=False)]

    def refused(self, people: Iterable[Rights], now: datetime) -> None:
        """Note whom the terminal did not take."""
        for each in people:
            self.failed[each.key] = each.digest, now + RETRY
            self.urgent.pop(each.key, None)
            self.others.pop(each.key, None)

    def _waits(self, key: str, digest: str, now: datetime) -> bool:
        refused, at = self.failed.get(key, ("", now))
        if refused != digest:
            self.failed.pop(key, None)
            return False
        return now < at

    def _watch(self, person: Person, levels: Mapping[str, Level]) -> None:
        if changes_by_itself(person, levels, self._device):
            self._by_hours.add(person.key)
        if person.valid_until is not None:
            heapq.heappush(self._ends, (person.valid_until, person.key))


def withdrawn_since(person: Person | None) -> str:
    """Return which withdrawal of consent a person's is, empty if it is not withdrawn."""
    if person is None or person.face is not Face.WITHDRAWN:
        return ""
    return rfc3339(person.face_since) if person.face_since else UNDATED
