"""Ends passes that are over, and erases the names of who left long ago. On the hub's event loop."""

from typing import Final

from sqlalchemy import Connection

from hub.register.keeping import Keeping
from hub.register.schema import people, vehicles
from hub.register.trail import ITSELF
from hub.register.visiting import DAY_MS, end_visits, erase_visitors

AT_ONCE: Final = 200
ERASED: Final = {"name": "", "phone": "", "note": "", "guardian": "", "erased": True}
NO_PLATE: Final = {"plate": "", "note": "", "blocked_reason": ""}


class Tidying:
    """Keeps one tenant's register to what it needs (PIPL, articles 6 and 47)."""

    def __init__(self, keeping: Keeping) -> None:
        self._keeping = keeping

    async def tidy(self) -> None:
        """Do what is due now."""
        for work in (self._ended, self._forgotten, self._erased, self._plates_erased):
            while await self._keeping.ledger.write(work):
                self._keeping.wake()

    def _ended(self, connection: Connection) -> int:
        return end_visits(self._keeping, connection)

    def _forgotten(self, connection: Connection) -> int:
        return erase_visitors(self._keeping, connection)

    def _erased(self, connection: Connection) -> int:
        """Erase who left long ago and is proved gone; their pseudonym and consents stay."""
        where = (
            people.c.left_ms < self._long_ago_ms(),
            people.c.listed.is_(False),
            people.c.erased.is_(False),
        )
        found = self._keeping.tables.people.find(connection, *where, limit=AT_ONCE)
        keys = [person.key for person in found]
        if keys:
            self._keeping.tables.people.set(connection, ERASED, people.c.key.in_(keys))
            self._keeping.trail.write_all(connection, ITSELF, [("person.erased", key, {}) for key in keys])
        return len(keys)

    def _plates_erased(self, connection: Connection) -> int:
        """Erase the plates of vehicles that were removed long ago."""
        where = (vehicles.c.removed_ms < self._long_ago_ms(), vehicles.c.plate != "")
        found = self._keeping.tables.vehicles.find(connection, *where, limit=AT_ONCE)
        keys = [vehicle.key for vehicle in found]
        if keys:
            self._keeping.tables.vehicles.set(connection, NO_PLATE, vehicles.c.key.in_(keys))
            self._keeping.trail.write_all(connection, ITSELF, [("vehicle.erased", key, {}) for key in keys])
        return len(keys)

    def _long_ago_ms(self) -> int:
        return self._keeping.clock.now_ms() - self._keeping.site.settings.keep_left_days * DAY_MS
