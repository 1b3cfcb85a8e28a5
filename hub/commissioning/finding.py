"""Takes note of every device that the hub hears of, so that none is forgotten that was once installed."""

from collections.abc import Iterable
from typing import Final

from sqlalchemy import Connection

from contract.clock import Clock
from contract.topics import Address
from hub.commissioning.proof import NOT_DEVICES
from hub.commissioning.store import CommissioningStore, Found
from hub.ledger.transactions import Transactions
from hub.shadows.registry import Shadows

AT_ONCE: Final = 200
"""Devices written in one transaction: at a start there are thousands, and alarms wait for no longer."""

MAX_AREA: Final = 64
MAX_DRIVER: Final = 64


class Finder:
    """Writes devices into the ledger as they come, change their description, and go."""

    def __init__(
        self, ledger: Transactions, store: CommissioningStore, shadows: Shadows, clock: Clock
    ) -> None:
        self._ledger = ledger
        self._store = store
        self._shadows = shadows
        self._clock = clock
        self._turned: dict[Address, None] = {}
        self._removed: dict[Address, int] = {}
        self._known: dict[str, int] = {}
        """What is written of each device, hashed."""

    async def open(self) -> None:
        """Read what is written, so that nothing is written twice."""
        for each in await self._ledger.read(self._store.found):
            if each.gone_ms is None:
                self._known[each.device] = _told(each)

    def turned(self, address: Address) -> None:
        """Take that a device describes itself, or is heard or lost."""
        if address.kind not in NOT_DEVICES:
            self._turned[address] = None
            self._removed.pop(address, None)

    def removed(self, address: Address) -> None:
        """Take that a device was taken away."""
        if address.kind not in NOT_DEVICES:
            self._removed[address] = self._clock.now_ms()
            self._turned.pop(address, None)

    async def write(self) -> None:
        """Write what is new; if it raises, that is still to be written."""
        while self._turned or self._removed:
            some = list(self._turned)[:AT_ONCE]
            gone = dict(list(self._removed.items())[:AT_ONCE])
            news = [each for each in map(self._found, some) if self._known.get(each.device) != _told(each)]
            if news or gone:
                await self._ledger.write(lambda connection: self._write(connection, news, gone))  # noqa: B023 - done before the next turn
            self._known |= {each.device: _told(each) for each in news}
            for address in some:
                self._turned.pop(address, None)
            for address in gone:
                self._removed.pop(address, None)
                self._known.pop(str(address), None)

    def _write(self, connection: Connection, news: Iterable[Found], gone: dict[Address, int]) -> None:
        self._store.keep(connection, news)
        for address, at_ms in gone.items():
            self._store.gone(connection, str(address), at_ms)

    def _found(self, address: Address) -> Found:
        shadow = self._shadows.get(address)
        described = shadow.description if shadow is not None else None
        if described is None:
            return Found(device=str(address), found_ms=self._clock.now_ms())
        location = described.location
        return Found(
            device=str(address),
            found_ms=self._clock.now_ms(),
            title=dict(described.titles) or {"zh-CN": described.title},
            product=described.product,
            driver=(described.driver or "")[:MAX_DRIVER] or None,
            area=location.area[:MAX_AREA] if location is not None else None,
        )


def _told(found: Found) -> int:
    """Hash what a device says of itself."""
    return hash((*sorted(found.title.items()), found.product, found.driver, found.area))
