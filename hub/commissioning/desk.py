"""What installers ask and do: the list, one device, a test begun and ended, the record to take away."""

import secrets
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from sqlalchemy import Connection, func, select

from contract.clock import Clock
from hub.alarms.alarm import Actor
from hub.commissioning.concern import Concerns
from hub.commissioning.listing import Kept, Listing, shown
from hub.commissioning.progress import progress_of
from hub.commissioning.refusals import DeviceGone, TestOver, TestRuns
from hub.commissioning.show import definition_seen
from hub.commissioning.store import CommissioningStore, Found
from hub.commissioning.trail import ENDED, EXPORTED, STARTED, Trail
from hub.commissioning.trial import WINDOW_MS, Trial, TrialState
from hub.commissioning.view import CommissioningView, DeviceCommissioning, TestProgress, TestView
from hub.ledger.schema import events
from hub.ledger.transactions import Transactions
from hub.plans.schema import placements


class CommissioningDesk:
    """One tenant's commissioning, for the API. `on_change` is awaited when tests began or ended."""

    def __init__(
        self,
        ledger: Transactions,
        store: CommissioningStore,
        trail: Trail,
        listing: Listing,
        clock: Clock,
        on_change: Callable[[], Awaitable[None]],
    ) -> None:
        self._ledger = ledger
        self._store = store
        self._trail = trail
        self._listing = listing
        self._clock = clock
        self._on_change = on_change

    async def whole(self) -> CommissioningView:
        """Show every device that was ever found."""
        kept = await self._ledger.read(self._kept)
        return self._listing.whole(kept, self._clock.now_ms())

    async def device(self, device: str) -> DeviceCommissioning | None:
        """Show one device; None if it was never found."""
        kept = await self._ledger.read(self._kept)
        found = next((each for each in kept.found if each.device == device), None)
        if found is None:
            return None
        trials = await self._ledger.read(lambda c: self._store.of_device(c, device))
        definitions = self._listing.definitions_of(device)
        fields = self._listing.fields(found, kept, Concerns(definitions), self._clock.now_ms())
        return DeviceCommissioning(
            **fields,
            definitions=[definition_seen(each) for each in definitions],
            tests=[shown(each, found) for each in trials],
        )

    async def begin(self, device: str, by: Actor) -> TestView | None:
        """Begin to test a device; None if it was never found. TestRuns, DeviceGone."""
        now_ms = self._clock.now_ms()

        def work(connection: Connection) -> tuple[Trial, Found] | None:
            found = self._store.one(connection, device)
            if found is None:
                return None
            self._check(connection, found)
            trial = Trial(
                id=secrets.token_hex(16),
                device=device,
                who=by.who,
                state=TrialState.RUNNING,
                started_ms=now_ms,
                until_ms=now_ms + WINDOW_MS,
                after_seq=connection.execute(select(func.max(events.c.seq))).scalar() or 0,
            )
            self._store.add(connection, trial)
            self._trail.write(connection, by, STARTED, device, test=trial.id)
            return trial, found

        begun = await self._ledger.write(work)
        await self._on_change()
        return None if begun is None else shown(*begun)

    async def end(self, ident: str, by: Actor) -> TestView | None:
        """End a test that runs; None if there is no such test. TestOver."""
        now_ms = self._clock.now_ms()

        def work(connection: Connection) -> Trial | None:
            trial = self._store.trial(connection, ident)
            if trial is not None:
                if not self._store.end(connection, trial, TrialState.ENDED, now_ms):
                    raise TestOver("the test is over already")
                self._trail.write(connection, by, ENDED, trial.device, test=ident)
            return self._store.trial(connection, ident)

        trial = await self._ledger.write(work)
        await self._on_change()
        return None if trial is None else await self._shown(trial)

    async def progress(self, ident: str) -> TestProgress | None:
        """Show how far a test has come; None if there is no such test."""

        def read(connection: Connection) -> TestProgress | None:
            trial = self._store.trial(connection, ident)
            if trial is None:
                return None
            return progress_of(
                connection, self._store.tenant, trial, self._store.one(connection, trial.device)
            )

        return await self._ledger.read(read)

    async def taken_away(self, by: Actor, form: str) -> CommissioningView:
        """Return what the acceptance record is made of; who takes it away is in the audit first."""
        view = await self.whole()
        details: Mapping[str, Any] = {"form": form, "devices": len(view.devices)}
        await self._ledger.write(lambda c: self._trail.write(c, by, EXPORTED, "commissioning", **details))
        return view

    async def _shown(self, trial: Trial) -> TestView:
        return shown(trial, await self._ledger.read(lambda c: self._store.one(c, trial.device)))

    def _check(self, connection: Connection, found: Found) -> None:
        if found.gone_ms is not None:
            raise DeviceGone("the device was taken away; install it again, then test it")
        if any(each.device == found.device for each in self._store.running(connection)):
            raise TestRuns("a test of this device runs already; wait for it, or end it")

    def _kept(self, connection: Connection) -> Kept:
        placed = select(placements.c.device).where(placements.c.tenant == self._store.tenant)
        return Kept(
            found=self._store.found(connection),
            proofs=self._store.proofs(connection),
            trials=self._store.running(connection),
            placed=frozenset(connection.execute(placed).scalars()),
        )
