"""Keeps as series whether each device was heard, and that the hub itself ran: what gaps are known by later.

A device's series is written when that changes and once an hour, the hub's own once a minute: where that has a
gap, the hub was not there, and nobody knows how the devices were.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Final, Protocol

from contract.clock import Clock
from contract.topics import HUB_KIND, Address
from hub.history.store import Sample, SeriesKey
from hub.shadows.shadow import Connectivity, Shadow

HEARD_PROPERTY: Final = "hemei:heard"
"""No device can have a property of this name."""

HEARD: Final = 1
NOT_HEARD: Final = 0
NOBODY_KNOWS: Final = -1

OF_CONNECTIVITY: Final[Mapping[Connectivity, int]] = MappingProxyType(
    {
        Connectivity.ONLINE: HEARD,
        Connectivity.DEVICE_OFFLINE: NOT_HEARD,
        Connectivity.DRIVER_OFFLINE: NOT_HEARD,
        Connectivity.LINK_OFFLINE: NOBODY_KNOWS,
        Connectivity.UNKNOWN: NOBODY_KNOWS,
    }
)
EVERY_S: Final = 60.0
"""How often the hub says that it runs."""

HOURLY: Final = 60
"""After so many of these, what every device is like is said again."""


class Keeping(Protocol):
    """Takes samples and never waits."""

    def keep(self, samples: Sequence[Sample]) -> None:
        """Take them."""
        ...


def hub_of(site: str) -> Address:
    """Return under which address the hub's own running is kept."""
    return Address(site, HUB_KIND, "hub")


class HeardKeeper:
    """Lives on the hub's event loop."""

    def __init__(self, keeping: Keeping, shadows: Iterable[Shadow], clock: Clock, hub: SeriesKey) -> None:
        self._keeping = keeping
        self._shadows = shadows
        self._clock = clock
        self._hub = hub
        self._said: dict[Address, int] = {}

    def turned(self, shadow: Shadow) -> None:
        """Take that a device may be heard or not any more."""
        heard = OF_CONNECTIVITY[shadow.connectivity]
        if self._said.get(shadow.address) != heard:
            self._said[shadow.address] = heard
            self._keeping.keep([self._sample(shadow, self._clock.now_ms())])

    def removed(self, address: Address) -> None:
        """Take that a device is gone: nobody knows of it any more."""
        if self._said.pop(address, None) is not None:
            series = SeriesKey(self._hub.tenant, address, HEARD_PROPERTY)
            self._keeping.keep([Sample(series, self._clock.now_ms(), NOBODY_KNOWS)])

    async def run(self) -> None:
        """Say every minute that the hub runs, and every hour how all devices are, until cancelled."""
        minutes = 0
        while True:
            now_ms = self._clock.now_ms()
            self._keeping.keep([Sample(self._hub, now_ms, HEARD)])
            if minutes % HOURLY == 0:
                self._keeping.keep([self._sample(shadow, now_ms) for shadow in self._shadows])
            minutes += 1
            await asyncio.sleep(EVERY_S)

    @staticmethod
    def _sample(shadow: Shadow, at_ms: int) -> Sample:
        series = SeriesKey(shadow.tenant, shadow.address, HEARD_PROPERTY)
        return Sample(series, at_ms, OF_CONNECTIVITY[shadow.connectivity])
