"""What each device hangs on, and which of them are silent since when.

Kept on the event loop. `causes` may also be asked in the ledger's thread: it looks up one immutable tuple.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Final

from contract.clock import Clock, epoch_ms
from contract.messages import AvailabilityStatus
from contract.things import Description
from contract.topics import DRIVER_KIND, Address
from hub.alarms.folding.decide import SUPPLY_KIND
from hub.alarms.folding.outage import Outage
from hub.alarms.rules.scope import area_of
from hub.alarms.supply import Supply
from hub.shadows.shadow import Connectivity, Shadow

_SAID_SO: Final = frozenset({AvailabilityStatus.DISCONNECTED, AvailabilityStatus.LOST})
_KNOWN: Final = frozenset({Connectivity.ONLINE, Connectivity.DEVICE_OFFLINE})


class Topology:
    """One site's devices, driver hosts and supplies."""

    def __init__(self, site: str, supplies: Iterable[Supply], clock: Clock) -> None:
        self.supplies = {Address(site, SUPPLY_KIND, supply.id): supply for supply in supplies}
        self._site = site
        self._clock = clock
        self._described: dict[Address, Description | None] = {}
        self._causes: dict[Address, tuple[Address, ...]] = {}
        self._members: dict[Address, dict[Address, None]] = defaultdict(dict)
        self._connectivity: dict[Address, Connectivity] = {}
        self._silent: dict[Address, int] = {}

    def causes(self, address: Address) -> Collection[Address]:
        """Return what a device hangs on."""
        return self._causes.get(address, ())

    def changed(self, shadow: Shadow) -> bool:
        """Take news of a device; whether it matters here."""
        address = shadow.address
        known = self._described.get(address, ...)
        if known is shadow.description and self._connectivity.get(address) is shadow.connectivity:
            return False
        if known is not shadow.description:
            self._place(address, shadow.description)
        self._connectivity[address] = shadow.connectivity
        if shadow.connectivity is Connectivity.DEVICE_OFFLINE:
            self._silent.setdefault(address, self._silent_since(shadow))
        else:
            self._silent.pop(address, None)
        return True

    def removed(self, address: Address) -> None:
        """Take that a device is gone."""
        for cause in self._causes.pop(address, ()):
            self._members[cause].pop(address, None)
        for kept in (self._described, self._connectivity, self._silent):
            kept.pop(address, None)

    def outage(self, supply: Address) -> Outage:
        """Return how a supply's devices are. One behind a lost driver host tells nothing of its power."""
        members = self._members[supply]
        known = sum(self._connectivity[member] in _KNOWN for member in members)
        silent = [self._silent[member] for member in members if member in self._silent]
        return Outage(members=len(members), known=known, silent_since_ms=sorted(silent))

    def _place(self, address: Address, description: Description | None) -> None:
        self._described[address] = description
        for cause in self._causes.get(address, ()):
            self._members[cause].pop(address, None)
        self._causes[address] = tuple(self._causes_of(address, description))
        for cause in self._causes[address]:
            self._members[cause][address] = None

    def _causes_of(self, address: Address, description: Description | None) -> Iterable[Address]:
        if address.site != self._site or address.kind == DRIVER_KIND:
            return
        if description is not None and description.driver is not None:
            yield Address(address.site, DRIVER_KIND, description.driver)
        name, area = f"{address.kind}/{address.device}", area_of(description)
        for place, supply in self.supplies.items():
            if name in supply.devices or (area is not None and area in supply.areas):
                yield place

    def _silent_since(self, shadow: Shadow) -> int:
        """Since when the driver says so, or the device was due to be heard: known also after a start."""
        now_ms = self._clock.now_ms()
        availability = shadow.availability
        if availability is not None and availability.status in _SAID_SO:
            return min(now_ms, epoch_ms(availability.ts))
        if shadow.heard_at is None:
            return now_ms
        silent_s = self._clock.monotonic() - shadow.heard_at - shadow.heartbeat_s
        return now_ms - round(max(0.0, silent_s) * 1000)
