"""The record of passes of one tenant, for the hub and for its API: the parts put together."""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import tzinfo
from typing import Final

from msgspec import Struct, field

from contract.clock import Clock
from hub.audit.writer import AuditWriter
from hub.ledger.commit import Entry
from hub.ledger.transactions import Transactions
from hub.passes.desk import PassDesk
from hub.passes.figures import Figures
from hub.passes.intake import Intake
from hub.passes.places import Known, Places
from hub.passes.presence import Presence
from hub.passes.purge import PassPurge
from hub.passes.reading import READERS
from hub.passes.settings import PassSettings
from hub.passes.store import PassStore
from hub.passes.taking import Taking
from hub.passes.view import PassCounts

__all__ = ["PassSite", "Passes"]

logger = logging.getLogger(__name__)

LOOK_S: Final = 60.0
"""How often figures are counted even if nobody passes: a visitor may have stayed for too long."""

AGAIN_S: Final = 5.0
"""After something failed."""

PAUSE_S: Final = 1.0
"""At least between two counts: one for all who pass at the same time."""


class PassSite(Struct, frozen=True, kw_only=True):
    """What is known of the site. `days`: how long a pass is kept."""

    tenant: str
    zone: tzinfo
    days: int
    settings: PassSettings = field(default_factory=PassSettings)


class Passes:
    """Everything of passes. Lives on the hub's event loop; `show` gets the counts when they change.

    What the API asks is said in `PassDesk`.
    """

    def __init__(
        self,
        ledger: Transactions,
        clock: Clock,
        site: PassSite,
        shadows: Known,
        show: Callable[[PassCounts], None],
    ) -> None:
        store, trail = PassStore(site.tenant, site.zone), AuditWriter(site.tenant, clock)
        presence = Presence(site.tenant, site.settings)
        self._ledger = ledger
        self._clock = clock
        self._show = show
        self._figures = Figures(site.tenant, site.zone, site.settings, presence)
        self._taking = Taking(ledger, Intake(store, presence))
        self._wake = asyncio.Event()
        self._inside = 0
        self.purge = PassPurge(ledger, store, trail, site.days)
        desk = PassDesk(ledger, store, presence, self._figures, trail, Places(shadows), self._wake.set)
        self.find, self.sheet, self.figures = desk.find, desk.sheet, desk.figures
        self.inside, self.has_left = desk.inside, desk.has_left

    async def run(self) -> None:
        """Record what the ledger brings, until cancelled; purge once a day."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self.purge.run())
            group.create_task(self._record())

    async def look(self) -> None:
        """Take what the ledger has, then count."""
        await self._taking.take_all()
        await self.count()

    async def count(self) -> None:
        """Show what is inside and what passed, as the record has it."""
        now_ms = self._clock.now_ms()
        counts = await self._ledger.read(lambda connection: self._figures.counts(connection, now_ms))
        self._inside = counts.inside_total
        self._show(counts)

    def committed(self, entries: Sequence[Entry]) -> None:
        """Take that events are in the ledger."""
        if any(entry.arrival.event.type in READERS for entry in entries):
            self._wake.set()

    def gauges(self) -> Mapping[str, Callable[[], float]]:
        """Return what Prometheus may ask for, by name."""
        return {
            "passes_recorded": lambda: self._taking.recorded,
            "passes_skipped": lambda: self._taking.skipped,
            "vehicles_inside": lambda: self._inside,
        }

    async def _record(self) -> None:
        while True:
            self._wake.clear()
            wait_s = LOOK_S
            try:
                await self.look()
            except Exception:  # a full disk, a fault of ours: the hub goes on, nothing is lost
                logger.exception("passes: something is left undone; it is tried again")
                wait_s = AGAIN_S
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(wait_s):
                    await self._wake.wait()
            await asyncio.sleep(PAUSE_S)
