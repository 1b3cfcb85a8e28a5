"""Looks up in the register whose pass it was: only where the legal basis lets names or telephones leave."""

from collections.abc import Collection, Mapping
from typing import NamedTuple

from sqlalchemy import Connection, select

from hub.register.schema import households, people, vehicles


class Whose(NamedTuple):
    """Name, telephone and room; empty: not known, or erased."""

    name: str = ""
    telephone: str = ""
    room: str = ""


NOBODY = Whose()


def owners(connection: Connection, tenant: str, keys: Collection[str]) -> Mapping[str, str]:
    """Return to whom vehicles belong, by the vehicles' keys."""
    query = select(vehicles.c.key, vehicles.c.person).where(vehicles.c.tenant == tenant)
    found = connection.execute(query.where(vehicles.c.key.in_(keys), vehicles.c.person.is_not(None)))
    return {key: person for key, person in found if person is not None}


def people_by_key(connection: Connection, tenant: str, keys: Collection[str]) -> Mapping[str, Whose]:
    """Return who people are, by their keys."""
    lives_in = (households.c.tenant == people.c.tenant) & (households.c.key == people.c.household)
    named = (people.c.key, people.c.name, people.c.phone, households.c.room)
    query = select(*named).select_from(people.outerjoin(households, lives_in))
    found = connection.execute(query.where(people.c.tenant == tenant, people.c.key.in_(keys)))
    return {row.key: Whose(row.name, row.phone, row.room or "") for row in found}
