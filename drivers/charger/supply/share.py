"""A connector's part in the supply that it shares with others, or that it has for itself."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Final

from msgspec.structs import replace

from contract.errors import DeviceError, DeviceUnreachable
from drivers.charger.charges.charge import Kept
from drivers.charger.connector import Connector
from drivers.charger.link import Adjusts
from drivers.charger.supply.group import Group
from drivers.charger.supply.overload import Overload
from drivers.charger.supply.shares import Draw, Usage
from drivers.charger.words import CHARGES, EndReason

NOT_YET: Final = datetime.max.replace(tzinfo=UTC)

UNCHANGED: Final = frozenset({"refused-by-post", "not-supported"})
"""Answers with which a post goes on as before."""


class Share:
    """See `drivers.charger.supply.group.Member`."""

    def __init__(self, connector: Connector) -> None:
        self._connector = connector
        self._options = connector.options
        self._usage = Usage()
        self._group: Group | None = None
        self._overload: Overload | None = None

    def join(self) -> None:
        """Take part in the group that the site file names; DeviceError if it is not agreed upon."""
        name, limit, port = self._options.supply_group, self._options.supply_limit, self._connector.port
        if name is None or limit is None:
            return
        self._group = port.shared(f"supply:{name}", lambda: Group(name, port.clock))
        group = self._group
        self._overload = port.shared(f"overload:{name}", lambda: Overload(group, port.clock))
        group.join(self, limit)

    @property
    def room(self) -> bool:
        """Whether the supply has enough for a charge here."""
        return self._group is None or self.draw() is not None or self._group.room_for(self)

    async def admit(self, keep: Callable[[int], Awaitable[None]]) -> int:
        """Return what a charge may take, once `keep` has it written down; Refused if there is nothing."""
        if self._group is not None:
            return await self._group.admit(self, keep)
        await keep(self._options.power)
        return self._options.power

    async def tend(self) -> None:
        """Look what is taken, and share anew if it is time."""
        charge, seen = self._connector.under_way, self._connector.seen
        if charge is not None:
            self._usage.look(seen.measured.power, charge.power, self._connector.clock.monotonic())
        if self._group is not None and self._overload is not None:
            await self._overload.look()
            self._group.tend()

    @property
    def name(self) -> str:
        """`site/kind/device`."""
        return self._connector.port.name

    @property
    def since(self) -> datetime:
        """When its charge began."""
        charge = self._connector.under_way
        return charge.since if charge else NOT_YET

    @property
    def power(self) -> float:
        """What it takes."""
        return self._connector.seen.measured.power or 0.0

    def draw(self) -> Draw | None:
        """Return what it may take: of a charge, of one that may yet begin, or of one that nobody knows."""
        connector, now = self._connector, self._connector.clock.now()
        charge = connector.under_way
        held = [each.held(now) for each in connector.kept.pending if each.held(now)]
        if charge is not None:
            held.append(charge.power)
        elif connector.seen.state in CHARGES:
            held.append(self._options.power)
        if not held:
            return None
        needs = self._usage.needs(self._options.power, connector.clock.monotonic())
        return self._drawn(
            max(held), needs, fixed=len(held) > 1 or charge is None or charge.ending is not None
        )

    def newcomer(self) -> Draw:
        """Return what it would be allowed: all or nothing where it cannot be lowered again."""
        return self._drawn(self._options.power, self._options.power, fixed=False)

    async def allot(self, power: int) -> None:
        """Have the charge take at most so much; what is not confirmed to be less counts as more."""
        charge, link = self._connector.under_way, self._connector.seen.link
        if charge is None or link is None:
            raise DeviceUnreachable("there is no charge to lower or raise")
        transaction, before = charge.transaction, charge.power
        if power > before:
            await self._allow(transaction, power)
        try:
            await link.limit(transaction, power)
        except DeviceError as failed:
            if power > before and failed.code in UNCHANGED:
                await self._allow(transaction, before)
            raise
        if power < before:
            await self._allow(transaction, power)

    async def shed(self) -> bool:
        """End the charge because the supply is overloaded; False if none is under way."""
        charge = self._connector.under_way
        if charge is None or charge.ending is not None:
            return False
        await self._connector.end(charge, EndReason.OTHER)
        return True

    def _drawn(self, held: int, needs: int, *, fixed: bool) -> Draw:
        link, least = self._connector.seen.link, self._options.least_power
        fixed = fixed or least == 0 or link is None or link.adjusts is Adjusts.NO
        return Draw(self.name, held, least, max(least, needs), fixed)

    async def _allow(self, transaction: str, power: int) -> None:
        def allowed(kept: Kept) -> Kept:
            charge = kept.charge(transaction)
            return kept.with_charge(replace(charge, power=power)) if charge else kept

        await self._connector.book.memory.change(allowed)
        self._connector.news.ring()
