"""Notifications in the ledger: planned, begun, ended. Blocking, inside the caller's transaction."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any, Final

import msgspec
from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, RowMapping, func, select, update

from hub.ledger.converting import convert
from hub.ledger.dialect import dialect_of
from hub.notify.schema import notifications

_C: Final = notifications.c

LINK: Final = "link"
"""What a text holds beside its languages: an address with a secret. It is forgotten when the message ends."""

REFERRAL: Final = "referred:"
REFERRAL_CLOSED: Final = "referral-closed:"
_OF_CASES: Final = (REFERRAL, REFERRAL_CLOSED)
"""How the news of a text begins whose end stands in the timeline of the alarm that it names."""


class Stage(StrEnum):
    """How far a notification has come. The last three are ends."""

    HELD = "held"
    """Its alarm is hidden; told as soon as it is hidden no longer."""
    PLANNED = "planned"
    SENDING = "sending"
    """Begun; after a crash nobody knows whether it went out."""
    SENT = "sent"
    FAILED = "failed"
    DROPPED = "dropped"
    """There was no need: somebody knew before it could be told, or a later one says the same and more."""


class Notification(Struct, frozen=True, kw_only=True):
    """One contact's message about one alarm's news; with a `text` (JSON words) it is about something else."""

    id: int
    alarm: str
    contact: str
    news: str
    state: Stage
    planned_ms: int
    due_ms: int
    attempts: int
    first_ms: int | None
    reason: str
    text: str | None = None

    @property
    def key(self) -> str:
        """The same for every attempt: a receiver that looks at it counts each notification once."""
        return f"{self.alarm}:{self.contact}:{self.news}"

    @property
    def case(self) -> str | None:
        """The alarm whose timeline says what became of it; None: no timeline does."""
        if self.text is None:
            return self.alarm
        return self.news.partition(":")[2] if self.news.startswith(_OF_CASES) else None


class Outbox:
    """One tenant's notifications."""

    def __init__(self, tenant: str) -> None:
        self._tenant = tenant

    def plan(
        self,
        connection: Connection,
        alarm: str,
        news: str,
        contacts: Iterable[str],
        now_ms: int,
        *,
        held: bool = False,
        text: str | None = None,
    ) -> None:
        """Add a message to each of `contacts`; whoever has it already gets no second one."""
        rows = [
            {
                "tenant": self._tenant,
                "alarm": alarm,
                "contact": contact,
                "news": news,
                "text": text,
                "state": (Stage.HELD if held else Stage.PLANNED).value,
                "planned_ms": now_ms,
                "due_ms": now_ms,
                "attempts": 0,
                "reason": "",
            }
            for contact in contacts
        ]
        if rows:
            connection.execute(
                dialect_of(connection).insert(notifications).values(rows).on_conflict_do_nothing()
            )

    def hold(self, connection: Connection, alarm: str) -> None:
        """Keep back what was not told before an alarm was hidden."""
        self._move(connection, (_C.alarm == alarm, _C.state == Stage.PLANNED.value), state=Stage.HELD)

    def release(self, connection: Connection, alarm: str, now_ms: int) -> set[str]:
        """Tell what was kept back, to each contact its newest; return these contacts."""
        held = (_C.alarm == alarm, _C.state == Stage.HELD.value)
        newest = select(func.max(_C.id)).where(*self._ours(*held)).group_by(_C.contact)
        chosen = list(connection.execute(newest).scalars())
        self._move(connection, (_C.id.in_(chosen),), state=Stage.PLANNED, due_ms=now_ms)
        self.drop_held(connection, alarm, now_ms)
        told = select(_C.contact).where(_C.id.in_(chosen))
        return set(connection.execute(told).scalars())

    def drop_held(self, connection: Connection, alarm: str, now_ms: int) -> None:
        """Give up what was kept back: it is needed no longer."""
        held = (_C.alarm == alarm, _C.state == Stage.HELD.value)
        self._move(connection, held, state=Stage.DROPPED, ended_ms=now_ms)

    def told(self, connection: Connection, alarm: str) -> list[str]:
        """Return who was told of an alarm, or is about to be."""
        going_out = _C.state.in_([Stage.PLANNED.value, Stage.SENDING.value, Stage.SENT.value])
        query = select(_C.contact).where(*self._ours(_C.alarm == alarm, going_out)).distinct()
        return sorted(connection.execute(query).scalars())

    def open(self, connection: Connection, contact: str) -> list[Notification]:
        """Return what a contact is still to be told, oldest first, held ones left out."""
        planned = (_C.contact == contact, _C.state == Stage.PLANNED.value)
        rows = connection.execute(select(notifications).where(*self._ours(*planned)).order_by(_C.id))
        return [_notification(row) for row in rows.mappings()]

    def begin(self, connection: Connection, ident: int, now_ms: int) -> Notification | None:
        """Say that an attempt begins, before it does; None if it was held or dropped meanwhile."""
        moved = self._move(
            connection,
            (_C.id == ident, _C.state == Stage.PLANNED.value),
            state=Stage.SENDING,
            attempts=_C.attempts + 1,
            first_ms=func.coalesce(_C.first_ms, now_ms),
        )
        if not moved:
            return None
        row = connection.execute(select(notifications).where(_C.id == ident)).mappings().one()
        return _notification(row)

    def retry(self, connection: Connection, ident: int, due_ms: int, reason: str) -> None:
        """Say that an attempt failed, and when the next one may begin."""
        sending = (_C.id == ident, _C.state == Stage.SENDING.value)
        self._move(connection, sending, state=Stage.PLANNED, due_ms=due_ms, reason=reason)

    def hurry(self, connection: Connection, contact: str, now_ms: int) -> None:
        """Let everything that a contact is to be told be tried now."""
        waiting = (_C.contact == contact, _C.state == Stage.PLANNED.value, _C.due_ms > now_ms)
        self._move(connection, waiting, state=Stage.PLANNED, due_ms=now_ms)

    def end(self, connection: Connection, ident: int, stage: Stage, now_ms: int, reason: str = "") -> None:
        """Say what became of it in the end."""
        self._move(connection, (_C.id == ident,), state=stage, ended_ms=now_ms, reason=reason)
        self._forget_link(connection, _C.id == ident)

    def withdraw(self, connection: Connection, alarm: str, now_ms: int) -> None:
        """Give up what is planned and not begun; what is being sent arrives."""
        planned = (_C.alarm == alarm, _C.state == Stage.PLANNED.value)
        self._move(connection, planned, state=Stage.DROPPED, ended_ms=now_ms)
        self._forget_link(connection, _C.alarm == alarm, _C.state == Stage.DROPPED.value)

    def about(self, connection: Connection, alarm: str) -> Notification | None:
        """Return the newest of a subject, whatever became of it."""
        query = select(notifications).where(*self._ours(_C.alarm == alarm)).order_by(_C.id.desc()).limit(1)
        row = connection.execute(query).mappings().first()
        return None if row is None else _notification(row)

    def resume(self, connection: Connection, now_ms: int) -> int:
        """Plan anew what a crash caught between its begin and its end; return how many."""
        sending = (_C.state == Stage.SENDING.value,)
        reason = "the hub stopped while it was being sent"
        return self._move(connection, sending, state=Stage.PLANNED, due_ms=now_ms, reason=reason)

    def orphans(self, connection: Connection, contacts: Iterable[str]) -> list[Notification]:
        """Return what was planned for those who are no contacts any more."""
        open_ = _C.state.in_([Stage.PLANNED.value, Stage.HELD.value])
        where = self._ours(open_, _C.contact.not_in(list(contacts)))
        rows = connection.execute(select(notifications).where(*where).order_by(_C.id)).mappings()
        return [_notification(row) for row in rows]

    def last_ends(self, connection: Connection) -> Mapping[str, Stage]:
        """Return how each contact's last message ended: sent or failed."""
        ended = self._ours(_C.state.in_([Stage.SENT.value, Stage.FAILED.value]))
        last = select(_C.contact, func.max(_C.ended_ms).label("ended_ms")).where(*ended)
        last_of = last.group_by(_C.contact).subquery()
        query = select(_C.contact, _C.state).where(
            *ended, _C.contact == last_of.c.contact, _C.ended_ms == last_of.c.ended_ms
        )
        return {contact: Stage(state) for contact, state in connection.execute(query.order_by(_C.id))}

    def _move(
        self, connection: Connection, where: Iterable[ColumnElement[bool]], *, state: Stage, **values: Any
    ) -> int:
        statement = update(notifications).where(*self._ours(*where)).values(state=state.value, **values)
        return connection.execute(statement).rowcount

    def _forget_link(self, connection: Connection, *where: ColumnElement[bool]) -> None:
        query = select(_C.id, _C.text).where(*self._ours(*where, _C.text.contains(f'"{LINK}":')))
        for ident, text in connection.execute(query).all():
            said = msgspec.json.decode(text, type=dict[str, str])
            rest = {language: words for language, words in said.items() if language != LINK}
            changed = update(notifications).where(_C.id == ident)
            connection.execute(changed.values(text=msgspec.json.encode(rest).decode()))

    def _ours(self, *where: ColumnElement[bool]) -> tuple[ColumnElement[bool], ...]:
        return (_C.tenant == self._tenant, *where)


def _notification(row: RowMapping) -> Notification:
    return convert({name: row[name] for name in Notification.__struct_fields__}, Notification)
