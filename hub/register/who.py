"""Whom pseudonyms and plates stand for: a category and a room; a name only for who may see names."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from contract.lists import Category
from hub.register.keeping import Keeping, there
from hub.register.plate import read_plate
from hub.register.records import Household, Person, Vehicle, Visit
from hub.register.schema import vehicles, visits
from hub.register.show import Shower
from hub.register.visit_view import Who


class WhoIs:
    """Resolves pseudonyms of one tenant."""

    def __init__(self, keeping: Keeping, shower: Shower) -> None:
        self._keeping = keeping
        self._shower = shower

    async def of(self, keys: Sequence[str], *, names: bool) -> list[Who]:
        """Say for each key whom it stands for, in their order."""
        return await self._keeping.read(lambda connection: self.read(connection, keys, names=names))

    async def one(self, key: str, *, names: bool) -> Who:
        """Say whom a key stands for. Unknown."""
        found = (await self.of([key], names=names))[0]
        return there(found if found.known else None, "key")

    async def of_plate(self, plate: str, *, names: bool) -> list[Who]:
        """Say what the register knows of a plate now. InvalidMessage."""
        plate = read_plate(plate)

        def read(connection: Connection) -> list[Who]:
            tables, now_ms = self._keeping.tables, self._keeping.clock.now_ms()
            parked = (vehicles.c.plate == plate, vehicles.c.removed_ms.is_(None))
            live = (visits.c.plate == plate, visits.c.revoked_ms.is_(None), visits.c.until_ms > now_ms)
            found = [each.key for each in tables.vehicles.find(connection, *parked)]
            found += [each.key for each in tables.visits.find(connection, *live)]
            return self.read(connection, found, names=names)

        return await self._keeping.read(read)

    def read(self, connection: Connection, keys: Sequence[str], *, names: bool) -> list[Who]:
        """Say for each key whom it stands for, in their order. Blocking."""
        tables = self._keeping.tables
        found: dict[str, Person | Vehicle | Visit] = {}
        for rows in (tables.people, tables.vehicles, tables.visits):
            found |= rows.by_key(connection, keys)
        homes = self._shower.homes(connection, (each.household for each in found.values()))
        owners = (each.person for each in found.values() if isinstance(each, Vehicle))
        called = self._shower.names(connection, owners) if names else {}
        return [_who(key, found.get(key), homes, called, names=names) for key in keys]


def _who(
    key: str,
    found: Person | Vehicle | Visit | None,
    homes: dict[str, Household],
    owners: dict[str, str],
    *,
    names: bool,
) -> Who:
    if found is None:
        return Who(key=key, known=False)
    home = homes.get(found.household or "")
    place: dict[str, Any] = {"building": home.building, "room": home.room} if home is not None else {}
    match found:
        case Person():
            return Who(
                key=key,
                sort="person",
                category=found.category,
                **place,
                blocked=found.blocked,
                left=found.left_ms is not None,
                name=found.name if names else None,
            )
        case Vehicle():
            return Who(
                key=key,
                sort="vehicle",
                category=found.category,
                **place,
                plate=found.plate,
                blocked=found.blocked,
                blocked_reason=found.blocked_reason,
                left=found.removed_ms is not None,
                name=owners.get(found.person or "") if names else None,
            )
    return Who(
        key=key,
        sort="visit",
        category=Category.VISITOR,
        **place,
        plate=found.plate,
        left=found.revoked_ms is not None,
        name=found.visitor if names else None,
    )
