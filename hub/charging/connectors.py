"""The connectors of a site as they are just now: their shadows, and the alarms that forbid a charge."""

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple, Protocol

from contract.topics import Address
from hub.charging.interlock import AlarmInterlock
from hub.charging.seen import Seen, check_usable, is_connector, seen, status
from hub.charging.view import Status
from hub.shadows.shadow import Shadow


class Shadows(Protocol):
    """Every device."""

    def get(self, address: Address) -> Shadow | None:
        """Return the shadow of a device, if it was ever heard of."""
        ...

    def __iter__(self) -> Iterator[Shadow]:
        """Go through all."""
        ...


class Sum(NamedTuple):
    """How many connectors are how, and the power of those that are heard of, in W."""

    statuses: dict[Status, int]
    power_w: float


class Connectors:
    """Looks at them. On the event loop only."""

    def __init__(self, shadows: Shadows, interlock: AlarmInterlock) -> None:
        self._shadows = shadows
        self._interlock = interlock

    def known(self, address: Address) -> bool:
        """Whether there is such a connector, as far as was ever heard."""
        return is_connector(address) and self._shadows.get(address) is not None

    def seen(self, address: Address) -> Seen:
        """Return what a connector shows."""
        return seen(self._shadows.get(address))

    def status(self, address: Address, *, taken: bool) -> Status:
        """Say how it is for who stands before it; `taken`: an order is open there."""
        return status(self.seen(address), taken=taken, alarm=self._interlock.forbids(address))

    def check(self, address: Address) -> None:
        """Raise why a charge cannot begin there now: ConnectorRefused."""
        check_usable(self.seen(address), alarm=self._interlock.forbids(address))

    def sum_up(self, taken: frozenset[Address]) -> Sum:
        """Count them; `taken`: where an order is open."""
        counts: Counter[Status] = Counter()
        power_w = 0.0
        for address in [each.address for each in self._shadows if is_connector(each.address)]:
            known = self.seen(address)
            counts[self.status(address, taken=address in taken)] += 1
            power_w += (known.power or 0.0) if known.ready else 0.0
        return Sum(dict(counts), power_w)
