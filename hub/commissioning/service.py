"""Commissioning of one tenant's devices, for the hub and for its API: the parts put together."""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from contract.clock import Clock
from contract.topics import Address, address
from hub.alarms.alarm import Change, EntryKind
from hub.alarms.changes import Participant
from hub.alarms.definition import Definition
from hub.alarms.store import AlarmStore
from hub.commissioning.desk import CommissioningDesk
from hub.commissioning.finding import Finder
from hub.commissioning.listing import Listing, shown
from hub.commissioning.proving import Looked, Prover
from hub.commissioning.settings import CommissioningSettings
from hub.commissioning.store import CommissioningStore, Found
from hub.commissioning.trail import Trail
from hub.commissioning.trial import Windows
from hub.ledger.transactions import Transactions
from hub.ledger.tries import Tries
from hub.shadows.registry import Shadows

logger = logging.getLogger(__name__)

SOON_S: Final = 1.0
"""While a test runs, or an alarm may still be painted."""

LATE_S: Final = 60.0
AGAIN_S: Final = 5.0
"""After something failed."""

PAUSE_S: Final = 0.5
"""At least between two looks: one for all devices that come at the same time."""


class Commissioning(Participant):
    """Everything of commissioning. Lives on the hub's event loop; `show` gets the tests that run.

    What the API asks is said in `CommissioningDesk`.
    """

    def __init__(
        self,
        ledger: Transactions,
        clock: Clock,
        tenant: str,
        definitions: Sequence[Definition],
        shadows: Shadows,
        settings: CommissioningSettings,
        show: Callable[[Sequence[Any]], None],
    ) -> None:
        self.windows = Windows()
        self._ledger = ledger
        self._clock = clock
        self._show = show
        self._store = CommissioningStore(tenant)
        trail = Trail(tenant, clock)
        self._prover = Prover(self._store, AlarmStore(tenant), trail, clock)
        self._finder = Finder(ledger, self._store, shadows, clock)
        self._tries = Tries()
        self._news = asyncio.Event()
        self._proven = self._skipped = 0
        listing = Listing(definitions, shadows.get, settings.proof_days)
        self.desk = CommissioningDesk(ledger, self._store, trail, listing, clock, self._tests_changed)

    def turned(self, address: Address) -> None:
        """Take that a device describes itself anew, or is heard or lost."""
        self._finder.turned(address)
        self._news.set()

    def removed(self, address: Address) -> None:
        """Take that a device is gone."""
        self._finder.removed(address)
        self._news.set()

    def committed(self, changes: Sequence[Change]) -> None:
        """Take that alarms are in the ledger: those that are new are looked at."""
        if any(change.entry.kind is EntryKind.RAISED and change.before is None for change in changes):
            self._news.set()

    def gauges(self) -> Mapping[str, Callable[[], float]]:
        """Return what Prometheus may ask for, by name."""
        return {
            "commissioning_proven": lambda: self._proven,
            "commissioning_skipped": lambda: self._skipped,
            "commissioning_tests_running": lambda: len(self.windows.all()),
        }

    async def open(self) -> None:
        """Read back which tests ran when the hub stopped: their alarms are still marked."""
        await self._finder.open()
        await self.look_at_tests()

    async def run(self) -> None:
        """Take note of devices and proofs until cancelled; call `open` first."""
        while True:
            self._news.clear()
            try:
                wait_s = SOON_S if await self.look() else LATE_S
            except Exception:  # a full disk, a fault of ours: the hub goes on, nothing is lost
                logger.exception("commissioning: something is left undone; it is tried again")
                wait_s = AGAIN_S
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(wait_s):
                    await self._news.wait()
            await asyncio.sleep(PAUSE_S)

    async def look(self) -> bool:
        """Write what is new; whether there may be more within a second."""
        await self.look_at_tests()
        await self._finder.write()
        looked = await self._look()
        while looked.more:
            looked = await self._look()
        if looked.ended:
            await self.look_at_tests()
        return looked.waiting or bool(self.windows.all())

    async def look_at_tests(self) -> None:
        """Have the alarms of devices marked that are being tested, and say on all screens that they are."""
        running = await self._ledger.read(self._store.running)
        self.windows.set({address(each.device): each for each in running})
        found = {each.device: await self._found(each.device) for each in running}
        self._show([shown(each, found[each.device]) for each in running])

    async def _found(self, device: str) -> Found | None:
        return await self._ledger.read(lambda connection: self._store.one(connection, device))

    async def _tests_changed(self) -> None:
        """Take that a test began or ended: its alarms are marked, or no longer, before anybody is told."""
        await self.look_at_tests()
        self._news.set()

    async def _look(self) -> Looked:
        try:
            looked = await self._ledger.write(self._prover.look)
        except Exception as wrong:
            self._tries.fail(wrong)
            logger.exception("an alarm cannot be taken as a proof")
            await self._ledger.write(self._prover.skip)
            self._skipped += 1
            self._tries.go_on()
            return Looked(proven=0, more=True)
        self._tries.go_on()
        self._proven += looked.proven
        return looked
