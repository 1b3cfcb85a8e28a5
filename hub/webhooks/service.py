"""All webhooks: changes of alarms are noted with them, events are in the ledger; each hook has its lane."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from importlib import import_module
from typing import Final

from sqlalchemy import Connection

from contract.clock import Clock
from hub.alarms.alarm import Change
from hub.alarms.changes import Participant
from hub.ledger.transactions import Transactions
from hub.webhooks.lane import Lane
from hub.webhooks.message import QUIET
from hub.webhooks.settings import Webhook
from hub.webhooks.standing import HookView
from hub.webhooks.store import HookStore

TIDY_EVERY_S: Final = 3600.0


class Webhooks(Participant):
    """Every program that is told. Without one, nothing is noted."""

    def __init__(
        self,
        hooks: Sequence[Webhook],
        ledger: Transactions,
        clock: Clock,
        tenant: str,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._store = HookStore(tenant)
        self._ledger = ledger
        self._clock = clock
        self._noting = any(each.alarms for each in hooks)
        self.lanes = [Lane(each, self._store, ledger, clock, sleep) for each in hooks]

    def within(self, connection: Connection, change: Change) -> None:
        """Note what happened to an alarm."""
        if self._noting and change.entry.kind not in QUIET:
            self._store.add(connection, change)

    def committed(self, changes: Sequence[Change]) -> None:
        """Tell what was noted."""
        if changes:
            self.wake()

    def wake(self) -> None:
        """Take that there is news in the ledger."""
        for lane in self.lanes:
            lane.wake()

    async def run(self) -> None:
        """Tell everybody until cancelled."""
        if not self.lanes:
            return
        await asyncio.to_thread(import_module, "hub.webhooks.post")  # before the first message waits for it
        async with asyncio.TaskGroup() as group:
            for lane in self.lanes:
                group.create_task(lane.run())
            group.create_task(self._tidy())

    async def _tidy(self) -> None:
        names = [lane.hook.id for lane in self.lanes if lane.hook.alarms]
        while True:
            await asyncio.sleep(TIDY_EVERY_S)
            await self._ledger.write(lambda connection: self._store.tidy(connection, names))

    @property
    def failing(self) -> bool:
        """Whether somebody must look after one of them."""
        now_ms = self._clock.now_ms()
        return any(lane.standing.failing(now_ms) for lane in self.lanes)

    async def views(self) -> Sequence[HookView]:
        """Say how each does."""
        return [await lane.view() for lane in self.lanes]

    def figures(self) -> dict[str, Callable[[], float]]:
        """Return what Prometheus may ask for: of all together, however many there are."""
        standings = [lane.standing for lane in self.lanes]
        now_ms = self._clock.now_ms
        return {
            "webhooks_sent": lambda: sum(each.sent for each in standings),
            "webhook_attempts_failed": lambda: sum(each.failed for each in standings),
            "webhooks_given_up": lambda: sum(each.given_up for each in standings),
            "webhooks_failing": lambda: sum(each.begun_ms is not None for each in standings),
            "webhooks_gone": lambda: sum(each.gone for each in standings),
            "webhooks_lag_seconds": lambda: max((each.behind_s(now_ms()) for each in standings), default=0.0),
        }
