"""What gates and doors are told of the register: pseudonyms alone. Pure."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from contract import lists
from contract.clock import from_epoch_ms
from contract.lists import Category, Entry, Face
from hub.register.records import Level, Person, Vehicle, Visit

VISITORS: Final = "visitors"
"""The level of every visitor's pass."""


def level_entry(level: Level, timezone: str) -> lists.Level:
    """Write a level; its hours are those of `timezone`."""
    return lists.Level(
        key=level.key,
        places=level.places,
        periods=level.periods,
        holidays=level.holidays,
        timezone=timezone,
    )


def person_entry(person: Person) -> lists.Person:
    """Write a person. Of one who left there is no more than that their face must go."""
    gone = person.left_ms is not None
    return lists.Person(
        key=person.key,
        category=person.category,
        levels=() if gone else person.levels,
        valid_from=_moment(person.valid_from_ms),
        valid_until=_moment(_first(person.valid_until_ms, person.left_ms)),
        blocked=person.blocked,
        cards=() if gone else person.cards,
        face=person.face,
        face_since=None if person.face is Face.NONE else _moment(person.face_since_ms),
    )


def vehicle_entry(vehicle: Vehicle) -> lists.Vehicle:
    """Write a vehicle."""
    return lists.Vehicle(
        key=vehicle.key,
        plate=vehicle.plate,
        category=vehicle.category,
        person=vehicle.person,
        levels=vehicle.levels,
        valid_from=_moment(vehicle.valid_from_ms),
        valid_until=_moment(vehicle.valid_until_ms),
        blocked=vehicle.blocked,
    )


def visit_entries(visit: Visit) -> Iterator[Entry]:
    """Write a pass: a vehicle for its plate, a person for its code, both under the pass's own key."""
    start, end = from_epoch_ms(visit.from_ms), from_epoch_ms(visit.until_ms)
    if visit.plate is not None:
        yield lists.Vehicle(
            key=visit.key,
            plate=visit.plate,
            category=Category.VISITOR,
            levels=(VISITORS,),
            valid_from=start,
            valid_until=end,
        )
    if visit.code is not None:
        yield lists.Person(
            key=visit.key,
            category=Category.VISITOR,
            levels=(VISITORS,),
            valid_from=start,
            valid_until=end,
            codes=(visit.code,),
        )


def _moment(ms: int | None) -> datetime | None:
    return None if ms is None else from_epoch_ms(ms)


def _first(one: int | None, other: int | None) -> int | None:
    there = [each for each in (one, other) if each is not None]
    return min(there, default=None)
