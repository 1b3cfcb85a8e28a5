"""What is still to be told, in the ledger. Blocking, inside the caller's transaction."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from msgspec import Struct
from sqlalchemy import Connection, delete, func, insert, select

from hub.alarms.alarm import Change
from hub.ledger.by_number import of_tenant
from hub.ledger.dialect import dialect_of
from hub.ledger.queries import row_view
from hub.ledger.schema import events
from hub.webhooks.message import Message, of_change, of_event
from hub.webhooks.schema import changes, cursors
from hub.webhooks.settings import Webhook

PAGE: Final = 100
MOST_COUNTED: Final = 10_000
"""So many events and changes are looked at to count what waits: a receiver may be away for days."""


class Position(Struct, frozen=True, kw_only=True):
    """How far a webhook has come; `gone_url`: the address that wants no more."""

    event_seq: int
    change_seq: int
    gone_url: str | None = None


class Due(NamedTuple):
    """A message, None if there was only what the webhook does not want, and the position after it."""

    message: Message | None
    after: Position


class HookStore:
    """One tenant's webhooks."""

    def __init__(self, tenant: str) -> None:
        self._tenant = tenant

    def add(self, connection: Connection, change: Change) -> None:
        """Note what happened to an alarm, with the change itself."""
        body = of_change(change).decode()
        row = {"tenant": self._tenant, "at_ms": change.entry.ts_ms, "body": body}
        connection.execute(insert(changes).values(row))

    def position(self, connection: Connection, hook: str) -> Position:
        """Return how far a webhook has come; a new one begins with what comes from now on."""
        written = self._written(connection, hook)
        if written is not None:
            return written
        newest = select(func.max(events.c.seq)).where(of_tenant(events, self._tenant))
        changed = select(func.max(changes.c.seq)).where(changes.c.tenant == self._tenant)
        begin = Position(
            event_seq=connection.execute(newest).scalar() or 0,
            change_seq=connection.execute(changed).scalar() or 0,
        )
        self.move(connection, hook, begin)
        return begin

    def move(self, connection: Connection, hook: str, to: Position) -> None:
        """Write how far a webhook has come."""
        values = {name: getattr(to, name) for name in Position.__struct_fields__}
        added = dialect_of(connection).insert(cursors).values(tenant=self._tenant, hook=hook, **values)
        connection.execute(added.on_conflict_do_update(index_elements=["tenant", "hook"], set_=values))

    def due(self, connection: Connection, hook: Webhook, at: Position) -> Due | None:
        """Return what comes next, the older of event and alarm; None: nothing is left."""
        found = [
            each for each in (self._event(connection, hook, at), self._change(connection, hook, at)) if each
        ]
        told = [each for each in found if each.message is not None]
        if told:
            return min(told, key=lambda each: each.message.at_ms if each.message else 0)
        return found[0] if found else None

    def waiting(self, connection: Connection, hook: Webhook) -> tuple[int, bool]:
        """Count what a webhook has not been told, as far as MOST_COUNTED; whether there is more."""
        at = self._written(connection, hook.id)
        if at is None:
            return 0, False
        newer = [of_tenant(events, self._tenant), events.c.seq > at.event_seq]
        types = select(events.c.type).where(*newer).order_by(events.c.seq).limit(MOST_COUNTED)
        there = [row.type for row in connection.execute(types)] if hook.events else []
        newer = [changes.c.tenant == self._tenant, changes.c.seq > at.change_seq]
        few = select(changes.c.seq).where(*newer).limit(MOST_COUNTED).subquery()
        changed = connection.execute(select(func.count()).select_from(few)).scalar_one() if hook.alarms else 0
        return sum(map(hook.wants, there)) + changed, MOST_COUNTED in (len(there), changed)

    def tidy(self, connection: Connection, hooks: Sequence[str]) -> None:
        """Delete what all webhooks have been told."""
        ours = (cursors.c.tenant == self._tenant, cursors.c.hook.in_(hooks), cursors.c.gone_url.is_(None))
        least = connection.execute(select(func.min(cursors.c.change_seq)).where(*ours)).scalar()
        if least is not None:
            told = (changes.c.tenant == self._tenant, changes.c.seq <= least)
            connection.execute(delete(changes).where(*told))

    def _written(self, connection: Connection, hook: str) -> Position | None:
        ours = (cursors.c.tenant == self._tenant, cursors.c.hook == hook)
        row = connection.execute(select(cursors).where(*ours)).mappings().first()
        return None if row is None else Position(**{name: row[name] for name in Position.__struct_fields__})

    def _event(self, connection: Connection, hook: Webhook, at: Position) -> Due | None:
        if not hook.events:
            return None
        newer = (of_tenant(events, self._tenant), events.c.seq > at.event_seq)
        rows = connection.execute(select(events).where(*newer).order_by(events.c.seq).limit(PAGE)).mappings()
        last: int | None = None
        for row in rows:
            last = row["seq"]
            after = Position(event_seq=last, change_seq=at.change_seq)
            if hook.wants(row["type"]):
                return Due(of_event(row_view(row), row["received_ms"]), after)
        return None if last is None else Due(None, Position(event_seq=last, change_seq=at.change_seq))

    def _change(self, connection: Connection, hook: Webhook, at: Position) -> Due | None:
        if not hook.alarms:
            return None
        newer = (changes.c.tenant == self._tenant, changes.c.seq > at.change_seq)
        row = connection.execute(select(changes).where(*newer).order_by(changes.c.seq).limit(1)).first()
        if row is None:
            return None
        message = Message(id=f"alarm-{row.seq}", body=row.body.encode(), at_ms=row.at_ms)
        return Due(message, Position(event_seq=at.event_seq, change_seq=row.seq))
