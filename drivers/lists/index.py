"""Entries of a list by what devices read of them: a plate, a card, a code; kept up change by change."""

from collections.abc import Callable, Iterable
from typing import Generic, TypeVar

from contract.lists import Entry
from drivers.runtime.interface import Changes, Listed

EntryT = TypeVar("EntryT", bound=Entry)


class Index(Generic[EntryT]):
    """Looks entries up by the words that `words` finds in them. Shared by the devices of a host."""

    def __init__(self, listed: Listed[EntryT], words: Callable[[EntryT], Iterable[str]]) -> None:
        self._listed = listed
        self._words = words
        self._keys: dict[str, dict[str, None]] = {}
        self._of: dict[str, tuple[str, ...]] = {}
        self._take(Changes(put=tuple(listed.entries), drop=()))
        listed.watch(self._take)

    def find(self, word: str) -> tuple[EntryT, ...]:
        """Return the entries that have this word, in no order that means anything."""
        entries = self._listed.entries
        return tuple(entries[key] for key in self._keys.get(word, ()) if key in entries)

    def _take(self, changes: Changes) -> None:
        for key in (*changes.drop, *changes.put):
            for word in self._of.pop(key, ()):
                self._keys[word].pop(key, None)
                if not self._keys[word]:
                    del self._keys[word]
        for key in changes.put:
            entry = self._listed.entries.get(key)
            if entry is None:
                continue
            words = tuple(self._words(entry))
            self._of[key] = words
            for word in words:
                self._keys.setdefault(word, {})[key] = None
