"""Which alarm is folded under which. Pure.

Only silence folds: conditions that say no more than that a device is not heard. An alarm that needs a person
for itself (critical, latching, an incident: fire, a forced door) never does, and a cause never folds itself.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Final

from msgspec import Struct

from contract.topics import DRIVER_KIND, Address
from hub.alarms.alarm import Alarm
from hub.alarms.definition import Definition, Kind, Priority, Test

SUPPLY_KIND: Final = "supply"
EARLY_MS: Final = 30_000
"""A device may be found silent before its cause is: by so much."""

SETTLE_MS: Final = 30_000
"""Once the cause is over, its devices have so long to be heard again before their alarms stand alone."""

CAUSE_KINDS: Final = {"driver": DRIVER_KIND, "supply": SUPPLY_KIND}

Causes = Callable[[Address], Collection[Address]]
"""What a device hangs on: its driver host, and what supplies it."""


class Roles(Struct, frozen=True, kw_only=True):
    """What the definitions are here: causes, by the kind of thing that fails, and what may fold."""

    causes: Mapping[str, str]
    silences: frozenset[str]

    def is_cause(self, alarm: Alarm) -> bool:
        """Whether others may be folded under it just now."""
        return alarm.active and self.causes.get(alarm.key) == alarm.device_kind

    def may_fold(self, alarm: Alarm) -> bool:
        """Whether it may be folded at all."""
        return alarm.key in self.silences and alarm.priority is not Priority.CRITICAL


def roles_of(definitions: Iterable[Definition]) -> Roles:
    """Tell causes and silences apart."""
    everything = tuple(definitions)
    return Roles(
        causes={each.key: CAUSE_KINDS[each.covers] for each in everything if each.covers is not None},
        silences=frozenset(each.key for each in everything if _is_silence(each)),
    )


def _is_silence(definition: Definition) -> bool:
    return (
        definition.covers is None
        and definition.kind is Kind.CONDITION
        and not definition.latching
        and _asks_for_silence(definition.raised_by)
    )


def _asks_for_silence(test: Test) -> bool:
    parts = (*test.all, *test.any)
    if parts:
        return all(map(_asks_for_silence, parts))
    return bool(test.connectivity) or test.stale is not None


class Folds(Struct, frozen=True, kw_only=True):
    """What is to change (None: unfold), and the ids of those that stay folded, for now, without a cause."""

    changes: dict[str, str | None]
    orphans: frozenset[str]


def decide(
    standing: Collection[Alarm], roles: Roles, causes: Causes, orphaned: Mapping[str, int], now_ms: int
) -> Folds:
    """Say how the open alarms are to be folded. `orphaned`: since when they have no cause any more, by id."""
    parents = parents_of(standing, roles)
    changes: dict[str, str | None] = {}
    orphans: set[str] = set()
    for alarm in standing:
        parent = parent_of(alarm, roles, causes, parents)
        waits = now_ms - orphaned.get(alarm.id, now_ms) < SETTLE_MS
        if parent is None and alarm.parent is not None and waits and roles.may_fold(alarm):
            orphans.add(alarm.id)
            parent = alarm.parent
        if parent != alarm.parent:
            changes[alarm.id] = parent
    return Folds(changes=changes, orphans=frozenset(orphans))


def parents_of(standing: Iterable[Alarm], roles: Roles) -> dict[Address, Alarm]:
    """Return the causes that stand, by what failed; the first, should one have several alarms."""
    parents: dict[Address, Alarm] = {}
    for alarm in standing:
        if roles.is_cause(alarm):
            parents.setdefault(alarm.address, alarm)
    return parents


def parent_of(alarm: Alarm, roles: Roles, causes: Causes, parents: Mapping[Address, Alarm]) -> str | None:
    """Return under which cause an alarm belongs: where it is, else the first that it did not long precede."""
    if not roles.may_fold(alarm):
        return None
    found = [parents[cause] for cause in causes(alarm.address) if cause in parents]
    for parent in found:
        if parent.id == alarm.parent:
            return parent.id
    if not alarm.active:
        return None
    return next((each.id for each in found if alarm.last_ms >= each.last_ms - EARLY_MS), None)
