"""What ships: the definitions of each device family and of the hub itself, and kinds of work orders.

Read as text: no driver is imported, so that a hub can do it too.
"""

from collections.abc import Iterator
from functools import cache
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from msgspec import Struct, field

import drivers
import hub
from contract.errors import ConfigurationError
from contract.messages import Scalar
from hemei import strict
from hub.alarms.definition import Definition
from hub.orders.kinds import OrderKind

FILE: Final = "alarms.toml"
ENTRY_POINTS: Final = "hemei.drivers"
ROOT: Final = Path(hub.__path__[0])
OWN: Final = ROOT / "alarms" / "own.toml"
ORDER_KINDS: Final = ROOT / "orders" / "kinds.toml"


class Effect(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an action can bring about in its device: events, and properties with values (none: any value)."""

    events: tuple[str, ...] = ()
    properties: dict[str, tuple[Scalar, ...]] = {}


class AlarmsFile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One `alarms.toml`. `kind`: what its definitions are about where they do not say it themselves.

    `causes.ACTION` says for every action what it can bring about.
    """

    kind: str | None = None
    causes: dict[str, Effect] = {}
    alarm: list[dict[str, Any]] = field(default_factory=list)


class OrderKindsFile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`hub/orders/kinds.toml`."""

    order_kind: list[OrderKind]


class Shipped(Struct, frozen=True, kw_only=True):
    """Everything that ships: definitions, as written and as read, and whose they are, by key.

    `effects` are by kind and action, of all families of the kind.
    """

    tables: dict[str, dict[str, Any]]
    definitions: dict[str, Definition]
    source: dict[str, str]
    effects: dict[str, dict[str, Effect]]
    order_kinds: tuple[OrderKind, ...]

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of devices that ship with definitions."""
        return tuple(self.effects)


@cache
def shipped() -> Shipped:
    """Read everything that ships; ConfigurationError if a file is damaged."""
    found = Shipped(tables={}, definitions={}, source={}, effects={}, order_kinds=_order_kinds())
    for name, file in files():
        _add(found, name, file)
    return found


def files() -> Iterator[tuple[str, Path]]:
    """Yield each file of definitions with the name of whose it is: `hub`, or the folder of a family."""
    yield "hub", OWN
    for folder in drivers.__path__:
        for file in sorted(Path(folder).glob(f"*/{FILE}")):
            yield file.parent.name.replace("_", "-"), file
    for point in entry_points(group=ENTRY_POINTS):
        found = find_spec(point.module)
        if found and found.origin and (file := Path(found.origin).with_name(FILE)).is_file():
            yield point.name, file


def _add(found: Shipped, name: str, file: Path) -> None:
    read = strict.convert(strict.read_toml(file), AlarmsFile, where=str(file))
    if read.kind is not None:
        effects = found.effects.setdefault(read.kind, {})
        for action, effect in read.causes.items():
            effects[action] = _joined(effects.get(action, Effect()), effect)
    for table in read.alarm:
        full = _of_kind(table, read.kind)
        definition = strict.convert(full, Definition, where=f"{file}: alarm {table.get('key', '?')}")
        key = definition.key
        if key in found.tables:
            raise ConfigurationError(f"{file}: alarm {key}: is there already, from {found.source[key]}")
        found.tables[key], found.definitions[key], found.source[key] = full, definition, name


def _joined(one: Effect, other: Effect) -> Effect:
    """Return what an action may bring about in devices of two families of one kind."""
    properties = dict(one.properties)
    for name, values in other.properties.items():
        known = properties.get(name, values)
        properties[name] = tuple(dict.fromkeys((*known, *values))) if known and values else ()
    return Effect(events=tuple(dict.fromkeys((*one.events, *other.events))), properties=properties)


def _of_kind(table: dict[str, Any], kind: str | None) -> dict[str, Any]:
    scope = table.get("on", {})
    if kind is None or "kinds" in scope or "devices" in scope:
        return table
    return table | {"on": scope | {"kinds": [kind]}}


def _order_kinds() -> tuple[OrderKind, ...]:
    read = strict.convert(strict.read_toml(ORDER_KINDS), OrderKindsFile, where=str(ORDER_KINDS))
    return tuple(read.order_kind)
