"""Which definitions are in force at a site: the shipped ones as the site changed them, and its own."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from hemei import strict
from hemei.alarms import faults, loops, roster
from hemei.alarms.known import Known, unknown
from hemei.alarms.shipped import Shipped, shipped
from hemei.alarms.tables import AlarmTables
from hub.alarms.definition import Definition
from hub.orders.kinds import OrderKind

MERGED: Final = ("title", "rationale", "on", "evidence")
"""Tables of which a change gives single keys anew; everything else it gives whole."""

RESERVED: Final = ("canary", "linked-action-failed")
"""Keys of alarms that the hub makes by itself."""

SITE: Final = "site"
"""Whose a definition is that the site file adds."""


class Definitions(Struct, frozen=True, kw_only=True):
    """The definitions of a site; `source`: the family or `site` by key, `changed`: those the site changed."""

    definitions: tuple[Definition, ...]
    source: dict[str, str]
    changed: frozenset[str]

    def place(self, key: str) -> str | None:
        """Return which table of the site file writes a definition; None for one as it ships."""
        if self.source[key] == SITE:
            return f"[alarm {key}]"
        return f"[alarm_change.{key}]" if key in self.changed else None


def in_force(tables: AlarmTables) -> Definitions:
    """Return the definitions of a site file that was found right."""
    ours = shipped()
    changes = {
        key: strict.convert(changed(ours, key, change), Definition, where=f"alarm_change {key}")
        for key, change in tables.alarm_change.items()
    }
    return Definitions(
        definitions=(*(ours.definitions | changes).values(), *tables.alarm),
        source=ours.source | {each.key: SITE for each in tables.alarm},
        changed=frozenset(changes),
    )


def order_kinds(tables: AlarmTables) -> tuple[OrderKind, ...]:
    """Return the kinds of work orders: the shipped ones, and the site's own, which go before those."""
    kinds = {each.key: each for each in (*shipped().order_kinds, *tables.order_kind)}
    return tuple(kinds.values())


def site_faults(tables: AlarmTables, known: Known) -> Iterator[str]:
    """Yield what is wrong with everything about alarms, each beginning with its table and key."""
    yield from roster.faults(tables, known)
    yield from _key_faults(tables)
    readable = {}
    for key, change in tables.alarm_change.items():
        wrong = list(change_faults(key, change))
        yield from wrong
        if not wrong:
            readable[key] = change
    there = in_force(replace(tables, alarm_change=readable))
    for definition in there.definitions:
        key = definition.key
        place = there.place(key)
        if place is not None:
            names = with_own_names(key, known) if key in there.changed else known
            yield from (f"{place} {fault}" for fault in faults.faults(definition, names))
    yield from loops.faults(there.definitions, shipped().effects, known)


def _key_faults(tables: AlarmTables) -> Iterator[str]:
    ours, seen = shipped(), set()
    for definition in tables.alarm:
        key = definition.key
        if key in ours.tables:
            yield (
                f"[alarm {key}] key = {key!r}: ships with {ours.source[key]}; allowed: another key, or"
                f" [alarm_change.{key}] to change that one"
            )
        elif key in RESERVED:
            yield f"[alarm {key}] key = {key!r}: is the hub's own; allowed: another key"
        elif key in seen:
            yield f"[[alarm]] key = {key!r}: stands twice; allowed: once"
        seen.add(key)


def change_faults(key: str, change: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong with `[alarm_change.KEY]`, as far as its own keys show."""
    ours = shipped()
    if key not in ours.tables:
        yield from unknown("[alarm_change]", (key,), ours.tables)
    elif "key" in change:
        yield f"[alarm_change.{key}] key: cannot be changed; allowed: [[alarm]] adds another"
    else:
        yield from strict.faults(changed(ours, key, change), Definition, f"alarm_change.{key}")


def changed(ours: Shipped, key: str, change: Mapping[str, Any]) -> dict[str, Any]:
    """Return the table of a shipped definition with the fields that a change gives anew."""
    table = ours.tables.get(key, {})
    merged = {
        name: {**table[name], **change[name]}
        for name in MERGED
        if isinstance(change.get(name), Mapping) and name in table
    }
    return table | dict(change) | merged


def with_own_names(key: str, known: Known) -> Known:
    """Let a shipped definition keep the areas it ships with, though the site may have none such."""
    scope = shipped().definitions[key].on
    return known.with_areas((*scope.areas, *scope.except_areas))
