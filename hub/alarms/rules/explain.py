"""Says which definitions an event would raise or return, and why not: for who writes them. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from msgspec import Struct

from contract.clock import epoch_ms
from contract.messages import Event, Scalar
from contract.things import Description
from contract.topics import Address
from hub.alarms.definition import Definition, Scope, Test, Words
from hub.alarms.rules.checks import check_of
from hub.alarms.rules.comparing import Truth
from hub.alarms.rules.occasion import Happening, Occasion
from hub.alarms.rules.scope import applies, area_of
from hub.shadows.shadow import Shadow

UNKNOWN: Final = "unknown"


class Finding(Struct, frozen=True, kw_only=True):
    """One test and what came of it: `answer` is None if it cannot be known; `seen` is what it looked at."""

    test: str
    answer: Truth
    seen: Any = None
    parts: tuple["Finding", ...] = ()


class Verdict(Struct, frozen=True, kw_only=True):
    """What one definition makes of an event. `against`: why it does not look at the device at all.

    `raises` and `returns`: None if that depends on what is not known here.
    """

    key: str
    title: Words
    against: tuple[str, ...]
    raises: Truth
    returns: Truth
    raising: Finding
    returning: Finding | None = None


def explain(
    definitions: Iterable[Definition],
    event: Event,
    address: Address,
    description: Description | None,
    shadow: Shadow | None = None,
) -> list[Verdict]:
    """Return what each definition makes of the event; `shadow`: what the device showed then, if known."""
    if shadow is None:
        shadow = Shadow(address, "")
        shadow.description = description
    occasion = Occasion(happening=_happening(event, address))
    return [_verdict(each, address, description, shadow, occasion) for each in definitions]


def _verdict(
    definition: Definition,
    address: Address,
    description: Description | None,
    shadow: Shadow,
    occasion: Occasion,
) -> Verdict:
    against = tuple(_against(definition, address, description))
    raising = _finding(definition.raised_by, shadow, occasion)
    returned_by = definition.returned_by
    returning = None if returned_by is None else _finding(returned_by, shadow, occasion)
    return Verdict(
        key=definition.key,
        title=definition.title,
        against=against,
        raises=False if against else raising.answer,
        returns=False if against or returning is None or raising.answer else returning.answer,
        raising=raising,
        returning=returning,
    )


def _against(definition: Definition, address: Address, description: Description | None) -> Iterable[str]:
    scope = definition.on
    if not definition.enabled:
        yield "it is switched off"
    if applies(scope, address, description):
        return
    name = f"{address.kind}/{address.device}"
    product = description.product if description else None
    for what, is_, allowed, alone in (
        ("kind", address.kind, scope.kinds, Scope(kinds=scope.kinds)),
        ("device", name, scope.devices, Scope(devices=scope.devices)),
        ("area", area_of(description), scope.areas, Scope(areas=scope.areas)),
        ("product", product, scope.products, Scope(products=scope.products)),
    ):
        if not applies(alone, address, description):
            yield f"its {what} is {is_ or UNKNOWN}, not one of {', '.join(allowed)}"
    for what, given in (("kind", scope.except_kinds), ("area", scope.except_areas)):
        found = address.kind if what == "kind" else area_of(description)
        if found in given:
            yield f"its {what} {found} has definitions of its own"


def _finding(test: Test, shadow: Shadow, occasion: Occasion) -> Finding:
    answer = check_of(test).holds(shadow, occasion, set())
    parts = tuple(_finding(part, shadow, occasion) for part in test.all or test.any)
    return Finding(test=words(test), answer=answer, seen=_seen(test, shadow, occasion), parts=parts)


def words(test: Test) -> str:
    """Write a test as people say it; of one that joins others, only how."""
    if test.all or test.any:
        return "all of" if test.all else "any of"
    if test.event is not None:
        where = [f"{name} is {_either(value)}" for name, value in test.where.items()]
        return " and ".join([f"event {test.event}", *where])
    if test.connectivity:
        return f"connectivity is {_either(test.connectivity)}"
    if test.stale is not None:
        return f"{test.stale} is too old"
    return "events are missing" if test.missed else f"{test.property} {_comparison(test)}"


def _comparison(test: Test) -> str:
    said = [f"above {test.above:g}"] if test.above is not None else []
    said += [f"below {test.below:g}"] if test.below is not None else []
    said += [_either(test.in_)] if test.in_ else []
    if test.equals is not None or not said:
        said.append(_either(True if test.equals is None else test.equals))
    return "is " + " and ".join(said)


def _either(value: Scalar | tuple[Scalar, ...]) -> str:
    values = value if isinstance(value, tuple) else (value,)
    return " or ".join(_plain(each) for each in values)


def _plain(value: Scalar) -> str:
    return str(value).lower() if isinstance(value, bool) or value is None else str(value)


def _seen(test: Test, shadow: Shadow, occasion: Occasion) -> Any:
    happening = occasion.happening
    if test.event is not None and happening is not None:
        data = {name: happening.data.get(name) for name in test.where}
        return {"event": happening.type} | data
    if test.connectivity:
        return shadow.connectivity.value
    if test.missed:
        return shadow.events_missed
    reading = shadow.readings.get(test.property or test.stale or "")
    return None if reading is None else {"value": reading.value, "stale": reading.stale}


def _happening(event: Event, address: Address) -> Happening:
    time_ms = epoch_ms(event.time)
    data: Mapping[str, Any] = event.data
    return Happening(
        seq=0,
        address=address,
        id=event.id,
        type=event.type,
        data=dict(data),
        time_ms=time_ms,
        received_ms=time_ms,
        committed_ms=None,
        at=0.0,
    )
