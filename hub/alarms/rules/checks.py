"""A definition's tests, made ready to be asked thousands of times a second.

Three-valued: True, False, or None for what nobody knows. What was not heard yet, is too old, or comes from a
device that cannot be heard is neither a fault nor normal.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from typing import Final

from contract.messages import AvailabilityStatus, Scalar
from contract.topics import HUB_KIND
from hub.alarms.definition import Test
from hub.alarms.rules.comparing import Truth, all_of, any_of, comparing, plausible, same
from hub.alarms.rules.occasion import Occasion
from hub.shadows.registry import CHECK_INTERVAL_S
from hub.shadows.shadow import Connectivity, Shadow

Held = set["Check"]
"""Tests with a hysteresis that are true of one device just now."""

_SAID_SO: Final = frozenset({AvailabilityStatus.DISCONNECTED, AvailabilityStatus.LOST})


class Check(ABC):
    """One question about one device.

    `level`: it may be true by itself, not only in the moment of an event. `properties`: what it reads.
    """

    level = True
    missed = False
    hysteresis = False
    properties: frozenset[str] = frozenset()
    events: frozenset[str] = frozenset()

    @abstractmethod
    def holds(self, shadow: Shadow, occasion: Occasion, held: Held) -> Truth:
        """Answer it; `held` is what was true last, and is brought up to date."""
        ...

    def grace_s(self, shadow: Shadow) -> float:
        """How long silence is no fault yet: after we met the device, or found the broker again."""
        return 0.0


class PropertyCheck(Check):
    """Compares a value. All comparisons that are given must hold; without any, it must be true."""

    def __init__(self, test: Test) -> None:
        self.name = test.property or ""
        self.properties = frozenset({self.name})
        self.hysteresis = test.hysteresis > 0
        self._slack = test.hysteresis
        self._compare = comparing(test)

    def holds(self, shadow: Shadow, occasion: Occasion, held: Held) -> Truth:
        """Compare, with the hysteresis of what holds already; an impossible value is never called normal."""
        reading = shadow.readings.get(self.name)
        if reading is None or reading.stale or not believable(shadow):
            return None
        value = reading.value
        slack = self._slack if self.hysteresis and self in held else 0.0
        answer = self._compare(value, slack)
        if answer is False and not plausible(value, shadow.schema(self.name)):
            return None
        if self.hysteresis and answer is not None:
            (held.add if answer else held.discard)(self)
        return answer


class EventCheck(Check):
    """Whether this event happens, with such data."""

    level = False

    def __init__(self, test: Test) -> None:
        self.type = test.event or ""
        self.events = frozenset({self.type})
        self._where = {name: _allowed(given) for name, given in test.where.items()}

    def holds(self, shadow: Shadow, occasion: Occasion, held: Held) -> Truth:
        """Look at the event, if there is one."""
        happening = occasion.happening
        if happening is None or happening.type != self.type:
            return False
        data = happening.data
        return all(
            name in data and any(same(data[name], each) for each in allowed)
            for name, allowed in self._where.items()
        )


class MissedCheck(Check):
    """Whether more of the device's events were numbered than came, and that was just found."""

    level = False
    missed = True

    def holds(self, shadow: Shadow, occasion: Occasion, held: Held) -> Truth:
        """Look whether the count has just grown."""
        return occasion.grown > 0


class ConnectivityCheck(Check):
    """Whether the device, or its driver host, is not heard. Without a broker nobody knows."""

    def __init__(self, test: Test) -> None:
        self._offline = frozenset(Connectivity(each) for each in test.connectivity)

    def holds(self, shadow: Shadow, occasion: Occasion, held: Held) -> Truth:
        """Look at how the device is judged; behind a lost driver host nobody knows of the device."""
        found = shadow.connectivity
        if found in self._offline:
            return True
        if found is Connectivity.ONLINE or found is Connectivity.DEVICE_OFFLINE:
            return False
        return None

    def grace_s(self, shadow: Shadow) -> float:
        """Until the announced heartbeat and one check are over, unless it said that it is gone."""
        said_so = shadow.availability is not None and shadow.availability.status in _SAID_SO
        return 0.0 if said_so else shadow.heartbeat_s + CHECK_INTERVAL_S


class StaleCheck(Check):
    """Whether a property is too old. Behind a lost driver host or broker, the device is not to blame."""

    def __init__(self, test: Test) -> None:
        self.name = test.stale or ""
        self.properties = frozenset({self.name})

    def holds(self, shadow: Shadow, occasion: Occasion, held: Held) -> Truth:
        """Look at the age; what was never heard is unknown."""
        reading = shadow.readings.get(self.name)
        known = believable(shadow) or shadow.connectivity is Connectivity.DEVICE_OFFLINE
        return reading.stale if reading is not None and known else None

    def grace_s(self, shadow: Shadow) -> float:
        """Until it would have come again."""
        reading = shadow.readings.get(self.name)
        return reading.stale_after_s if reading is not None else 0.0


class Several(Check):
    """Checks joined by "and" or "or" of three values."""

    def __init__(self, join: Callable[[Iterable[Truth]], Truth], parts: tuple[Check, ...]) -> None:
        self.parts = parts
        self._join = join
        levels = [part.level for part in parts]
        self.level = all(levels) if join is all_of else any(levels)
        self.missed = any(part.missed for part in parts)
        self.hysteresis = any(part.hysteresis for part in parts)
        self.properties = frozenset().union(*(part.properties for part in parts))
        self.events = frozenset().union(*(part.events for part in parts))

    def holds(self, shadow: Shadow, occasion: Occasion, held: Held) -> Truth:
        """Ask every part, so that each knows its hysteresis."""
        return self._join([part.holds(shadow, occasion, held) for part in self.parts])

    def grace_s(self, shadow: Shadow) -> float:
        """As long as the most patient part needs."""
        return max(part.grace_s(shadow) for part in self.parts)


def check_of(test: Test) -> Check:
    """Make a test ready."""
    if test.all:
        return Several(all_of, tuple(map(check_of, test.all)))
    if test.any:
        return Several(any_of, tuple(map(check_of, test.any)))
    if test.event is not None:
        return EventCheck(test)
    if test.connectivity:
        return ConnectivityCheck(test)
    if test.stale is not None:
        return StaleCheck(test)
    return MissedCheck() if test.missed else PropertyCheck(test)


def believable(shadow: Shadow) -> bool:
    """Whether what the shadow holds is what the device says now."""
    return shadow.connectivity is Connectivity.ONLINE or shadow.address.kind == HUB_KIND


def _allowed(given: Scalar | tuple[Scalar, ...]) -> tuple[Scalar, ...]:
    return given if isinstance(given, tuple) else (given,)
