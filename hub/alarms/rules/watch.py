"""Definitions made ready, and which of them watch over which device."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from contract.things import Description
from contract.topics import Address
from hub.alarms.definition import Definition, Kind
from hub.alarms.rules.checks import Check, check_of
from hub.alarms.rules.scope import applies, may_apply
from hub.shadows.shadow import Shadow

_MISSING: Final = object()
_STALE: Final = object()
"""In place of a value: what it was is of no interest any more."""


class Watch:
    """One definition. `momentary`: only an occasion raises it, and nothing says when that is over."""

    def __init__(self, definition: Definition) -> None:
        self.definition = definition
        self.key = definition.key
        self.raises: Check = check_of(definition.raised_by)
        self.returns = None if definition.returned_by is None else check_of(definition.returned_by)
        self.incident = definition.kind is Kind.INCIDENT
        self.momentary = self.returns is None and not self.raises.level
        checks = [self.raises] if self.returns is None else [self.raises, self.returns]
        self.properties = frozenset().union(*(check.properties for check in checks))
        self.events = frozenset().union(*(check.events for check in checks))
        self.missed = any(check.missed for check in checks)
        self.hysteresis = any(check.hysteresis for check in checks)


class Plan:
    """The watches over one device; devices that the same watches are over share it."""

    def __init__(self, watches: Sequence[Watch]) -> None:
        self.watches = tuple(watches)
        self.keys = frozenset(watch.key for watch in watches)
        self.events = frozenset().union(*(watch.events for watch in watches))
        self.missed = any(watch.missed for watch in watches)
        self.hysteresis = any(watch.hysteresis for watch in watches)
        self._properties = tuple(sorted(frozenset().union(*(watch.properties for watch in watches))))
        self._reading = {
            name: tuple(watch for watch in watches if name in watch.properties) for name in self._properties
        }

    def sight(self, shadow: Shadow) -> list[Any]:
        """Return all of a shadow that these watches look at: while it is equal, no answer differs."""
        seen: list[Any] = [shadow.connectivity, shadow.events_missed]
        readings = shadow.readings
        for name in self._properties:
            reading = readings.get(name)
            seen.append(_MISSING if reading is None else _STALE if reading.stale else reading.value)
        return seen

    def touched(self, before: list[Any] | None, seen: list[Any]) -> tuple[Watch, ...]:
        """Return the watches whose answer may differ between two sights."""
        if before is None or before[:2] != seen[:2]:
            return self.watches
        names = [
            name for name, old, new in zip(self._properties, before[2:], seen[2:], strict=True) if old != new
        ]
        if len(names) == 1:
            return self._reading[names[0]]
        return tuple(watch for watch in self.watches if not watch.properties.isdisjoint(names))


class Plans:
    """Chooses the watches over each device."""

    def __init__(self, definitions: Iterable[Definition]) -> None:
        self.watches = tuple(Watch(each) for each in definitions if each.enabled)
        self.by_key = {watch.key: watch for watch in self.watches}
        self.events = frozenset().union(*(watch.events for watch in self.watches))
        self._plans: dict[tuple[Watch, ...], Plan] = {}

    def concern(self, address: Address) -> bool:
        """Whether any watch may ever be over a device with this address."""
        return any(may_apply(watch.definition.on, address) for watch in self.watches)

    def of(self, address: Address, description: Description | None) -> Plan:
        """Return the watches over a device."""
        chosen = tuple(watch for watch in self.watches if applies(watch.definition.on, address, description))
        plan = self._plans.get(chosen)
        if plan is None:
            plan = self._plans[chosen] = Plan(chosen)
        return plan
