"""The register of one tenant, for the hub and for its API: the parts put together."""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Final

from contract.clock import Clock
from contract.passes import FACE_REMOVED
from contract.things import Description
from contract.topics import Address
from hub.ledger.commit import Entry
from hub.ledger.transactions import Transactions
from hub.register.consenting import Consenting
from hub.register.consents import Consents
from hub.register.households import Households
from hub.register.importing.service import Imports
from hub.register.keeping import Keeping, RegisterSite
from hub.register.levels import Levels
from hub.register.people import People
from hub.register.removals import Removals
from hub.register.show import Shower
from hub.register.taking import TYPES, Taking
from hub.register.tidying import Tidying
from hub.register.vehicles import Vehicles
from hub.register.visits import OwnVisits, Visits
from hub.register.who import WhoIs

__all__ = ["Register", "RegisterSite"]

logger = logging.getLogger(__name__)

LOOK_S: Final = 30.0
"""How often passes are looked at whose time is over: gates and doors know that by themselves."""
PAUSE_S: Final = 0.25


class Register:
    """Everything of the register. Lives on the hub's event loop.

    `wake` has the lists pushed that gates and doors decide from.
    """

    def __init__(
        self, ledger: Transactions, clock: Clock, site: RegisterSite, wake: Callable[[], None]
    ) -> None:
        keeping = Keeping(ledger, clock, site, wake)
        shower, self._removals = Shower(keeping), Removals(keeping)
        consenting = Consenting(keeping, shower, self._removals)
        self.levels = Levels(keeping)
        self.households = Households(keeping, shower)
        self.people = People(keeping, shower, consenting)
        self.vehicles = Vehicles(keeping, shower)
        self.consents = Consents(keeping, shower, consenting, self._removals, self.people)
        self.visits, self.own_visits = Visits(keeping, shower), OwnVisits(keeping)
        self.who = WhoIs(keeping, shower)
        self.imports = Imports(keeping)
        self._keeping = keeping
        self._taking = Taking(keeping, self._removals, consenting)
        self._tidying = Tidying(keeping)
        self._met: dict[Address, Mapping[str, str]] = {}
        self._known: set[Address] = set()
        self._gone: set[Address] = set()
        self._tidy_at = 0.0
        self._wake = asyncio.Event()

    async def run(self) -> None:
        """Take what the ledger brings, meet new terminals, tidy up, until cancelled."""
        await self.begin()
        async with asyncio.TaskGroup() as group:
            group.create_task(self.imports.run())
            group.create_task(self._work())

    async def begin(self) -> None:
        """Make what a register begins with."""
        await self._keeping.begin(self.levels.begin, self._taking.begin)

    async def look(self) -> None:
        """Do what is to be done now."""
        await self._meet_all()
        self._tidy_at = 0.0
        await self._taking.take_all()
        await self._tidy()

    def described(self, address: Address, description: Description | None) -> None:
        """Take that a device describes itself: what can delete faces is a face terminal."""
        if description is not None and FACE_REMOVED in description.events and address not in self._known:
            self._gone.discard(address)
            self._met[address] = description.titles
            self._wake.set()

    def removed(self, address: Address) -> None:
        """Take that a device is gone."""
        if address in self._known or address in self._met:
            self._met.pop(address, None)
            self._known.discard(address)
            self._gone.add(address)
            self._wake.set()

    def committed(self, entries: Sequence[Entry]) -> None:
        """Take that events are in the ledger."""
        if any(entry.arrival.event.type in TYPES for entry in entries):
            self._wake.set()

    def gauges(self) -> Mapping[str, Callable[[], float]]:
        """Return what Prometheus may ask for, by name."""
        return {
            "register_events_skipped": lambda: self._taking.skipped,
            "register_imports_running": lambda: self.imports.running,
        }

    async def _work(self) -> None:
        while True:
            self._wake.clear()
            for work in (self._meet_all, self._taking.take_all, self._tidy):
                try:
                    await work()
                except Exception:  # a full disk, a fault of ours: the register goes on, nothing is lost
                    logger.exception("register: something is left undone; it is tried again")
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_S):
                    await self._wake.wait()
            await asyncio.sleep(PAUSE_S)

    async def _tidy(self) -> None:
        now = self._keeping.clock.monotonic()
        if now >= self._tidy_at:
            await self._tidying.tidy()
            self._tidy_at = now + LOOK_S

    async def _meet_all(self) -> None:
        for address in list(self._gone):
            await self._keeping.ledger.write(partial(self._removals.forget, terminal=address))
            self._gone.discard(address)
        for address, title in list(self._met.items()):
            await self._keeping.write(partial(self._removals.meet, terminal=address, title=dict(title)))
            self._known.add(address)
            self._met.pop(address, None)
