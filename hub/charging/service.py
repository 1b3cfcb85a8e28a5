"""Charging of one tenant, for the hub and for its API: the parts put together."""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import tzinfo
from typing import Final

from msgspec import Struct, field

from contract.clock import Clock
from contract.topics import Address
from hub.actions.asks import Asks
from hub.alarms.definition import Words
from hub.audit.writer import AuditWriter
from hub.charging.connectors import Connectors, Shadows
from hub.charging.counter import CounterDesk
from hub.charging.desk import ChargingDesk, Wanted
from hub.charging.figuring import Meter
from hub.charging.interlock import AlarmInterlock
from hub.charging.keys import key_of
from hub.charging.office import Office
from hub.charging.orders.book import Book
from hub.charging.orders.ending import Ending
from hub.charging.orders.minder import Minder
from hub.charging.orders.terms import Terms
from hub.charging.payment.accounts import Accounts
from hub.charging.payment.provider import Means
from hub.charging.payment.providers import Providers
from hub.charging.settings import ChargingSettings
from hub.charging.settlement.intake import TYPES, Intake
from hub.charging.settlement.settlement import Settlement
from hub.charging.settlement.taking import Taking
from hub.charging.show import Shower
from hub.charging.view import ChargingOrder, Scan
from hub.ledger.commit import Entry
from hub.ledger.transactions import Transactions

__all__ = ["Charging", "ChargingSite", "Placed", "Wanted"]

logger = logging.getLogger(__name__)

LOOK_S: Final = 1.0
"""How often open orders are looked at even if nothing is heard."""
PAUSE_S: Final = 0.25
"""Connectors speak in swarms; one look for all of a swarm."""


class ChargingSite(Struct, frozen=True, kw_only=True):
    """What is known of the site."""

    id: str
    tenant: str
    title: Words
    zone: tzinfo
    areas: Mapping[str, Words] = field(default_factory=dict)
    settings: ChargingSettings = field(default_factory=ChargingSettings)


class Placed(Struct, frozen=True, kw_only=True):
    """An order, the secret by which whoever placed it gets at it, and whether it was made just now."""

    key: str
    order: ChargingOrder
    new: bool


class Charging:
    """Everything of charging. Lives on the hub's event loop.

    What the API asks is said in `CounterDesk` (scanning), `ChargingDesk` (orders) and `Office` (codes and
    accounts). ConfigurationError if the provider of payments cannot be used.
    """

    def __init__(
        self,
        ledger: Transactions,
        clock: Clock,
        site: ChargingSite,
        actions: Asks,
        shadows: Shadows,
        interlock: AlarmInterlock,
    ) -> None:
        trail = AuditWriter(site.tenant, clock)
        accounts = Accounts(trail)
        book = Book(trail, Providers(Means(settings=site.settings, journal=accounts.journal)), site.zone)
        connectors, meter = Connectors(shadows, interlock), Meter(shadows, clock, site.zone)
        settlement, ending = Settlement(book), Ending(book, actions, meter, clock)
        terms = Terms(site.settings, shadows, site.areas)
        self._wake = asyncio.Event()
        self._taking = Taking(ledger, Intake(book, settlement, terms.of_nobody))
        self._minder = Minder(ledger, book, settlement, ending, actions, meter, clock)
        self._counter = CounterDesk(ledger, book, self._minder, terms, connectors, site.title)
        self._desk = ChargingDesk(
            ledger, book, accounts, ending, Shower(meter, site.zone), connectors, self._wake.set
        )
        office = Office(ledger, trail, connectors, site.id)
        self.by_key, self.stop_by_key = self._desk.by_key, self._desk.stop_by_key
        self.account_by_key = self._desk.account_by_key
        self.orders, self.order, self.stop = self._desk.orders, self._desk.order, self._desk.stop
        self.figures = self._desk.figures
        self.codes, self.make_code, self.ensure_codes = office.codes, office.make_code, office.ensure_codes
        self.revoke_code = office.revoke_code
        self.accounts, self.open_account = office.accounts, office.open_account
        self.top_up, self.new_key = office.top_up, office.new_key
        self.close_account = office.close_account

    async def scan(self, code: str) -> Scan:
        """Show what a code is for. CodeUnknown, CodeExpired, CodeUsed."""
        return await self._counter.scan(code)

    async def place(self, code: str, request: str, account_key: str | None, address: str | None) -> Placed:
        """Place an order; the same `request` again is the same order. `address`: the caller's, for the audit.

        `request` is a secret that the phone made, such as a UUID: whoever repeats it gets the order's key.
        ChargingRefused says why not; InvalidMessage: `request` is too short to be a secret.
        """
        order, new = await self._counter.place(code, request, account_key, address)
        self._wake.set()
        return Placed(key=key_of(request), order=await self._desk.shown(order.number), new=new)

    async def run(self) -> None:
        """Bill what the ledger brings, see to open orders, until cancelled."""
        while True:
            self._wake.clear()
            for work in (self._taking.take_all, self._minder.look):
                try:
                    await work()
                except Exception:  # a full disk, a fault of ours: charging goes on, nothing is lost
                    logger.exception("charging: something is left undone; it is tried again")
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_S):
                    await self._wake.wait()
            await asyncio.sleep(PAUSE_S)

    async def look(self) -> None:
        """Take what the ledger has, then do what is to be done now."""
        await self._taking.take_all()
        await self._minder.look()

    def committed(self, entries: Sequence[Entry]) -> None:
        """Take that events are in the ledger."""
        if any(entry.arrival.event.type in TYPES for entry in entries):
            self._wake.set()

    def changed(self, address: Address) -> None:
        """Take that a device has news."""
        if address in self._minder.watched:
            self._wake.set()

    def gauges(self) -> Mapping[str, Callable[[], float]]:
        """Return what Prometheus may ask for, by name."""
        return {
            "charging_orders_open": lambda: self._minder.open,
            "charging_events_skipped": lambda: self._taking.skipped,
        }
