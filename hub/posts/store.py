"""Writes and reads shifts, hand-overs and presence checks inside the caller's transaction. Blocking.

Whatever ends or takes something says `where` it is still open, so that of two at the same time one wins.
"""

import secrets
from collections.abc import Sequence
from typing import Any, TypeVar

import msgspec
from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, RowMapping, Table, func, insert, select, update

from hub.ledger.converting import convert
from hub.ledger.dialect import dialect_of
from hub.posts.records import Check, Handover, Item, OnDuty, Shift, ShiftEnd
from hub.posts.schema import handovers, presence_checks, shift_shelves, shifts

T = TypeVar("T", bound=Struct)

_ON_DUTY = shifts.c.ended_ms.is_(None)
_WAITING = handovers.c.accepted_ms.is_(None) & handovers.c.void_ms.is_(None)
_UNENDED = presence_checks.c.ended_ms.is_(None)


class PostStore:
    """One tenant's posts."""

    def __init__(self, tenant: str) -> None:
        self._tenant = tenant

    def on_duty(self, connection: Connection) -> OnDuty:
        """Read everything that is open."""
        return OnDuty(
            shifts=self._all(connection, shifts, Shift, _ON_DUTY, shifts.c.began_ms),
            handovers=self._all(connection, handovers, Handover, _WAITING, handovers.c.prepared_ms),
            checks=self._all(connection, presence_checks, Check, _UNENDED, presence_checks.c.due_ms),
        )

    def shift_of(self, connection: Connection, who: str) -> Shift | None:
        """Read the shift in which somebody is now, and hold it until the transaction ends."""
        return self._one(connection, shifts, Shift, _ON_DUTY & (shifts.c.who == who))

    def colleagues(self, connection: Connection, shift: Shift) -> tuple[Shift, ...]:
        """Read who else is on duty at the same post."""
        where = _ON_DUTY & (shifts.c.post == shift.post) & (shifts.c.id != shift.id)
        return self._all(connection, shifts, Shift, where, shifts.c.began_ms)

    def begin(self, connection: Connection, post: str, who: str, now_ms: int) -> Shift | None:
        """Begin a shift; None if that person has begun one elsewhere in this very moment."""
        shift = Shift(id=_new_id(), post=post, who=who, began_ms=now_ms, seen_ms=now_ms)
        values = msgspec.structs.asdict(shift) | {"tenant": self._tenant}
        added = dialect_of(connection).insert(shifts).values(values).on_conflict_do_nothing()
        return shift if connection.execute(added.returning(shifts.c.id)).first() else None

    def end(
        self, connection: Connection, shift: Shift, how: ShiftEnd, by: str, reason: str, now_ms: int
    ) -> bool:
        """End a shift, with what hangs on it; False if it has ended already."""
        values = {"ended_ms": now_ms, "end": how.value, "ended_by": by, "reason": reason}
        mine = _ON_DUTY & (shifts.c.id == shift.id)
        if connection.execute(update(shifts).where(mine).values(values)).rowcount != 1:
            return False
        void = update(handovers).where(_WAITING & (handovers.c.shift == shift.id)).values(void_ms=now_ms)
        connection.execute(void)
        if not self.colleagues(connection, shift):
            self.end_check(connection, shift.post, None, now_ms)
        return True

    def see(self, connection: Connection, shift: Shift, now_ms: int) -> bool:
        """Note that somebody is awake; whether a presence check of their post ends with that."""
        connection.execute(update(shifts).where(shifts.c.id == shift.id).values(seen_ms=now_ms))
        return self.end_check(connection, shift.post, shift.who, now_ms)

    def handover(self, connection: Connection, ident: str) -> Handover | None:
        """Read a hand-over, accepted or not."""
        return self._one(connection, handovers, Handover, handovers.c.id == ident)

    def prepare(
        self, connection: Connection, shift: Shift, note: str, items: Sequence[Item], now_ms: int
    ) -> Handover:
        """Prepare a hand-over, or prepare it anew."""
        where = _WAITING & (handovers.c.shift == shift.id)
        values = {"prepared_ms": now_ms, "note": note, "items": _json(items)}
        if connection.execute(update(handovers).where(where).values(values)).rowcount == 0:
            rest = {"id": _new_id(), "shift": shift.id, "post": shift.post, "who": shift.who}
            connection.execute(insert(handovers).values(tenant=self._tenant, **rest, **values))
        prepared = self._one(connection, handovers, Handover, where)
        assert prepared is not None  # noqa: S101 - written above, in this transaction
        return prepared

    def accept(
        self,
        connection: Connection,
        handover: Handover,
        by: str,
        note: str,
        items: Sequence[Item],
        now_ms: int,
    ) -> bool:
        """Take a hand-over; False if it no longer waits."""
        values = {
            "accepted_ms": now_ms,
            "accepted_by": by,
            "accepted_note": note,
            "accepted_items": _json(items),
        }
        where = _WAITING & (handovers.c.id == handover.id)
        return connection.execute(update(handovers).where(where).values(values)).rowcount == 1

    def add_check(self, connection: Connection, post: str, now_ms: int, deadline_ms: int) -> None:
        """Make a presence check due, if there is none."""
        values = {"id": _new_id(), "tenant": self._tenant, "post": post}
        added = dialect_of(connection).insert(presence_checks)
        due = added.values(**values, due_ms=now_ms, deadline_ms=deadline_ms).on_conflict_do_nothing()
        connection.execute(due)

    def miss(self, connection: Connection, check: Check, now_ms: int) -> bool:
        """Say that nobody showed in time; False if somebody did meanwhile."""
        where = _UNENDED & presence_checks.c.missed_ms.is_(None) & (presence_checks.c.id == check.id)
        missed = update(presence_checks).where(where).values(missed_ms=now_ms)
        return connection.execute(missed).rowcount == 1

    def end_check(self, connection: Connection, post: str, by: str | None, now_ms: int) -> bool:
        """End the presence check of a post; whether there was one."""
        where = _UNENDED & (presence_checks.c.tenant == self._tenant) & (presence_checks.c.post == post)
        ended = update(presence_checks).where(where).values(ended_ms=now_ms, ended_by=by)
        return connection.execute(ended).rowcount == 1

    def count_shelf(self, connection: Connection, shift: Shift, alarm: str, now_ms: int) -> None:
        """Note that an alarm was shelved in a shift."""
        values = {"tenant": self._tenant, "shift": shift.id, "alarm": alarm, "ts_ms": now_ms}
        connection.execute(insert(shift_shelves).values(values))

    def shelved_in(self, connection: Connection, shift: Shift) -> int:
        """Count how often something was shelved in a shift."""
        where = (shift_shelves.c.tenant == self._tenant) & (shift_shelves.c.shift == shift.id)
        return connection.execute(select(func.count()).select_from(shift_shelves).where(where)).scalar_one()

    def _all(
        self,
        connection: Connection,
        table: Table,
        kind: type[T],
        where: ColumnElement[bool],
        order: ColumnElement[Any],
    ) -> tuple[T, ...]:
        query = select(table).where(table.c.tenant == self._tenant, where).order_by(order, table.c.id)
        return tuple(_struct(row, kind) for row in connection.execute(query).mappings())

    def _one(
        self, connection: Connection, table: Table, kind: type[T], where: ColumnElement[bool]
    ) -> T | None:
        query = select(table).where(table.c.tenant == self._tenant, where).with_for_update()
        row = connection.execute(query).mappings().first()
        return None if row is None else _struct(row, kind)


def _struct(row: RowMapping, kind: type[T]) -> T:
    values = {name: row[name] for name in kind.__struct_fields__}
    for name in ("items", "accepted_items"):
        if name in values:
            values[name] = msgspec.json.decode(values[name] or b"[]")
    return convert(values, kind)


def _json(items: Sequence[Item]) -> str:
    return msgspec.json.encode(items).decode()


def _new_id() -> str:
    return secrets.token_hex(16)
