"""Looks up in the register whose pass it was: only where the legal basis lets names or telephones leave.

The register keeps how somebody was entered no longer than it holds: what was changed since the release stays.
"""

from collections.abc import Collection, Mapping
from typing import Final, NamedTuple

from sqlalchemy import Connection, select

from hub.register.schema import households, people, vehicles


class Whose(NamedTuple):
    """Name, telephone and room; empty: not known. `changed`: since the release, or erased."""

    name: str = ""
    telephone: str = ""
    room: str = ""
    changed: bool = False


NOBODY: Final = Whose()
CHANGED: Final = Whose(changed=True)


class AsEntered:
    """One tenant's register as it was at a moment, ms since 1970, as far as it has not changed since."""

    def __init__(self, connection: Connection, tenant: str, at_ms: int) -> None:
        self._connection = connection
        self._tenant = tenant
        self._at_ms = at_ms

    def owners(self, keys: Collection[str]) -> Mapping[str, str | None]:
        """Return to whom vehicles belong, by the vehicles' keys; None: that was changed."""
        query = select(vehicles.c.key, vehicles.c.person, vehicles.c.changed_ms)
        ours = (vehicles.c.tenant == self._tenant, vehicles.c.key.in_(keys))
        found = self._connection.execute(query.where(*ours))
        return {
            key: person if changed_ms <= self._at_ms else None
            for key, person, changed_ms in found
            if person is not None or changed_ms > self._at_ms
        }

    def people(self, keys: Collection[str]) -> Mapping[str, Whose]:
        """Return who people are, by their keys."""
        lives_in = (households.c.tenant == people.c.tenant) & (households.c.key == people.c.household)
        named = (people.c.key, people.c.name, people.c.phone, people.c.erased, households.c.room)
        when = (people.c.changed_ms, households.c.changed_ms.label("home_ms"))
        query = select(*named, *when).select_from(people.outerjoin(households, lives_in))
        ours = (people.c.tenant == self._tenant, people.c.key.in_(keys))
        return {
            row.key: CHANGED
            if row.erased or max(row.changed_ms, row.home_ms or 0) > self._at_ms
            else Whose(row.name, row.phone, row.room or "")
            for row in self._connection.execute(query.where(*ours))
        }
