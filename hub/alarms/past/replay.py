"""One definition over one device's past: the rules themselves, on a clock that follows what happened.

What has no history is not known: whether the device could be heard, and so whether a value was too old. The
last value counts until the next; a device is taken for one that was heard all the time.
"""

from collections import Counter
from datetime import UTC, datetime
from math import inf

from msgspec.structs import replace

from contract.things import Description
from contract.topics import Address
from hub.alarms.definition import Definition
from hub.alarms.past.sources import Sample
from hub.alarms.past.tally import Tally
from hub.alarms.rules.device import Device
from hub.alarms.rules.judge import Judge
from hub.alarms.rules.occasion import Happening
from hub.alarms.rules.telling import Teller
from hub.alarms.rules.watch import Plans
from hub.shadows.shadow import Connectivity, Reading, Shadow


class PastClock:
    """Shows the moment that is being looked at; both its times are the same one."""

    def __init__(self, at_ms: int) -> None:
        self.at_ms = at_ms

    def now(self) -> datetime:
        """Aware UTC time."""
        return datetime.fromtimestamp(self.at_ms / 1000, UTC)

    def now_ms(self) -> int:
        """Milliseconds since 1970."""
        return self.at_ms

    def monotonic(self) -> float:
        """Seconds since 1970."""
        return self.at_ms / 1000


class Replay:
    """Feed it in the order of time, in ms since 1970; what is raised goes to `tally`."""

    def __init__(
        self, definition: Definition, address: Address, description: Description | None, start_ms: int
    ) -> None:
        plans = Plans((replace(definition, enabled=True),))
        counts: Counter[str] = Counter()
        self.tally = Tally(definition)
        self._clock = PastClock(start_ms)
        self._shadow = Shadow(address, "")
        self._shadow.description = description
        self._shadow.connectivity = Connectivity.ONLINE
        self._device = Device(address, self._clock.monotonic(), 0)
        teller = Teller(self._clock, self.tally.take, counts)
        self._judge = Judge(plans, lambda _: self._shadow, self._clock, teller, counts)
        self._properties = frozenset().union(*(watch.properties for watch in plans.watches))

    def take(self, at_ms: int, what: Sample | Happening) -> None:
        """Take what a property became, or an event."""
        self._pass_until(at_ms)
        if isinstance(what, Happening):
            self._judge.happen(self._device, replace(what, at=self._clock.monotonic()))
        elif what.name in self._properties:
            self._shadow.readings[what.name] = Reading(what.value, at_ms, at_ms / 1000, inf)
            self._judge.look(self._device)

    def finish(self, end_ms: int) -> None:
        """Let the rest of the time pass."""
        self._pass_until(end_ms)

    def _pass_until(self, ts_ms: int) -> None:
        """Let delays end that are over before that."""
        timers = self._judge.timers
        while (due := timers.next) is not None and due * 1000 <= ts_ms:
            self._clock.at_ms = max(self._clock.at_ms, -int(-due * 1000 // 1))
            for device in timers.expired(due, 1):
                self._judge.look(device, again=True)
        self._clock.at_ms = max(self._clock.at_ms, ts_ms)
