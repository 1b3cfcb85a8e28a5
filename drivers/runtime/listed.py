"""A list that people keep, as a host's drivers see it: in memory, with whoever wants to hear of changes."""

import logging
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Generic, TypeVar

from contract.lists import Entry, Held, ListName, Portion, Staged
from drivers.runtime.interface import Changes

log = logging.getLogger(__name__)

EntryT = TypeVar("EntryT", bound=Entry)
Watcher = Callable[[Changes], None]


def entries_of(portion: Portion) -> tuple[Entry, ...]:
    """Return what a portion puts, whichever its list is."""
    match portion.list:
        case ListName.LEVELS:
            return portion.levels
        case ListName.PEOPLE:
            return portion.people
        case ListName.VEHICLES:
            return portion.vehicles


class Staging(Generic[EntryT]):
    """A list that begins anew, as far as it has come."""

    def __init__(self, edition: str) -> None:
        self.edition = edition
        self.revision = 0
        self.entries: dict[str, EntryT] = {}

    def add(self, put: Mapping[str, EntryT], portion: Portion) -> None:
        """Take one more portion."""
        for key in portion.drop:
            self.entries.pop(key, None)
        self.entries.update(put)
        self.revision = portion.upto


class InMemory(Generic[EntryT]):
    """What `drivers.runtime.interface.Listed` promises. `edition` is empty until the list first comes."""

    def __init__(
        self, edition: str = "", revision: int = 0, entries: dict[str, EntryT] | None = None
    ) -> None:
        self.edition = edition
        self.staging: Staging[EntryT] | None = None
        self._revision = revision
        self._entries: dict[str, EntryT] = entries if entries is not None else {}
        self._watchers: dict[object, Watcher] = {}

    @property
    def entries(self) -> Mapping[str, EntryT]:
        """The entries by key."""
        return MappingProxyType(self._entries)

    @property
    def known(self) -> bool:
        """Whether the host was ever given the list."""
        return self.edition != ""

    @property
    def revision(self) -> int:
        """Up to which change of the list it is here."""
        return self._revision

    @property
    def held(self) -> Held:
        """What the host says of it to the hub."""
        coming = self.staging
        return Held(
            edition=self.edition,
            revision=self._revision,
            entries=len(self._entries),
            staged=Staged(edition=coming.edition, revision=coming.revision) if coming else None,
        )

    def watch(self, take: Watcher) -> Callable[[], None]:
        """Have `take` called on the event loop after each change; returns what ends that."""
        ticket = object()
        self._watchers[ticket] = take
        return lambda: self._watchers.pop(ticket, None) and None

    def amend(self, put: Mapping[str, EntryT], portion: Portion) -> None:
        """Apply what changed."""
        entries = self._entries
        drop = [key for key in portion.drop if key in entries and key not in put]
        other = [key for key, entry in put.items() if entries.get(key) != entry]
        for key in drop:
            del entries[key]
        entries.update(put)
        self._revision = portion.upto
        self._tell(Changes(put=other, drop=drop))

    def swap(self, staging: Staging[EntryT]) -> None:
        """Let what began anew take the place of what was in force."""
        before, now = self._entries, staging.entries
        self._entries, self._revision, self.edition = now, staging.revision, staging.edition
        self.staging = None
        other = [key for key, entry in now.items() if before.get(key) != entry]
        self._tell(Changes(put=other, drop=[key for key in before if key not in now]))

    def _tell(self, changes: Changes) -> None:
        for take in tuple(self._watchers.values()):
            try:
                take(changes)
            except Exception:
                log.exception("a driver could not take the changes of a list")
