"""Linked actions that come back to where they began: an alarm tells a device something that raises it again.

What an action can bring about is data, `causes` in a family's `alarms.toml`. Of an action that no file
describes, everything is thought possible.
"""

from collections.abc import Iterator, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from typing import Final, NamedTuple

from contract.messages import Scalar
from hemei.alarms.known import Known
from hemei.alarms.shipped import Effect
from hub.alarms.definition import Definition, Link, Scope, Test, leaves

Effects = Mapping[str, Mapping[str, Effect]]
"""What each action can bring about, by kind and action."""

ANYTHING: Final = "anything, as no causes are declared for it"


class Leads(NamedTuple):
    """An alarm leads to another: `link` tells devices something that raises it, `by` this."""

    link: Link
    by: str


Edges = dict[str, dict[str, Leads]]
"""From which definition to which."""


def faults(definitions: Sequence[Definition], effects: Effects, known: Known) -> Iterator[str]:
    """Yield every loop, as `[alarm KEY] link: …`, with all its parts; taken apart one at a time."""
    edges = _edges([each for each in definitions if each.enabled], effects, known)
    while loop := _loop(edges):
        yield f"[alarm {loop[0]}] link: {_told(loop, edges)}; allowed: links that never come back"
        del edges[loop[-2]][loop[-1]]


def _edges(definitions: Sequence[Definition], effects: Effects, known: Known) -> Edges:
    edges: Edges = {each.key: {} for each in definitions}
    for each in definitions:
        for link in each.link:
            for other in definitions:
                if by := _raises(each, link, other, effects, known):
                    edges[each.key].setdefault(other.key, Leads(link, by))
    return edges


def _loop(edges: Edges) -> list[str] | None:
    """Return the keys of a loop in the order in which they raise each other, the first again at the end."""
    try:
        TopologicalSorter({key: ahead.keys() for key, ahead in edges.items()}).prepare()
    except CycleError as found:
        return list(reversed(found.args[1]))
    return None


def _told(loop: list[str], edges: Edges) -> str:
    steps = []
    for here, ahead in pairwise(loop):
        link, by = edges[here][ahead]
        whom = ", ".join(link.to.devices or link.to.kinds)
        steps.append(f"{here} tells {whom} to {link.action}, which can raise {ahead} ({by})")
    return "goes round in a loop: " + "; ".join(steps)


def _raises(cause: Definition, link: Link, other: Definition, effects: Effects, known: Known) -> str | None:
    """Say by what a link can raise `other`; None if it cannot."""
    for kind in _kinds(link.to):
        target = _narrowed(link, kind, cause)
        if not _may_meet(target, other.on, known):
            continue
        effect = effects.get(kind, {}).get(link.action)
        if by := _by(other.raised_by, effect):
            return by
    return None


def _by(test: Test, effect: Effect | None) -> str | None:
    for leaf in leaves(test):
        if leaf.event is None and leaf.property is None:
            continue  # no action takes a device offline or makes it old
        if effect is None:
            return ANYTHING
        if leaf.event in effect.events:
            return f"event {leaf.event}"
        if leaf.property in effect.properties and _may_hold(leaf, effect.properties[leaf.property]):
            return f"property {leaf.property}"
    return None


def _may_hold(test: Test, values: tuple[Scalar, ...]) -> bool:
    """Whether a comparison may come true by one of `values`; none: by any."""
    return not values or any(_holds(test, value) for value in values)


def _holds(test: Test, value: Scalar) -> bool:
    if test.equals is not None:
        return value == test.equals
    if test.in_:
        return value in test.in_
    if test.above is None and test.below is None:
        return value is True
    if isinstance(value, bool | str | None):
        return False
    return (test.above is None or value > test.above) and (test.below is None or value < test.below)


def _kinds(scope: Scope) -> list[str]:
    return sorted({*scope.kinds, *(device.partition("/")[0] for device in scope.devices)})


def _narrowed(link: Link, kind: str, cause: Definition) -> Scope:
    """Return which devices of `kind` a link can reach, given what its alarm is about."""
    to = link.to
    areas = to.areas
    if link.same_area and cause.on.areas:
        areas = tuple(set(areas) & set(cause.on.areas)) if areas else cause.on.areas
    devices = tuple(each for each in to.devices if each.startswith(f"{kind}/"))
    return Scope(kinds=(kind,), areas=areas, devices=devices, products=to.products)


def _may_meet(one: Scope, other: Scope, known: Known) -> bool:
    """Whether some device may be in both; the second may be without kinds."""
    [kind] = one.kinds
    if (other.kinds and kind not in other.kinds) or kind in other.except_kinds:
        return False
    if not all(_overlap(getattr(one, name), getattr(other, name)) for name in ("devices", "products")):
        return False
    ours, theirs = _areas(one, known), _areas(other, known)
    if ours and ours <= set(other.except_areas):
        return False
    return not ours or not theirs or not ours.isdisjoint(theirs)


def _overlap(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    return not one or not other or not set(one).isdisjoint(other)


def _areas(scope: Scope, known: Known) -> set[str | None]:
    """Return the areas that a scope is about; none: any."""
    if scope.areas:
        return set(scope.areas)
    return {known.devices.get(each) for each in scope.devices}
