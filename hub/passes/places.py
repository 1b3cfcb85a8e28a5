"""Where devices stand now, by what they say of themselves."""

from collections.abc import Iterator
from typing import Protocol

from contract.passes import DOOR_KIND, GATE_KIND
from contract.topics import Address
from hub.alarms.rules.scope import area_of
from hub.passes.wanted import Place
from hub.shadows.shadow import Shadow


class Known(Protocol):
    """The shadows."""

    def get(self, address: Address) -> Shadow | None:
        """Return the shadow of a device, if it was ever heard of."""
        ...

    def __iter__(self) -> Iterator[Shadow]:
        """Yield all of them."""
        ...


class Places:
    """Gates and doors, and their areas. Lives on the hub's event loop."""

    def __init__(self, shadows: Known) -> None:
        self._shadows = shadows

    def area(self, address: Address) -> str | None:
        """Return where a device stands; None if it does not say. In any thread."""
        shadow = self._shadows.get(address)
        return area_of(shadow.description) if shadow is not None else None

    def within(self, areas: frozenset[str]) -> list[Place]:
        """Return the gates and doors that stand in one of these areas."""
        there = (each for each in self._shadows if each.address.kind in (GATE_KIND, DOOR_KIND))
        return [
            Place(each.address.kind, each.address.device)
            for each in there
            if area_of(each.description) in areas
        ]
