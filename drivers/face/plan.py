"""What is still to be done at a terminal so that it holds whom the lists want, and in which order. Pure.

Who must not pass any more comes first: removals, then whom the terminal is to bar, then all else.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from contract.clock import rfc3339
from contract.lists import Face, Level, Person
from drivers.face.alarm_clock import AlarmClock
from drivers.face.hours import Hours
from drivers.face.rights import Rights, rights

DOUBT: Final = "?"
"""The word for whom a terminal may hold in whatever shape: it was told, and has not answered."""

UNDATED: Final = "-"
"""Which withdrawal it is where the list does not say when."""

FIRST_RETRY: Final = timedelta(minutes=1)
RETRY: Final = timedelta(hours=1)
"""How long a person whom the terminal does not take, or does not delete, waits, unless something about them
changes: twice as long each time, up to this."""

GONE: Final = ""
"""The digest of whom a terminal is to hold no more."""


class Refusal(NamedTuple):
    """What a terminal did not do: the digest of it, how long it is left alone, and until when."""

    digest: str
    wait: timedelta
    until: datetime


class Plan:
    """The differences between what is wanted and what is held, of `door/device`."""

    def __init__(self, device: str) -> None:
        self.removals: dict[str, None] = {}
        self.urgent: dict[str, Rights] = {}
        self.others: dict[str, Rights] = {}
        self.failed: dict[str, Refusal] = {}
        """Whom the terminal does not take, or does not delete."""
        self._device = device
        self._hours = Hours(device)
        self._ends = AlarmClock()
        self._retries = AlarmClock()

    def __len__(self) -> int:
        return len(self.removals) + len(self.urgent) + len(self.others)

    @property
    def watched(self) -> int:
        """Of how many people the validity ends one day."""
        return len(self._ends)

    def begin(self) -> None:
        """Forget what there is to do: everybody is considered anew."""
        for kind in (self.removals, self.urgent, self.others):
            kind.clear()
        self._hours.clear()
        self._ends.clear()

    def retry(self) -> None:
        """Forget whom the terminal did not take: the clock by which they wait was wrong."""
        self.failed.clear()
        self._retries.clear()

    def consider(
        self, key: str, person: Person | None, levels: Mapping[str, Level], word: str, now: datetime
    ) -> Rights | None:
        """See what is to be done about a person, whom the terminal holds as `word`; return what is wanted."""
        for kind in (self.removals, self.urgent, self.others):
            kind.pop(key, None)
        wanted = rights(person, levels, self._device, now, held=bool(word)) if person else None
        self._hours.watch(key, person if wanted else None, levels, now)
        self._ends.set(key, person.valid_until if person and wanted else None)
        digest = wanted.digest if wanted else GONE
        if digest == word:
            self.failed.pop(key, None)
        elif self._waits(key, digest, now):
            pass
        elif wanted is None:
            self.removals[key] = None
        else:
            (self.urgent if wanted.barred and word else self.others)[key] = wanted
        return wanted

    def turned(self, levels: Mapping[str, Level], now: datetime) -> list[str]:
        """Return of whom the clock may have changed what is wanted."""
        again = (*self._ends.due(now), *self._hours.turned(levels, now), *self._retries.due(now))
        return [*dict.fromkeys(again)]

    def next_puts(self, most: int) -> list[Rights]:
        """Return who is to be sent next: those to be barred before all others."""
        chosen = self.urgent or self.others
        return [rights for rights, _ in zip(chosen.values(), range(most), strict=False)]

    def refused(self, people: Iterable[Rights], now: datetime) -> None:
        """Note whom the terminal did not take."""
        for each in people:
            self._fail(each.key, each.digest, now)
            self.urgent.pop(each.key, None)
            self.others.pop(each.key, None)

    def kept(self, keys: Iterable[str], now: datetime) -> None:
        """Note whom the terminal did not delete."""
        for key in keys:
            self._fail(key, GONE, now)
            self.removals.pop(key, None)

    def _fail(self, key: str, digest: str, now: datetime) -> None:
        before = self.failed.get(key)
        again = before is not None and before.digest == digest
        wait = min(2 * before.wait, RETRY) if before and again else FIRST_RETRY
        self.failed[key] = Refusal(digest, wait, now + wait)
        self._retries.set(key, now + wait)

    def _waits(self, key: str, digest: str, now: datetime) -> bool:
        refusal = self.failed.get(key)
        if refusal is None or refusal.digest != digest:
            self.failed.pop(key, None)
            return False
        return now < refusal.until


def withdrawn_since(person: Person | None) -> str:
    """Return which withdrawal of consent a person's is, empty if it is not withdrawn."""
    if person is None or person.face is not Face.WITHDRAWN:
        return ""
    return rfc3339(person.face_since) if person.face_since else UNDATED
