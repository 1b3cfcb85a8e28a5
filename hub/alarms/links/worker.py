"""Carries out a linked action: looks at the interlock, asks, waits, writes on the alarm what became of it.

Each step is committed before the next is taken. An id is written down before the action with it is sent, so
that after a crash it is known what to ask after. Whatever a driver took is never asked for again.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final, Protocol

from sqlalchemy import Connection

from contract.clock import Clock
from contract.errors import InvalidMessage, Refused
from contract.messages import Problem
from hub.actions.asks import EXPIRES_S, Asks
from hub.actions.records import ActionRecord
from hub.alarms.alarm import Alarm, EntryKind
from hub.alarms.links.interlock import holds
from hub.alarms.links.rows import LinkedAction, LinkedActions, Outcome, new_id
from hub.alarms.links.targets import Known
from hub.ledger.transactions import Transactions

OUTCOME_S: Final = 30.0
LOOK_AGAIN_S: Final = 1.0
SETTLE_S: Final = 2.0
"""After the link comes back, results that waited at the broker come first; only then is it asked again."""

FAILED: Final[frozenset[Outcome]] = frozenset({"failed", "refused", "expired"})
HOPELESS: Final = frozenset({"bad-input"})
"""Reasons that no second try takes away."""


class Timeline(Protocol):
    """What is needed of the alarm desk to carry a link out."""

    async def get(self, ident: str) -> Alarm | None:
        """Return an alarm, open or not."""
        ...

    async def note(
        self,
        ident: str,
        kind: EntryKind,
        *,
        note: str = "",
        data: dict[str, Any] | None = None,
        also: Callable[[Connection], None] | None = None,
    ) -> object:
        """Add to an alarm's timeline, and do `also` in the same transaction."""
        ...


Failed = Callable[[LinkedAction, Outcome, Problem | None], Awaitable[None]]


class Worker:
    """Carries out linked actions, each in a task of its own. Lives on the hub's event loop."""

    def __init__(
        self,
        ledger: Transactions,
        rows: LinkedActions,
        desk: Timeline,
        actions: Asks,
        shadows: Known,
        clock: Clock,
        on_failed: Failed,
    ) -> None:
        self._ledger = ledger
        self._rows = rows
        self._desk = desk
        self._actions = actions
        self._shadows = shadows
        self._clock = clock
        self._on_failed = on_failed
        self._linked_at: float | None = None
        self.look_again_s = LOOK_AGAIN_S
        self.settle_s = SETTLE_S

    def set_link(self, *, online: bool) -> None:
        """Say that the link to the broker came or went."""
        self._linked_at = self._clock.monotonic() if online else None

    async def carry_out(self, ident: str) -> None:
        """Take it from where it stands to its end."""
        why: Problem | None = None
        while True:
            row = await self._ledger.read(lambda connection: self._rows.get(connection, ident))
            if row.status == "done":
                return
            if row.withheld is not None:
                await self._end(row, "withheld", Problem(code=row.withheld, message=row.withheld))
                return
            if row.action is not None:
                record = await self._outcome_of(row.action)
                if record is not None and record.status != "expired":
                    await self._end(row, _outcome(record), record.error)
                    return
                why = record.error if record is not None else why
            over = await self._over(row, why)
            if over is not None:
                await self._end(row, over, why)
                return
            why = await self._try(row) or why

    async def _outcome_of(self, action: str) -> ActionRecord | None:
        """Wait for it. One that no run of the hub follows any more ends by its deadline in the ledger."""
        while True:
            record = await self._actions.outcome(action, OUTCOME_S)
            if record is None or record.final:
                return record
            await asyncio.sleep(self.look_again_s)

    async def _over(self, row: LinkedAction, why: Problem | None) -> Outcome | None:
        """Say why it is not asked for (again), if so. The first time is owed while the alarm is open."""
        alarm = await self._desk.get(row.alarm)
        if alarm is None or not alarm.open or (row.tries > 0 and not alarm.active):
            return "not-needed"
        if why is not None and why.code in HOPELESS:
            return "failed"
        if self._clock.now_ms() < row.until_ms:
            return None
        return "held-back" if row.status == "held" else "expired"

    async def _try(self, row: LinkedAction) -> Problem | None:
        """Ask if nothing holds it back, else wait a little; say why nothing was sent."""
        spec = row.spec
        if spec.unless is not None and holds(spec.unless, self._shadows.get(row.target)):
            await self._hold(row)
        elif self._may_send(row):
            sent = await self._ask(row)
            if sent is None:
                return None
            await asyncio.sleep(self.look_again_s)
            return sent
        await asyncio.sleep(self.look_again_s)
        return None

    def _may_send(self, row: LinkedAction) -> bool:
        if self._linked_at is None:
            return False
        return row.tries == 0 or self._clock.monotonic() >= self._linked_at + self.settle_s

    async def _ask(self, row: LinkedAction) -> Problem | None:
        """Write down an id, then send the action with it."""
        action = new_id()
        alarm = await self._desk.get(row.alarm)
        await self._ledger.write(
            lambda connection: self._rows.asked(connection, row.id, action, row.tries + 1)
        )
        try:
            await self._actions.request(
                row.target,
                row.spec.action,
                dict(row.spec.input),
                issuer=f"alarm:{row.alarm}",
                reason=_reason(alarm),
                expires_in_s=EXPIRES_S,
                ident=action,
            )
        except (InvalidMessage, Refused) as wrong:
            return Problem(code=wrong.code, message=str(wrong))
        return None

    async def _hold(self, row: LinkedAction) -> None:
        """Tell once on the alarm that it waits for its interlock."""
        if row.status == "held":
            return
        await self._desk.note(
            row.alarm,
            EntryKind.LINKED,
            data={**_told(row), "outcome": "waiting", "code": "interlock"},
            also=lambda connection: self._rows.held(connection, row.id),
        )

    async def _end(self, row: LinkedAction, outcome: Outcome, why: Problem | None) -> None:
        """Write what became of it on the alarm; a failure raises its alarm first, so that none is missing."""
        if outcome in FAILED:
            await self._on_failed(row, outcome, why)
        problem = {} if why is None or outcome == "succeeded" else {"code": why.code, "message": why.message}
        now_ms = self._clock.now_ms()
        await self._desk.note(
            row.alarm,
            EntryKind.LINKED,
            data={**_told(row), "outcome": outcome, "tries": row.tries, "action_id": row.action, **problem},
            also=lambda connection: self._rows.done(connection, row.id, outcome, now_ms),
        )


def _told(row: LinkedAction) -> dict[str, Any]:
    """Say which device was to do what."""
    told = {"device": f"{row.target.kind}/{row.target.device}", "action": row.spec.action}
    return told | {"input": row.spec.input, "link": row.link}


def _outcome(record: ActionRecord) -> Outcome:
    """Name what became of an action that a driver took or refused."""
    if record.status in ("succeeded", "refused"):
        return record.status
    return "failed"


def _reason(alarm: Alarm | None) -> str:
    if alarm is None:
        return ""
    return alarm.title.get("zh-CN") or next(iter(alarm.title.values()), alarm.key)
