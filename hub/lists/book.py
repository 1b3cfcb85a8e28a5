"""The lists in the ledger: each change of an entry has a revision, so that hosts get just what they lack."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, select, update

from contract.codec import read
from contract.errors import InvalidMessage
from contract.lists import LIST_OF, Entry, Level, ListName, Person, Vehicle
from hub.ledger.dialect import dialect_of
from hub.lists.schema import list_entries, lists

MOST_ENTRY_BYTES: Final = 32 * 1024
"""A longer entry is refused: several must fit into one message."""

AT_ONCE: Final = 500
"""Keys of one statement; SQLite takes 32,766 values."""

DECODERS: Final[Mapping[ListName, msgspec.json.Decoder[Any]]] = MappingProxyType(
    {
        ListName.LEVELS: msgspec.json.Decoder(Level),
        ListName.PEOPLE: msgspec.json.Decoder(Person),
        ListName.VEHICLES: msgspec.json.Decoder(Vehicle),
    }
)


class ListBook:
    """A tenant's lists. Blocking; everything happens in the caller's transaction."""

    def __init__(self, tenant: str) -> None:
        self._tenant = tenant

    def put(self, connection: Connection, entries: Iterable[Entry]) -> None:
        """Write entries by key, of whichever lists; one that is there already as it is, is left alone.

        InvalidMessage if a host would not take an entry; nothing is written then.
        """
        texts: dict[ListName, dict[str, str]] = {}
        for entry in entries:
            texts.setdefault(LIST_OF[type(entry)], {})[entry.key] = _text(entry)
        for name, each in texts.items():
            self._write(connection, name, each)

    def drop(self, connection: Connection, list: ListName, keys: Iterable[str]) -> None:
        """Take entries out of a list; keys that it does not have are left alone."""
        self._write(connection, list, dict.fromkeys(keys))

    def begin(self, connection: Connection) -> None:
        """Begin the lists that were never written: an empty list, too, is one that hosts can know."""
        rows = [self._row(name) for name in ListName]
        added = dialect_of(connection).insert(lists).values(rows)
        connection.execute(added.on_conflict_do_nothing())

    def renew(self, connection: Connection, list: ListName, edition: str, held: int) -> None:
        """Have every host begin `list` anew if one holds more of `edition` than was ever written.

        The ledger is then an older one, out of a backup: hosts hold changes that it does not know.
        """
        c = lists.c
        stale = (c.tenant == self._tenant, c.list == list, c.edition == edition, c.head < held)
        connection.execute(update(lists).where(*stale).values(edition=uuid.uuid4().hex))

    def _write(self, connection: Connection, name: ListName, texts: Mapping[str, str | None]) -> None:
        self._lock(connection, name)
        known = self._known(connection, name, tuple(texts))
        changed = {key: text for key, text in texts.items() if text != known.get(key)}
        if not changed:
            return
        first = self._advance(connection, name, len(changed)) - len(changed) + 1
        rows = [
            {"tenant": self._tenant, "list": name, "key": key, "revision": revision, "entry": text}
            for revision, (key, text) in enumerate(changed.items(), first)
        ]
        connection.execute(_upsert(connection), rows)

    def _known(self, connection: Connection, name: ListName, keys: Sequence[str]) -> dict[str, str | None]:
        known: dict[str, str | None] = {}
        c = list_entries.c
        query = select(c.key, c.entry).where(c.tenant == self._tenant, c.list == name)
        for start in range(0, len(keys), AT_ONCE):
            some = query.where(c.key.in_(keys[start : start + AT_ONCE]))
            known |= dict(connection.execute(some).all())
        return known

    def _lock(self, connection: Connection, name: ListName) -> None:
        """Let nobody else number changes of the list until the transaction ends."""
        self._advance(connection, name, 0)

    def _advance(self, connection: Connection, name: ListName, by: int) -> int:
        added = dialect_of(connection).insert(lists).values(self._row(name, head=by))
        moved = added.on_conflict_do_update(
            index_elements=["tenant", "list"], set_={"head": lists.c.head + by}
        )
        head: int = connection.execute(moved.returning(lists.c.head)).scalar_one()
        return head

    def _row(self, name: ListName, head: int = 0) -> dict[str, Any]:
        return {"tenant": self._tenant, "list": name, "edition": uuid.uuid4().hex, "head": head}


def _text(entry: Entry) -> str:
    encoded = msgspec.json.encode(entry)
    if len(encoded) > MOST_ENTRY_BYTES:
        raise InvalidMessage(f"the entry {entry.key} has {len(encoded)} bytes", code="too-large")
    read(DECODERS[LIST_OF[type(entry)]], encoded)  # what a host would not take must not get a revision
    return encoded.decode()


def _upsert(connection: Connection) -> Any:
    added = dialect_of(connection).insert(list_entries)
    new = {name: added.excluded[name] for name in ("revision", "entry")}
    return added.on_conflict_do_update(index_elements=["tenant", "list", "key"], set_=new)
