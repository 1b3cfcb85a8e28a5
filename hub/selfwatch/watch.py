"""The hub as a device: looked at every second, so that rules raise its alarms like everybody's."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from typing import Final

from contract.clock import Clock
from contract.messages import Scalar, State
from contract.topics import Address
from hub.selfwatch.sheet import MODEL, address_of, description_of
from hub.shadows.shadow import Connectivity, Shadow

logger = logging.getLogger(__name__)

LOOK_EVERY_S: Final = 1.0
SLOW_EVERY_S: Final = 10.0
DIGITS: Final = 3

Probe = Callable[[], Scalar]
"""Answers what a property is now; None: it cannot be told."""


class SelfWatch:
    """The hub's own shadow. It is not among the devices: nobody drives it and it can be told nothing.

    `probes` answer at once, on the event loop; `slow` ones may block and are asked in a thread. A property
    without a probe is not there, and one whose probe fails is unknown: neither normal nor a fault.
    """

    def __init__(
        self,
        site: str,
        tenant: str,
        clock: Clock,
        probes: Mapping[str, Probe],
        *,
        slow: Mapping[str, Probe] | None = None,
        on_change: Callable[[Address], None] = lambda _: None,
    ) -> None:
        self.shadow = Shadow(address_of(site), tenant)
        self.shadow.describe(description_of(self.shadow.address))
        self.shadow.connectivity = Connectivity.ONLINE
        self.on_change = on_change
        self._clock = clock
        self._probes = dict(probes)
        self._slow = dict(slow or {})
        self._sampled: dict[str, Scalar] = {}
        self._mute: set[str] = set()
        self._looks = 0
        unknown = (self._probes.keys() | self._slow.keys()) - MODEL.properties.keys()
        if unknown:
            raise ValueError(f"the hub has no property {', '.join(sorted(unknown))}")

    def look(self) -> None:
        """Take how the hub is now; whoever wants to know is told if something differs."""
        values = {name: self._ask(name, probe) for name, probe in self._probes.items()} | self._sampled
        before = {name: reading.value for name, reading in self.shadow.readings.items()}
        self._looks += 1
        now_ms = self._clock.now_ms()
        state = State(ts=self._clock.now(), boot=1, seq=self._looks, properties=values)
        self.shadow.apply_state(state, now_ms, retained=False, now=self._clock.monotonic(), wall_ms=now_ms)
        if values != before:
            self.on_change(self.shadow.address)

    async def run(self) -> None:
        """Look every second, until cancelled."""
        async with asyncio.TaskGroup() as group:
            if self._slow:
                group.create_task(self._sample())
            while True:
                self.look()
                await asyncio.sleep(LOOK_EVERY_S)

    async def sample(self) -> None:
        """Ask what may block."""
        asked = self._slow.items()
        self._sampled = {name: await asyncio.to_thread(self._ask, name, probe) for name, probe in asked}

    async def _sample(self) -> None:
        while True:
            await self.sample()
            await asyncio.sleep(SLOW_EVERY_S)

    def _ask(self, name: str, probe: Probe) -> Scalar:
        try:
            value = probe()
        except Exception:  # whatever fails there, the other answers must not be missing
            if name not in self._mute:
                logger.exception("the hub cannot tell its %s", name)
            self._mute.add(name)
            return None
        self._mute.discard(name)
        return round(value, DIGITS) if isinstance(value, float) else value
