"""The alarms of a DNY post, which have a beginning and no end (AP3000 §3.4.5).

Power loss is over with a heartbeat that shows mains voltage. All others hold until the post starts anew, by
the action `reset` or at the post itself, and has not repeated the alarm some seconds later: only somebody who
has looked knows that a fire is out.
"""

from collections.abc import Mapping
from typing import Final

from contract.clock import Clock
from contract.errors import InvalidMessage
from drivers.charger.dny.messages import Alarm
from drivers.charger.dny.words import ALARMS
from drivers.charger.link import Ear
from drivers.charger.tcp.listener import Job
from drivers.charger.telling import all_told
from drivers.charger.words import Trouble

REPEATS_S: Final = 10.0
"""A post that starts anew and is still in danger says so within this time."""

MAINS_V: Final = 100.0
"""Below this, posts call it undervoltage (§4.4.1)."""


class Dangers:
    """What endangers a post, told to all its connectors: they share the box and its cables."""

    def __init__(self, clock: Clock, ears: Mapping[int, Ear]) -> None:
        self._clock = clock
        self._ears = ears
        self._said: set[Trouble] = set()
        self._over_at: float | None = None
        self._powered = False
        """Whether it was told that there is mains; after a restart of ours it may not have been."""

    async def alarmed(self, alarm: Alarm) -> None:
        """Take an alarm; InvalidMessage if it is of no documented kind."""
        trouble = ALARMS.get(alarm.kind)
        if trouble is None:
            raise InvalidMessage(f"an alarm of unknown kind {alarm.kind}")
        self._said.add(trouble)
        if trouble is Trouble.MAINS:
            self._powered = False
        await self._tell(trouble, active=True)

    async def powered(self, voltage: float) -> None:
        """Take the voltage of a heartbeat."""
        if voltage >= MAINS_V and not self._powered:
            await self._tell(Trouble.MAINS, active=False)
            self._powered = True

    def restarted(self) -> None:
        """Take that the post has started anew: what it does not repeat is over."""
        self._said.clear()
        self._over_at = self._clock.monotonic() + REPEATS_S

    def due(self) -> list[Job]:
        """Return what is to be done because time has passed."""
        if self._over_at is None or self._clock.monotonic() < self._over_at:
            return []
        self._over_at = None
        return [self._over]

    async def _over(self) -> None:
        for trouble in sorted(set(ALARMS.values()) - self._said - {Trouble.MAINS}):
            await self._tell(trouble, active=False)

    async def _tell(self, trouble: Trouble, *, active: bool) -> None:
        await all_told(ear.trouble(trouble, active=active) for ear in self._ears.values())
