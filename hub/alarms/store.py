"""Writes and reads alarms inside the caller's transaction. Blocking."""

from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import ColumnElement, Connection, RowMapping, Select, delete, func, insert, select, update

from hub.alarms.alarm import Alarm, Entry, Trace
from hub.alarms.lifecycle import Suppression
from hub.alarms.schema import alarms, cursors, entries, occurrences, shelves
from hub.ledger.converting import convert
from hub.ledger.cursor import Cursor
from hub.ledger.dialect import dialect_of

_JSON_COLUMNS = ("title", "data", "trace")


class Shelf(Struct, frozen=True, kw_only=True):
    """Why, until when and by whom the alarms of one dedup key are hidden."""

    dedup: str
    suppression: Suppression
    until_ms: int | None
    reason: str
    who: str
    post: str | None
    since_ms: int


class AlarmStore:
    """One tenant's alarms."""

    def __init__(self, tenant: str) -> None:
        self.tenant = tenant
        self.cursor = Cursor(cursors, tenant)
        """Up to which event the rules have looked."""

    def insert(self, connection: Connection, alarm: Alarm) -> bool:
        """Add an alarm; False if one with its dedup key is open already."""
        added = dialect_of(connection).insert(alarms).values(_values(alarm)).on_conflict_do_nothing()
        return connection.execute(added.returning(alarms.c.id)).first() is not None

    def update(self, connection: Connection, before: Alarm, after: Alarm) -> bool:
        """Write what became of an alarm; False if somebody else wrote it since `before` was read."""
        where = (alarms.c.id == before.id) & (alarms.c.entries == before.entries)
        return connection.execute(update(alarms).where(where).values(_values(after))).rowcount == 1

    def add_entry(self, connection: Connection, entry: Entry) -> None:
        """Add to an alarm's timeline."""
        values = msgspec.structs.asdict(entry)
        values |= {"tenant": self.tenant, "kind": entry.kind.value, "data": _json(entry.data)}
        connection.execute(insert(entries).values(values))

    def occurs(self, connection: Connection, dedup: str, event_seq: int) -> bool:
        """Take note that an event raised this; False if that is known."""
        values = {"tenant": self.tenant, "dedup": dedup, "event_seq": event_seq}
        added = dialect_of(connection).insert(occurrences).values(values).on_conflict_do_nothing()
        return connection.execute(added.returning(occurrences.c.event_seq)).first() is not None

    def get(self, connection: Connection, ident: str) -> Alarm | None:
        """Read one alarm."""
        return self._one(connection, self._ours(alarms.c.id == ident))

    def hold(self, connection: Connection, ident: str) -> Alarm | None:
        """Read one alarm that is about to change: nobody else changes it before this transaction ends."""
        return self._one(connection, self._ours(alarms.c.id == ident).with_for_update())

    def latest(self, connection: Connection, dedup: str) -> Alarm | None:
        """Read the last alarm with this dedup key, open or not, as `hold` does; an open one is the last."""
        newest = (alarms.c.closed_ms.is_(None).desc(), alarms.c.raised_ms.desc(), alarms.c.id)
        query = self._ours(alarms.c.dedup == dedup).order_by(*newest).limit(1)
        return self._one(connection, query.with_for_update())

    def find(
        self,
        connection: Connection,
        *where: ColumnElement[bool],
        limit: int = 1000,
        before_ms: int | None = None,
    ) -> list[Alarm]:
        """Read alarms, newest raise first."""
        query = self._ours(*where)
        if before_ms is not None:
            query = query.where(alarms.c.raised_ms < before_ms)
        rows = connection.execute(query.order_by(alarms.c.raised_ms.desc()).limit(limit)).mappings()
        return [alarm_of(row) for row in rows]

    def standing(self, connection: Connection) -> list[Alarm]:
        """Read every open alarm, oldest raise first."""
        query = self._ours(alarms.c.closed_ms.is_(None)).order_by(alarms.c.raised_ms)
        return [alarm_of(row) for row in connection.execute(query).mappings()]

    def raised_since(self, connection: Connection, since_ms: int) -> dict[str, int]:
        """Count the alarms of each key that were raised since then, in ms since 1970."""
        query = select(alarms.c.key, func.count()).where(
            alarms.c.tenant == self.tenant, alarms.c.raised_ms >= since_ms
        )
        return {row[0]: row[1] for row in connection.execute(query.group_by(alarms.c.key))}

    def trace(self, connection: Connection, ident: str, reached: Trace) -> None:
        """Write when an alarm reached the screens, where that is not known yet."""
        known = self.hold(connection, ident)
        if known is None:
            return
        trace = replace(
            known.trace,
            pushed_ms=known.trace.pushed_ms or reached.pushed_ms,
            painted_ms=known.trace.painted_ms or reached.painted_ms,
            painted_by=known.trace.painted_by or reached.painted_by,
        )
        where = alarms.c.id == ident
        connection.execute(update(alarms).where(where).values(trace=_json(trace)))

    def timeline(self, connection: Connection, ident: str) -> list[Entry]:
        """Read an alarm's timeline, from its first entry."""
        where = (entries.c.tenant == self.tenant) & (entries.c.alarm == ident)
        rows = connection.execute(select(entries).where(where).order_by(entries.c.n)).mappings()
        return [entry_of(row) for row in rows]

    def requested(self, connection: Connection, ident: str, who: str, request: str) -> bool:
        """Whether this person's request (hexadecimal digits and dashes) stands in an alarm's timeline."""
        where = (entries.c.tenant == self.tenant) & (entries.c.alarm == ident) & (entries.c.who == who)
        named = entries.c.data.contains(f'"request":"{request}"')
        return connection.execute(select(entries.c.n).where(where, named).limit(1)).first() is not None

    def shelf(self, connection: Connection, dedup: str) -> Shelf | None:
        """Read whether the alarms of a dedup key are hidden."""
        query = select(shelves).where(shelves.c.tenant == self.tenant, shelves.c.dedup == dedup)
        row = connection.execute(query).mappings().first()
        return None if row is None else _shelf(row)

    def shelves(self, connection: Connection) -> list[Shelf]:
        """Read everything that is hidden by a person."""
        query = select(shelves).where(shelves.c.tenant == self.tenant).order_by(shelves.c.since_ms)
        return [_shelf(row) for row in connection.execute(query).mappings()]

    def put_shelf(self, connection: Connection, shelf: Shelf) -> None:
        """Hide the alarms of a dedup key, this one and the next."""
        values = msgspec.structs.asdict(shelf) | {"suppression": shelf.suppression.value}
        added = dialect_of(connection).insert(shelves).values(tenant=self.tenant, **values)
        rest = {name: value for name, value in values.items() if name != "dedup"}
        connection.execute(added.on_conflict_do_update(index_elements=["tenant", "dedup"], set_=rest))

    def drop_shelf(self, connection: Connection, dedup: str) -> None:
        """Hide them no longer."""
        connection.execute(delete(shelves).where(shelves.c.tenant == self.tenant, shelves.c.dedup == dedup))

    def _ours(self, *where: ColumnElement[bool]) -> Select[Any]:
        return select(alarms).where(alarms.c.tenant == self.tenant, *where)

    @staticmethod
    def _one(connection: Connection, query: Select[Any]) -> Alarm | None:
        row = connection.execute(query).mappings().first()
        return None if row is None else alarm_of(row)


def entry_of(row: RowMapping) -> Entry:
    """Read a row of `alarm_entries`."""
    values = {name: row[name] for name in Entry.__struct_fields__}
    return convert(values | {"data": msgspec.json.decode(row["data"])}, Entry)


def _values(alarm: Alarm) -> dict[str, Any]:
    values = msgspec.structs.asdict(alarm)
    values |= {name: _json(values[name]) for name in _JSON_COLUMNS}
    for name in ("priority", "kind", "state", "suppression"):
        values[name] = values[name].value
    return values


def alarm_of(row: RowMapping) -> Alarm:
    """Read a row of `alarms`."""
    values: dict[str, Any] = {name: row[name] for name in Alarm.__struct_fields__}
    values |= {name: msgspec.json.decode(values[name]) for name in _JSON_COLUMNS}
    return convert(values, Alarm)


def _shelf(row: RowMapping) -> Shelf:
    return convert({name: row[name] for name in Shelf.__struct_fields__}, Shelf)


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()
