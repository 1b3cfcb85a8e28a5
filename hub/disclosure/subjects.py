"""Whose data a disclosure is about, so that a person's disclosures can be listed."""

from collections.abc import Iterable
from typing import Final, Literal, NamedTuple

from sqlalchemy import Connection, select

from contract.plates import folded, normalised
from hub.disclosure.scope import Scope, folded_plate
from hub.passes.schema import passes
from hub.register.schema import vehicles

AT_ONCE: Final = 500
Sort = Literal["person", "vehicle", "plate"]


class Subject(NamedTuple):
    """A person or vehicle by its key of the register, or a plate, folded."""

    sort: Sort
    key: str


def named_in(connection: Connection, tenant: str, scope: Scope) -> set[Subject]:
    """Return whom a scope names: outright, or by passes that were picked. Blocking."""
    found = set(_subjects(scope.person, scope.vehicle, folded_plate(scope.plate)))
    for start in range(0, len(scope.passes), AT_ONCE):
        some = scope.passes[start : start + AT_ONCE]
        columns = (passes.c.person, passes.c.vehicle, passes.c.folded)
        query = select(*columns).where(passes.c.tenant == tenant, passes.c.seq.in_(some))
        for person, vehicle, plate in connection.execute(query):
            found.update(_subjects(person, vehicle, plate))
    return found


def those_of(
    connection: Connection, tenant: str, person: str | None, vehicle: str | None, plate: str | None
) -> list[set[Subject]]:
    """Return, for each that is asked about, all that stands for it: a person's vehicles, a vehicle's plate.

    Blocking.
    """
    c = vehicles.c
    groups: list[set[Subject]] = []
    if person is not None:
        own = _vehicles(connection, c.tenant == tenant, c.person == person)
        groups.append({Subject("person", person), *own})
    if vehicle is not None:
        groups.append(
            {Subject("vehicle", vehicle), *_vehicles(connection, c.tenant == tenant, c.key == vehicle)}
        )
    if plate is not None:
        written = normalised(plate)
        same = _vehicles(connection, c.tenant == tenant, c.plate == written)
        groups.append({*_of_plate(written), *same})
    return groups


def _vehicles(connection: Connection, *where: object) -> Iterable[Subject]:
    query = select(vehicles.c.key, vehicles.c.plate).where(*where)  # type: ignore[arg-type]  # conditions
    for key, plate in connection.execute(query):
        yield Subject("vehicle", key)
        yield from _of_plate(plate)


def _of_plate(written: str) -> Iterable[Subject]:
    """Yield a plate as it is noted, and as what had left was noted until 2026-12: not folded."""
    yield Subject("plate", folded(written))
    yield Subject("plate", written)


def _subjects(person: str | None, vehicle: str | None, plate: str | None) -> Iterable[Subject]:
    if person:
        yield Subject("person", person)
    if vehicle:
        yield Subject("vehicle", vehicle)
    if plate:
        yield Subject("plate", plate)
