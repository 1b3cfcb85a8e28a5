"""What a disclosure is bounded by beside its scope: what was in the ledger when it was approved.

What comes in later is not in it, though it be of a time before: nobody has approved that. So the same rows
come whenever it is read.
"""

from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Final

from msgspec import Struct, field
from sqlalchemy import ColumnElement, Connection, and_, or_, select

from hub.bundle.source import SourceClock
from hub.commissioning.schema import devices
from hub.disclosure.scope import DAY_MS, Scope
from hub.ledger.by_number import of_tenant
from hub.ledger.schema import events
from hub.passes.pattern import ESCAPE, as_like
from hub.passes.reading import READERS
from hub.passes.schema import cursors

SLACK_MS: Final = DAY_MS
"""So far a device's clock may be ahead of the hub's, or the hub's have been set back."""


class Cut(Struct, frozen=True, kw_only=True):
    """Up to where the ledger is read: `events`, `passes` by their numbers, all else by when it was written.

    `first`: the event before the first that may be of the time of the scope.
    """

    at_ms: int
    first: int
    events: int
    passes: int


class Surroundings(Struct, frozen=True, kw_only=True):
    """What the hub knows of its devices, and the ledger does not; by `gate/east-in`.

    `units`: by device and property.
    """

    areas: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    clocks: tuple[SourceClock, ...] = ()


def cut_at(connection: Connection, tenant: str, scope: Scope, at_ms: int) -> Cut:
    """Find up to where the ledger was written at a moment, ms since 1970."""
    upto = newest_at(connection, tenant, at_ms)
    taken = _taken(connection, tenant)
    waits = passes_wait(connection, tenant, upto)
    first = _first(connection, scope.from_ms - SLACK_MS, upto)
    return Cut(at_ms=at_ms, first=first, events=upto, passes=min(taken, upto) if waits else upto)


def newest_at(connection: Connection, tenant: str, at_ms: int) -> int:
    """Return the number of the newest event that was there at a moment, 0 if there was none."""
    there = (of_tenant(events, tenant), events.c.received_ms <= at_ms)
    newest = select(events.c.seq).where(*there).order_by(events.c.seq.desc()).limit(1)
    return connection.execute(newest).scalar() or 0


def passes_wait(connection: Connection, tenant: str, upto: int) -> bool:
    """Whether the record of passes has not yet all that it makes of the events up to a number."""
    query = select(events.c.seq).where(events.c.tenant == tenant, events.c.type.in_(list(READERS)))
    behind = query.where(events.c.seq > _taken(connection, tenant), events.c.seq <= upto)
    return connection.execute(behind.limit(1)).first() is not None


def _taken(connection: Connection, tenant: str) -> int:
    return connection.execute(select(cursors.c.seq).where(cursors.c.tenant == tenant)).scalar() or 0


def areas_known(connection: Connection, tenant: str) -> dict[str, str]:
    """Return where devices stood when they last described themselves, by `gate/east-in`."""
    query = select(devices.c.device, devices.c.area).where(devices.c.tenant == tenant)
    found = connection.execute(query.where(devices.c.area.is_not(None)))
    return {device.partition("/")[2]: area for device, area in found}


def at_devices(
    scope: Scope, known: Mapping[str, str], kind: ColumnElement[str], device: ColumnElement[str]
) -> list[ColumnElement[bool]]:
    """Say in SQL that something is of the devices and the areas of a scope."""
    where: list[ColumnElement[bool]] = []
    if scope.devices:
        where.append(or_(False, *(_is(name, kind, device) for name in scope.devices)))
    if scope.areas:
        there = [name for name, area in known.items() if area in scope.areas]
        where.append(or_(False, *(_is(name, kind, device) for name in there)))
    return where


def is_of_device(scope: Scope, device: str) -> bool:
    """Whether a device, `gate/east-in`, is one of those that a scope names."""
    return not scope.devices or any(fnmatchcase(device, name) for name in scope.devices)


def _is(name: str, kind: ColumnElement[str], device: ColumnElement[str]) -> ColumnElement[bool]:
    of_kind, _, ident = name.partition("/")
    if ident == "*":
        return kind == of_kind
    if "*" in ident or "?" in ident:
        return and_(kind == of_kind, device.like(as_like(ident), escape=ESCAPE))
    return and_(kind == of_kind, device == ident)


def _first(connection: Connection, from_ms: int, upto: int) -> int:
    """Return a number up to which every event was received before a moment: halving, for no index has it."""
    low, high = 0, upto
    while low < high:
        middle = (low + high) // 2
        query = select(events.c.received_ms).where(events.c.seq > middle).order_by(events.c.seq).limit(1)
        received_ms = connection.execute(query).scalar()
        if received_ms is not None and received_ms < from_ms:
            low = middle + 1
        else:
            high = middle
    return low
