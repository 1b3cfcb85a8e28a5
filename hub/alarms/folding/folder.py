"""Folds the desk's alarms as things stand, and raises the alarm of a supply that has failed.

It keeps nothing that a restart could lose: what is folded stands in the alarms, and everything else is
found anew from them and from the shadows.
"""

import asyncio
import logging
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, Protocol

from contract.clock import Clock
from contract.topics import Address
from hub.alarms.alarm import Alarm, Change
from hub.alarms.changes import Participant
from hub.alarms.definition import Definition
from hub.alarms.folding.decide import SETTLE_MS, decide, parent_of, parents_of, roles_of
from hub.alarms.folding.outage import has_failed, is_back
from hub.alarms.folding.topology import Topology
from hub.alarms.signals import Raise, Return, Signal
from hub.alarms.supply import Supply
from hub.shadows.shadow import Shadow

logger = logging.getLogger(__name__)

COLLECT_S: Final = 0.02
"""What falls silent together is looked at together."""

RETRY_S: Final = 1.0
BACK_MS: Final = 5_000


class Desk(Protocol):
    """What is needed of the alarm desk."""

    def standing(self) -> Mapping[str, Alarm]:
        """Return the open alarms by id, oldest raise first."""
        ...

    async def take(self, signals: Sequence[Signal], upto: int | None) -> None:
        """Commit what is raised and returned."""
        ...

    async def fold(self, parents: Mapping[str, str | None]) -> None:
        """Fold alarms under others and unfold them (None), all at once."""
        ...


class Known(Protocol):
    """The shadows."""

    def get(self, address: Address) -> Shadow | None:
        """Return the shadow of a device, if it was ever heard of."""
        ...


class Folder(Participant):
    """Folding of one site's alarms. Wants to hear of every device that changes, and of changes of alarms.

    `cover` may be asked in the ledger's thread, for an alarm that is just being made.
    """

    def __init__(
        self,
        desk: Desk,
        shadows: Known,
        clock: Clock,
        site: str,
        definitions: Sequence[Definition],
        supplies: Sequence[Supply] = (),
    ) -> None:
        self._desk = desk
        self._shadows = shadows
        self._clock = clock
        self._roles = roles_of(definitions)
        self._topology = Topology(site, supplies, clock)
        self._lost = next((each for each in definitions if each.covers == "supply" and each.enabled), None)
        self._parents: Mapping[Address, Alarm] = {}
        self._orphaned: dict[str, int] = {}
        self._back: dict[Address, int] = {}
        self._wake = asyncio.Event()
        self._next_ms: int | None = None
        if supplies and self._lost is None:
            logger.warning("no definition covers a supply: a power cut will not be told as one")

    def changed(self, address: Address) -> None:
        """Take that a device has news."""
        shadow = self._shadows.get(address)
        if shadow is not None and self._topology.changed(shadow):
            self._wake.set()

    def removed(self, address: Address) -> None:
        """Take that a device is gone."""
        self._topology.removed(address)
        self._wake.set()

    def committed(self, changes: Sequence[Change]) -> None:
        """Look again if a cause or a silence changed."""
        if any(each.after.key in self._roles.causes for each in changes):
            self._parents = parents_of(self._desk.standing().values(), self._roles)
        if any(self._concerns(each.after) for each in changes):
            self._wake.set()

    def cover(self, alarm: Alarm) -> str | None:
        """Return the cause under which a new alarm belongs, if one stands."""
        return parent_of(alarm, self._roles, self._topology.causes, self._parents)

    async def run(self) -> None:
        """Keep the alarms folded as things stand, until cancelled."""
        self._parents = parents_of(self._desk.standing().values(), self._roles)
        self._wake.set()
        while True:
            await self._until_there_is_something_to_do()
            self._wake.clear()
            try:
                await self.look()
            except Exception:  # the ledger may be full or gone; the next look finds the same
                logger.exception("alarms cannot be folded just now; trying again")
                self._next_ms = self._clock.now_ms() + round(RETRY_S * 1000)
            await asyncio.sleep(COLLECT_S)

    async def look(self) -> None:
        """Bring what is raised and folded to how things stand now."""
        signals = list(self._supply_signals())
        if signals:
            await self._desk.take(signals, None)
        standing = self._desk.standing()
        self._parents = parents_of(standing.values(), self._roles)
        now_ms = self._clock.now_ms()
        folds = decide(standing.values(), self._roles, self._topology.causes, self._orphaned, now_ms)
        self._orphaned = {orphan: self._orphaned.get(orphan, now_ms) for orphan in folds.orphans}
        settled = [since + SETTLE_MS for since in self._orphaned.values()]
        self._next_ms = min([*settled, *(since + BACK_MS for since in self._back.values())], default=None)
        if folds.changes:
            await self._desk.fold(folds.changes)

    def _supply_signals(self) -> Iterator[Signal]:
        """Say which supplies have failed, and which are back."""
        definition = self._lost
        if definition is None:
            return
        now_ms = self._clock.now_ms()
        for address, supply in self._topology.supplies.items():
            outage = self._topology.outage(address)
            data = {"supply": supply.title, "silent": len(outage.silent_since_ms), "devices": outage.members}
            if not self._stands(definition, address):
                if has_failed(supply, outage):
                    yield Raise(definition=definition, address=address, area=None, at_ms=now_ms, data=data)
            elif self._has_been_back(address, is_back(supply, outage), now_ms):
                yield Return(definition=definition, address=address, at_ms=now_ms, data=data)

    def _has_been_back(self, address: Address, back: bool, now_ms: int) -> bool:
        """Whether a supply has been back for long enough: after a start, devices are met one by one."""
        if not back:
            self._back.pop(address, None)
            return False
        if now_ms - self._back.setdefault(address, now_ms) < BACK_MS:
            return False
        del self._back[address]
        return True

    def _stands(self, definition: Definition, address: Address) -> bool:
        """Whether that supply's alarm is active."""
        parent = self._parents.get(address)
        return parent is not None and parent.key == definition.key

    def _concerns(self, alarm: Alarm) -> bool:
        return alarm.key in self._roles.causes or alarm.key in self._roles.silences

    async def _until_there_is_something_to_do(self) -> None:
        pause_s = None
        if self._next_ms is not None:
            pause_s = max(0.0, (self._next_ms - self._clock.now_ms()) / 1000)
        try:
            async with asyncio.timeout(pause_s):
                await self._wake.wait()
        except TimeoutError:
            pass
