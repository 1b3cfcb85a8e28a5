"""The ledger's events, in the order in which they came: a stretch of numbers at a time.

No index has their times. So that no look at the ledger lasts long, each reads a stretch of it from end to
end, whatever it finds there.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, RowMapping, func, select

from contract.topics import HUB_KIND, is_sha256
from hub.bundle.source import Scalar
from hub.disclosure.reading.bounds import at_devices
from hub.disclosure.reading.eventdata import data_of, is_meant, is_of_subject, shown_data
from hub.disclosure.reading.shown import Asked, Shown
from hub.disclosure.reading.veil import Veil
from hub.ledger.by_number import of_tenant
from hub.ledger.schema import events

STRETCH: Final = 5_000
MOST_MEDIA: Final = 16
_PLAIN: Final = ("seq", "kind", "device", "source", "id", "type", "sequence")
_COLUMNS: Final = (*_PLAIN, "time_ms", "received_ms", "payload")


class EventTable:
    """Events of a scope; if it names somebody, those that name them."""

    def __init__(self, asked: Asked) -> None:
        self._asked = asked
        self._where = tuple(_conditions(asked))

    def count(self) -> int:
        """Return how many rows there are; of those that are looked through for somebody, all."""
        return sum(self._counted(start) for start in self._stretches(self._asked.cut.first))

    def rows(self, veil: Veil, after: str | None) -> Iterator[Shown]:
        """Yield the rows behind a cursor."""
        first = max(int(after), self._asked.cut.first) if after is not None else self._asked.cut.first
        for start in self._stretches(first):
            for row in self._stretch(start):
                shown = self._shown(row, veil)
                if shown is not None:
                    yield shown

    def _stretches(self, first: int) -> range:
        return range(first, self._asked.cut.events, STRETCH)

    def _stretch(self, start: int) -> Sequence[RowMapping]:
        query = select(*(events.c[name] for name in _COLUMNS)).where(*self._between(start))
        with self._asked.engine.connect() as connection:
            return connection.execute(query.order_by(events.c.seq)).mappings().all()

    def _counted(self, start: int) -> int:
        query = select(func.count()).select_from(events).where(*self._between(start))
        with self._asked.engine.connect() as connection:
            return connection.execute(query).scalar_one()

    def _between(self, start: int) -> tuple[ColumnElement[bool], ...]:
        end = min(start + STRETCH, self._asked.cut.events)
        return (*self._where, events.c.seq > start, events.c.seq <= end)

    def _shown(self, row: RowMapping, veil: Veil) -> Shown | None:
        data = data_of(row["payload"])
        if not is_meant(data, veil):
            return None
        theirs = is_of_subject(data, veil)
        values: dict[str, Scalar] = {name: row[name] for name in _PLAIN}
        return Shown(
            cursor=str(row["seq"]),
            values=values | {"data": shown_data(data, veil, theirs=theirs)},
            at_ms=row["time_ms"],
            received_ms=row["received_ms"],
            device=f"{row['kind']}/{row['device']}",
            named=media_in(data),
            plain=veil.shows_pictures(theirs=theirs),
            theirs=theirs,
        )


def media_in(data: Any) -> tuple[str, ...]:
    """Return the SHA-256 of the pictures and clips that an event's data names."""
    named = data.get("media") if isinstance(data, dict) else None
    told = named if isinstance(named, list) else ()
    whole = (each for each in told if isinstance(each, str) and is_sha256(each))
    return tuple(dict.fromkeys(whole))[:MOST_MEDIA]


def _conditions(asked: Asked) -> Iterator[ColumnElement[bool]]:
    scope = asked.scope
    yield of_tenant(events, asked.tenant)
    yield events.c.kind != HUB_KIND
    yield from (events.c.time_ms >= scope.from_ms, events.c.time_ms < scope.to_ms)
    yield events.c.received_ms <= asked.cut.at_ms
    yield from at_devices(scope, asked.around.areas, events.c.kind, events.c.device)
