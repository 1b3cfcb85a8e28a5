"""Writes down what the hub knows of its devices while it lives: where they stand, units, clocks."""

from collections.abc import Iterable, Iterator

from contract.clock import Clock
from contract.topics import HUB_KIND
from hub.alarms.rules.scope import area_of
from hub.bundle.source import SourceClock
from hub.disclosure.reading.bounds import Surroundings
from hub.selfwatch.clocks import ClockWatch, of_driver
from hub.shadows.shadow import Shadow


class Surveyor:
    """Looks at the shadows. Lives on the hub's event loop."""

    def __init__(self, shadows: Iterable[Shadow], clocks: ClockWatch, clock: Clock) -> None:
        self._shadows = shadows
        self._clocks = clocks
        self._clock = clock

    def surroundings(self) -> Surroundings:
        """Return what is known now."""
        there = [each for each in self._shadows if each.address.kind != HUB_KIND and each.description]
        areas = {_name(each): area for each in there if (area := area_of(each.description))}
        return Surroundings(
            areas=areas,
            units={_name(each): units for each in there if (units := _units(each))},
            clocks=tuple(self._measured()),
        )

    def _measured(self) -> Iterator[SourceClock]:
        now_ms = self._clock.now_ms()
        hub = self._clocks.offset()
        yield SourceClock(
            source="hub" if hub is None else f"hub ({hub.source})",
            offset_ms=None if hub is None else hub.seconds * 1000,
            measured_ms=None if hub is None else now_ms,
            error_ms=None,
        )
        for shadow in self._shadows:
            ahead_s = of_driver(shadow, self._clock)
            if ahead_s is not None:
                yield SourceClock(
                    source=_name(shadow), offset_ms=-ahead_s * 1000, measured_ms=now_ms, error_ms=None
                )


def _name(shadow: Shadow) -> str:
    return f"{shadow.address.kind}/{shadow.address.device}"


def _units(shadow: Shadow) -> dict[str, str]:
    said = shadow.description.properties if shadow.description is not None else {}
    return {name: schema.unit for name, schema in said.items() if schema.unit}
