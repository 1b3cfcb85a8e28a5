"""Which devices a link is for: chosen from what every device says of itself.

The choice is made in the ledger's thread, so it is made from a tuple that the event loop replaces as a whole.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from typing import Final, NamedTuple, Protocol

from contract.things import Description
from contract.topics import Address
from hub.alarms.alarm import Alarm
from hub.alarms.definition import Link
from hub.alarms.rules.scope import applies, area_of
from hub.shadows.shadow import Shadow

COLLECT_S: Final = 0.02
"""Descriptions come in swarms; one new tuple for all of a swarm."""


class Place(NamedTuple):
    """A device and what it says of itself."""

    address: Address
    description: Description


class Known(Protocol):
    """The shadows."""

    def get(self, address: Address) -> Shadow | None:
        """Return the shadow of a device, if it was ever heard of."""
        ...


class Directory:
    """Every described device; `current` may be read from any thread."""

    def __init__(self, shadows: Known, on_new: Callable[[], None] = lambda: None) -> None:
        self.current: tuple[Place, ...] = ()
        self.on_new = on_new
        self._shadows = shadows
        self._places: dict[Address, Place] = {}
        self._collecting = False

    def changed(self, address: Address) -> None:
        """Take that a device has news; only a new description matters here."""
        shadow = self._shadows.get(address)
        description = shadow.description if shadow is not None else None
        place = self._places.get(address)
        if description is not None and (place is None or place.description is not description):
            self._places[address] = Place(address, description)
            self._collect()

    def removed(self, address: Address) -> None:
        """Take that a device is gone."""
        if self._places.pop(address, None) is not None:
            self._collect()

    def area(self, address: Address) -> str | None:
        """Return where a device stands, if it has said so. On the event loop only."""
        place = self._places.get(address)
        return area_of(place.description) if place is not None else None

    def _collect(self) -> None:
        if not self._collecting:
            self._collecting = True
            asyncio.get_running_loop().call_later(COLLECT_S, self._replace)

    def _replace(self) -> None:
        self._collecting = False
        self.current = tuple(self._places.values())
        self.on_new()


def targets(link: Link, alarm: Alarm, places: Iterable[Place]) -> Sequence[Address]:
    """Choose the devices of a link: of the alarm's site, in its scope, and able to do it.

    A device that the link names is chosen even if it never said that it can: then the failure is seen.
    """
    chosen = {place.address: None for place in places if _is_meant(link, alarm, place)}
    if not link.same_area:
        chosen |= dict.fromkeys(_named(link, alarm))
    return tuple(chosen)


def _is_meant(link: Link, alarm: Alarm, place: Place) -> bool:
    address, description = place
    named = f"{address.kind}/{address.device}" in link.to.devices
    return (
        address.site == alarm.site
        and applies(link.to, address, description)
        and (not link.same_area or area_of(description) == (alarm.area or ""))
        and (named or link.action in description.actions)
    )


def _named(link: Link, alarm: Alarm) -> Iterable[Address]:
    """Devices that the link names and nothing else narrows: known without their own word."""
    for name in link.to.devices:
        kind, _, device = name.partition("/")
        address = Address(alarm.site, kind, device)
        if applies(link.to, address, None):
            yield address
