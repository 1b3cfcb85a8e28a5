"""A slice of a device's data around an alarm, as one file of canonical JSON. Blocking."""

from typing import Any, Final, Protocol

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, select

from contract.clock import rfc3339_ms
from contract.things import Description
from contract.topics import Address
from hub.evidence.piece import Piece
from hub.history.store import Point, Query, SeriesKey
from hub.ledger.queries import EventView, row_view
from hub.ledger.schema import events

FORMAT: Final = "hemei-data-slice/1"
MOST_POINTS: Final = 5_000
MOST_EVENTS: Final = 2_000
SETTLE_MS: Final = 3_000
"""Samples are written to history every second; so much later the last ones are there."""


class Series(Protocol):
    """History. Blocking."""

    def read(self, query: Query) -> list[Point]:
        """Return the points of a stretch, oldest first."""
        ...


class Stretch(Struct, frozen=True):
    """From when to when, in ms since 1970; the end is not in it."""

    start_ms: int
    end_ms: int


def stretch_of(piece: Piece) -> Stretch:
    """Return the stretch that a piece of data shows."""
    wanted, around_ms = piece.wanted, piece.around_ms
    return Stretch(around_ms - round(wanted.history_s * 1000), around_ms + round(wanted.after_s * 1000) + 1)


def due_ms(piece: Piece) -> int:
    """Return when all of its stretch is in history."""
    return stretch_of(piece).end_ms + SETTLE_MS


def make(
    piece: Piece, history: Series, found: list[EventView], description: Description | None, now_ms: int
) -> dict[str, Any]:
    """Return what stands in the file."""
    stretch = stretch_of(piece)
    properties = description.properties if description else {}
    kept = [name for name, schema in properties.items() if schema.history]
    return {
        "format": FORMAT,
        "alarm": piece.alarm,
        "device": piece.device,
        "device_known": description is not None,
        "from": rfc3339_ms(stretch.start_ms),
        "to": rfc3339_ms(stretch.end_ms),
        "made": rfc3339_ms(now_ms),
        "properties": {
            name: {"unit": properties[name].unit} | _points(history, piece, name, stretch) for name in kept
        },
        "events": [msgspec.to_builtins(each) for each in found],
    }


def events_of(connection: Connection, piece: Piece) -> list[EventView]:
    """Return the device's events of the stretch, by the device's own time, in the order of their commit."""
    stretch = stretch_of(piece)
    site, kind, device = piece.address
    query = select(events).where(
        events.c.tenant == piece.tenant,
        events.c.site == site,
        events.c.kind == kind,
        events.c.device == device,
        events.c.time_ms >= stretch.start_ms,
        events.c.time_ms < stretch.end_ms,
    )
    rows = connection.execute(query.order_by(events.c.seq.desc()).limit(MOST_EVENTS)).mappings().all()
    return [row_view(row) for row in reversed(rows)]


def _points(history: Series, piece: Piece, name: str, stretch: Stretch) -> dict[str, Any]:
    series = SeriesKey(piece.tenant, Address(*piece.address), name)
    query = Query(series=series, start_ms=stretch.start_ms, end_ms=stretch.end_ms, limit=MOST_POINTS)
    points = history.read(query)
    said = [[rfc3339_ms(point.ts_ms), point.value] for point in points]
    return {"points": said, "truncated": len(points) >= MOST_POINTS}
