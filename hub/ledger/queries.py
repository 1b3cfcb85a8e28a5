"""Reads the ledger's events, newest or oldest first, page by page."""

from collections.abc import Iterable
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import Engine, RowMapping, select

from contract.clock import epoch_ms, rfc3339_ms
from hub.ledger.by_number import of_tenant
from hub.ledger.commit import Entry, boot_text, sequence_number
from hub.ledger.schema import events


class EventView(Struct, frozen=True, kw_only=True):
    """An event as the API and the live stream show it; `seq` is its place in the ledger."""

    seq: int
    tenant: str
    site: str
    kind: str
    device: str
    source: str
    id: str
    type: str
    time: str
    received: str
    boot: str | None
    sequence: int | None
    data: Any
    media: Iterable[str]


class _Body(Struct, frozen=True):
    data: Any = None


_read_body = msgspec.json.Decoder(_Body).decode


def entry_view(entry: Entry) -> EventView:
    """Show an entry that was just committed."""
    arrival = entry.arrival
    event = arrival.event
    site, kind, device = arrival.address
    return EventView(
        seq=entry.seq,
        tenant=arrival.tenant,
        site=site,
        kind=kind,
        device=device,
        source=event.source,
        id=event.id,
        type=event.type,
        time=rfc3339_ms(epoch_ms(event.time)),
        received=rfc3339_ms(arrival.received_ms),
        boot=boot_text(event),
        sequence=sequence_number(event),
        data=event.data,
        media=event.media,
    )


def row_view(row: RowMapping) -> EventView:
    """Show a row of the ledger."""
    data = _read_body(row["payload"]).data
    media = data.get("media", []) if isinstance(data, dict) else []
    return EventView(
        **{name: row[name] for name in ("seq", "tenant", "site", "kind", "device", "source", "id", "type")},
        time=rfc3339_ms(row["time_ms"]),
        received=rfc3339_ms(row["received_ms"]),
        boot=row["boot"],
        sequence=row["sequence"],
        data=data,
        media=media if isinstance(media, list) else [],
    )


class EventLog:
    """The ledger's events for reading. Blocking: call it in a thread."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def find(
        self,
        *,
        tenant: str,
        equal: dict[str, str],
        after: int | None = None,
        before: int | None = None,
        limit: int = 100,
        newest_first: bool = False,
    ) -> list[EventView]:
        """Return up to `limit` events of `tenant` whose columns equal those given."""
        indexed = "type" in equal or equal.keys() >= {"site", "kind", "device"}
        query = select(events).where(events.c.tenant == tenant if indexed else of_tenant(events, tenant))
        for column, value in equal.items():
            query = query.where(events.c[column] == value)
        if after is not None:
            query = query.where(events.c.seq > after)
        if before is not None:
            query = query.where(events.c.seq < before)
        order = events.c.seq.desc() if newest_first else events.c.seq
        with self._engine.connect() as connection:
            rows = connection.execute(query.order_by(order).limit(limit)).mappings().all()
        return [row_view(row) for row in rows]
