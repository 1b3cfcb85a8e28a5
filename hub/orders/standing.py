"""The open orders in memory, for screens that must know at once."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType

from contract.clock import Clock
from hub.orders.limits import Due, due
from hub.orders.order import WorkOrder


class Standing:
    """Open orders by id. Lives on the hub's event loop.

    `on_change` hears of orders that changed, also of those that are over now; `on_overdue` of how many are
    overdue, whenever that number has changed.
    """

    def __init__(
        self,
        clock: Clock,
        on_change: Callable[[Sequence[WorkOrder]], None],
        on_overdue: Callable[[int], None],
    ) -> None:
        self._clock = clock
        self._on_change = on_change
        self._on_overdue = on_overdue
        self._orders: dict[str, WorkOrder] = {}
        self._overdue: int | None = None

    def __iter__(self) -> Iterator[WorkOrder]:
        return iter(tuple(self._orders.values()))

    def by_id(self) -> Mapping[str, WorkOrder]:
        """Return the open orders, oldest first."""
        return MappingProxyType(self._orders)

    def fill(self, found: Sequence[WorkOrder]) -> None:
        """Take the open orders that the ledger has, oldest first; those unknown so far are news."""
        strangers = [order for order in found if order.id not in self._orders]
        self.put(strangers)

    def put(self, changed: Sequence[WorkOrder]) -> None:
        """Take what became of orders, and tell."""
        for order in changed:
            if order.open:
                self._orders[order.id] = order
            else:
                self._orders.pop(order.id, None)
        if changed:
            self._on_change(changed)
        self.count()

    def count(self) -> None:
        """Count those that are overdue, and tell if that is another number than before."""
        now_ms = self._clock.now_ms()
        overdue = sum(due(order, now_ms) is Due.OVERDUE for order in self._orders.values())
        if overdue != self._overdue:
            self._overdue = overdue
            self._on_overdue(overdue)
