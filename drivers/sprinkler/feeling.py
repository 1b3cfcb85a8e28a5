"""Asks the probes of a zone, each on its line; one that is silent is unknown, and harms no other."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from contract.clock import Clock
from contract.errors import DeviceError
from drivers.modbus.shared import SharedUnit
from drivers.sprinkler.profile import Probe
from drivers.sprinkler.readings import UNKNOWN_CLIMATE, Climate, read_probe, together

SILENT_S: Final = 30.0
"""A probe that does not answer is asked so seldom: each time costs the line more than a second."""

SILENT_POLLS: Final = 10
"""The same in periods, where these are short."""

SHARE: Final = 0.8
"""A look of another zone that is younger than this part of a period is taken for one's own."""


@dataclass(slots=True, kw_only=True)
class ProbeUnit:
    """A probe as it was last heard, and when it is asked again."""

    unit: SharedUnit
    probe: Probe
    climate: Climate = UNKNOWN_CLIMATE
    ask_at: float = float("-inf")


class Probes:
    """All probes of a zone, asked every `poll_s`."""

    def __init__(self, probes: Iterable[ProbeUnit], poll_s: float, clock: Clock) -> None:
        self._probes = list(probes)
        self._poll_s = poll_s
        self._clock = clock
        for each in self._probes:
            each.unit.want(each.probe.points())

    @property
    def units(self) -> list[SharedUnit]:
        """The Modbus units that must be on a line."""
        return [each.unit for each in self._probes]

    async def feel(self) -> Climate:
        """Return what they say together."""
        for each in self._probes:
            if self._clock.monotonic() >= each.ask_at:
                await self._ask(each)
        return together(each.climate for each in self._probes)

    async def _ask(self, asked: ProbeUnit) -> None:
        now = self._clock.monotonic()
        try:
            snapshot = await asked.unit.look(since=now - SHARE * self._poll_s)
        except DeviceError:
            asked.climate = UNKNOWN_CLIMATE
            asked.ask_at = now + max(self._poll_s, min(SILENT_S, SILENT_POLLS * self._poll_s))
        else:
            asked.climate = read_probe(asked.probe, snapshot.registers)
