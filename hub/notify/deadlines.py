"""Steps of escalation in the ledger: when each is due, and whether it was taken. Blocking."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any, Final

from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, insert, select, update

from hub.ledger.converting import convert
from hub.notify.schema import escalations

_C: Final = escalations.c


class Stand(StrEnum):
    """How a step stands. The last two are ends."""

    WAITING = "waiting"
    PAUSED = "paused"
    """Its alarm is hidden; it waits anew once it is hidden no longer."""
    DONE = "done"
    STOPPED = "stopped"
    """Somebody acknowledged, or the alarm was closed."""


_OPEN: Final = (Stand.WAITING.value, Stand.PAUSED.value)


class Deadline(Struct, frozen=True, kw_only=True):
    """When a step of an alarm's escalation is due. `occurrence`: the entry that raised it."""

    alarm: str
    occurrence: int
    step: int
    due_ms: int


class Deadlines:
    """One tenant's steps."""

    def __init__(self, tenant: str) -> None:
        self._tenant = tenant

    def plan(
        self, connection: Connection, alarm: str, occurrence: int, due_ms: Sequence[int], stand: Stand
    ) -> None:
        """Add the steps of an alarm that was raised."""
        rows = [
            {
                "tenant": self._tenant,
                "alarm": alarm,
                "occurrence": occurrence,
                "step": step,
                "state": stand.value,
                "due_ms": due,
            }
            for step, due in enumerate(due_ms)
        ]
        if rows:
            connection.execute(insert(escalations), rows)

    def pending(self, connection: Connection, alarm: str) -> list[Deadline]:
        """Return an alarm's steps that are not taken yet, paused ones too."""
        return self._find(
            connection, _C.alarm == alarm, _C.state.in_([Stand.WAITING.value, Stand.PAUSED.value])
        )

    def next(self, connection: Connection) -> Deadline | None:
        """Return the step that is due before all others."""
        return next(iter(self._find(connection, _C.state == Stand.WAITING.value, limit=1)), None)

    def pause(self, connection: Connection, alarm: str) -> None:
        """Stop the clock of an alarm."""
        self._move(connection, (_C.alarm == alarm, _C.state == Stand.WAITING.value), state=Stand.PAUSED)

    def expect(self, connection: Connection, deadline: Deadline, due_ms: int) -> None:
        """Let a step be due at another time."""
        self._move(connection, self._open(deadline), state=Stand.WAITING, due_ms=due_ms)

    def stop(self, connection: Connection, alarm: str, now_ms: int) -> None:
        """Give up an alarm's steps."""
        self._move(connection, (_C.alarm == alarm, _C.state.in_(_OPEN)), state=Stand.STOPPED, ended_ms=now_ms)

    def end(self, connection: Connection, deadline: Deadline, now_ms: int, stand: Stand = Stand.DONE) -> bool:
        """Say that a step was taken; False if somebody else took or stopped it."""
        waiting = (*self._open(deadline), _C.state == Stand.WAITING.value)
        return self._move(connection, waiting, state=stand, ended_ms=now_ms) == 1

    def _find(
        self, connection: Connection, *where: ColumnElement[bool], limit: int | None = None
    ) -> list[Deadline]:
        query = select(escalations).where(_C.tenant == self._tenant, *where)
        order = (_C.due_ms, _C.alarm, _C.occurrence, _C.step)
        rows = connection.execute(query.order_by(*order).limit(limit)).mappings()
        names = Deadline.__struct_fields__
        return [convert({name: row[name] for name in names}, Deadline) for row in rows]

    def _move(
        self, connection: Connection, where: Sequence[ColumnElement[bool]], *, state: Stand, **values: Any
    ) -> int:
        ours = update(escalations).where(_C.tenant == self._tenant, *where)
        return connection.execute(ours.values(state=state.value, **values)).rowcount

    @staticmethod
    def _open(deadline: Deadline) -> tuple[ColumnElement[bool], ...]:
        one = (_C.alarm == deadline.alarm, _C.occurrence == deadline.occurrence, _C.step == deadline.step)
        return (*one, _C.state.in_(_OPEN))
