"""Ends passes that are over, and erases the names of who left long ago. On the hub's event loop."""

from typing import Final

from sqlalchemy import Connection

from hub.register.keeping import Keeping
from hub.register.schema import people
from hub.register.trail import ITSELF
from hub.register.visiting import DAY_MS, end_visits, erase_visitors

AT_ONCE: Final = 200
ERASED: Final = {"name": "", "phone": "", "note": "", "guardian": "", "erased": True}


class Tidying:
    """Keeps one tenant's register to what it needs (PIPL, articles 6 and 47)."""

    def __init__(self, keeping: Keeping) -> None:
        self._keeping = keeping

    async def tidy(self) -> None:
        """Do what is due now."""
        for work in (self._ended, self._forgotten, self._erased):
            while await self._keeping.write(work):
                pass

    def _ended(self, connection: Connection) -> int:
        return end_visits(self._keeping, connection)

    def _forgotten(self, connection: Connection) -> int:
        return erase_visitors(self._keeping, connection)

    def _erased(self, connection: Connection) -> int:
        """Erase who left long ago and is proved gone; their pseudonym and consents stay."""
        before_ms = self._keeping.clock.now_ms() - self._keeping.site.settings.keep_left_days * DAY_MS
        where = (people.c.left_ms < before_ms, people.c.listed.is_(False), people.c.erased.is_(False))
        found = self._keeping.tables.people.find(connection, *where, limit=AT_ONCE)
        keys = [person.key for person in found]
        if keys:
            self._keeping.tables.people.set(connection, ERASED, people.c.key.in_(keys))
            self._keeping.trail.write_all(connection, ITSELF, [("person.erased", key, {}) for key in keys])
        return len(keys)
