"""Whether what definitions name is on the data sheets of the devices they are about.

Of devices that stand in the site the sheets are those that their options give; of kinds that do not, all that
their families ship.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cache
from typing import NamedTuple

from contract.errors import ConfigurationError
from contract.messages import Scalar
from contract.things import ActionSpec, Property, ThingModel
from contract.topics import DRIVER_KIND, HUB_KIND
from drivers.runtime.families import driver_type, known_families
from drivers.runtime.inputs import value_fault
from drivers.runtime.thing import HOST_MODEL
from hemei.alarms.known import unknown
from hub.alarms.definition import Definition, Link, Scope, Test, leaves
from hub.selfwatch import sheet


class Device(NamedTuple):
    """A device of a site as definitions choose it, and its data sheet."""

    name: str
    kind: str
    area: str | None
    product: str | None
    model: ThingModel

    def is_in(self, scope: Scope) -> bool:
        """Whether a scope means it."""
        return (
            (not scope.kinds or self.kind in scope.kinds)
            and self.kind not in scope.except_kinds
            and (not scope.areas or self.area in scope.areas)
            and (self.area is None or self.area not in scope.except_areas)
            and (not scope.devices or self.name in scope.devices)
            and (not scope.products or self.product in scope.products)
        )


class DataSheets:
    """The data sheets of a site's devices, and of all families."""

    def __init__(self, devices: Sequence[Device]) -> None:
        self.devices = devices

    def of(self, scope: Scope) -> list[ThingModel]:
        """Return the sheets of what a scope means; [] if nobody knows."""
        there = {id(each.model): each.model for each in self.devices if each.is_in(scope)}
        if there:
            return list(there.values())
        kinds = scope.kinds or [each.partition("/")[0] for each in scope.devices] or by_kind()
        return [
            sheet for kind in kinds if kind not in scope.except_kinds for sheet in by_kind().get(kind, ())
        ]

    def watched(self, definition: Definition) -> int:
        """Return over how many of the site's devices a definition watches."""
        return sum(each.is_in(definition.on) for each in self.devices)


@cache
def by_kind() -> Mapping[str, Sequence[ThingModel]]:
    """Return every data sheet that ships, by kind of device."""
    found: dict[str, list[ThingModel]] = {DRIVER_KIND: [HOST_MODEL], HUB_KIND: [sheet.MODEL]}
    for name in known_families():
        with suppress(ConfigurationError):
            family = driver_type(name)
            found.setdefault(family.kind, []).extend(family.data_sheets())
    return found


def faults(definition: Definition, sheets: DataSheets) -> Iterator[str]:
    """Yield what a definition names that no data sheet has, each beginning with its key."""
    models = sheets.of(definition.on)
    yield from _test_faults(definition.raised_by, models, "raise")
    if definition.returned_by is not None:
        yield from _test_faults(definition.returned_by, models, "return")
    for number, link in enumerate(definition.link, 1):
        yield from _link_faults(link, sheets, f"link {number}")


def _test_faults(test: Test, models: Sequence[ThingModel], place: str) -> Iterator[str]:
    for leaf in leaves(test) if models else ():
        if leaf.event is not None:
            yield from _event_faults(leaf, leaf.event, models, place)
        name = leaf.property or leaf.stale
        if name is not None:
            yield from _property_faults(leaf, name, models, place)


def _event_faults(test: Test, event: str, models: Sequence[ThingModel], place: str) -> Iterator[str]:
    specs = [model.events[event] for model in models if event in model.events]
    if not specs:
        yield from unknown(f"{place} event", [event], _names(model.events for model in models))
        return
    for name, wanted in test.where.items():
        fields = [spec.data[name] for spec in specs if name in spec.data]
        if not fields:
            yield from unknown(f"{place} where", [name], _names(spec.data for spec in specs))
            continue
        for value in wanted if isinstance(wanted, tuple) else (wanted,):
            yield from _value_faults(fields, value, f"{place} where.{name}")


def _property_faults(test: Test, name: str, models: Sequence[ThingModel], place: str) -> Iterator[str]:
    specs = [model.properties[name] for model in models if name in model.properties]
    if not specs:
        yield from unknown(f"{place} property", [name], _names(model.properties for model in models))
        return
    where = f"{place} {name}"
    limits = [each for each in (test.above, test.below) if each is not None]
    if limits and not any(spec.type in ("number", "integer") for spec in specs):
        yield f"{where}: is {specs[0].type}; allowed: above and below for numbers only"
        return
    values = [*test.in_, *([test.equals] if test.equals is not None else [])]
    if test.property is not None and not limits and not values:
        values = [True]
    for value in values:
        yield from _value_faults(specs, value, where)
    if limits:
        yield from _reach_faults(test, specs, where)


def _reach_faults(test: Test, specs: Sequence[Property], place: str) -> Iterator[str]:
    """Look whether a limit can be passed, and whether its hysteresis can be come back from."""
    lowest = min((-1e308 if spec.minimum is None else spec.minimum) for spec in specs)
    highest = max((1e308 if spec.maximum is None else spec.maximum) for spec in specs)
    if test.above is not None and not lowest <= test.above - test.hysteresis <= test.above < highest:
        yield f"{place} above = {test.above:g}: allowed: from {lowest:g}, with the hysteresis, to {highest:g}"
    if test.below is not None and not lowest < test.below <= test.below + test.hysteresis <= highest:
        yield f"{place} below = {test.below:g}: allowed: from {lowest:g} to {highest:g}, with the hysteresis"


def _value_faults(specs: Sequence[Property], value: Scalar, place: str) -> Iterator[str]:
    wrong = [value_fault(spec, value) for spec in specs]
    if all(wrong):
        yield f"{place} = {value!r}: {wrong[0]}"


def _link_faults(link: Link, sheets: DataSheets, place: str) -> Iterator[str]:
    models = sheets.of(link.to)
    if not models:
        return
    specs = [model.actions[link.action] for model in models if link.action in model.actions]
    if not specs:
        yield from unknown(f"{place} action", [link.action], _names(model.actions for model in models))
        return
    yield from _input_faults(link, specs, f"{place} input")
    if link.unless is not None:
        yield from _test_faults(link.unless, models, f"{place} unless")


def _input_faults(link: Link, specs: Sequence[ActionSpec], place: str) -> Iterator[str]:
    for spec in specs[:1]:
        for name in spec.input.keys() - link.input.keys():
            yield f"{place}: lacks {name}; allowed: {', '.join(spec.input)}"
        for name, value in link.input.items():
            if name not in spec.input:
                yield from unknown(place, [name], spec.input)
            else:
                yield from _value_faults([spec.input[name]], value, f"{place}.{name}")


def _names(tables: Iterable[Mapping[str, object]]) -> list[str]:
    return sorted({name for table in tables for name in table})
