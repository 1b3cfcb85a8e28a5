"""What a host lacks of a list, read from the ledger a portion at a time."""

import logging
from collections.abc import Sequence
from typing import Any, Final

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, and_, or_, select

from contract.lists import Entry, ListName, Portion
from hub.lists.book import DECODERS
from hub.lists.schema import list_entries, lists

logger = logging.getLogger(__name__)

MOST_ENTRIES: Final = 500
MOST_BYTES: Final = 200 * 1024
"""Of the entries of a portion: a message has at most 256 KiB (`contract.codec`)."""

Change = tuple[int, str, str | None]
"""Revision, key and entry, None if it was dropped."""


class Head(Struct, frozen=True):
    """How far a list is in the ledger."""

    edition: str
    revision: int


class ListReader:
    """A tenant's lists, to be sent. Blocking; everything happens in the caller's transaction."""

    def __init__(self, tenant: str) -> None:
        self._tenant = tenant

    def heads(self, connection: Connection) -> dict[ListName, Head]:
        """Return how far each list is."""
        query = select(lists.c.list, lists.c.edition, lists.c.head).where(lists.c.tenant == self._tenant)
        return {ListName(name): Head(edition, head) for name, edition, head in connection.execute(query)}

    def portion(self, connection: Connection, name: ListName, after: int, begun: int) -> Portion:
        """Return what follows revision `after`, as much as a message may hold.

        `begun`: the head when the list began anew, 0 if it did not. What was dropped up to then was never
        sent, and need not be taken back.
        """
        rows = connection.execute(self._query(name, after, begun)).all()
        edition, head = rows[0][3:]
        changes: list[Change] = [(row[0], row[1], row[2]) for row in rows if row[0] is not None]
        taken = _as_many_as_fit(changes)
        entries = {key: _decoded(name, key, entry) for _, key, entry in taken}
        fields: dict[str, Any] = {
            name.value: tuple(entry for entry in entries.values() if entry is not None),
            "drop": tuple(key for key, entry in entries.items() if entry is None),
        }
        upto = head if len(taken) == len(changes) else taken[-1][0]
        return Portion(list=name, edition=edition, after=after, upto=upto, head=head, **fields)

    def _query(self, name: ListName, after: int, begun: int) -> Any:
        """Read head and entries in one statement, so that they are of one moment."""
        e = list_entries.c
        lacking = and_(
            e.tenant == lists.c.tenant,
            e.list == lists.c.list,
            e.revision > after,
            or_(e.entry.is_not(None), e.revision > begun),
        )
        return (
            select(e.revision, e.key, e.entry, lists.c.edition, lists.c.head)
            .select_from(lists.outerjoin(list_entries, lacking))
            .where(lists.c.tenant == self._tenant, lists.c.list == name)
            .order_by(e.revision)
            .limit(MOST_ENTRIES + 1)
        )


def _decoded(name: ListName, key: str, entry: str | None) -> Entry | None:
    """Read an entry; None if it was dropped, or cannot be read: then nobody passes by it."""
    if entry is None:
        return None
    try:
        read: Entry = DECODERS[name].decode(entry)
    except msgspec.MsgspecError as wrong:
        logger.error("the entry %s of %s cannot be read, and is left out: %s", key, name, wrong)  # noqa: TRY400 - the line says it all
        return None
    return read


def _as_many_as_fit(changes: Sequence[Change]) -> Sequence[Change]:
    """Return the first ones, at least one: no entry is longer than a portion may be."""
    room = MOST_BYTES
    for number, (_, key, entry) in enumerate(changes[:MOST_ENTRIES]):
        room -= len((entry or key).encode()) + 1
        if room < 0:
            return changes[:number]
    return changes[:MOST_ENTRIES]
