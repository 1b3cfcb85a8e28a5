"""Households: building, unit and number; and the links by which they let visitors in."""

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection

from hub.access.secret import digest
from hub.alarms.alarm import Actor
from hub.register.keeping import Keeping, check_version, there
from hub.register.names import HOUSEHOLD, new_key, new_link
from hub.register.records import Household
from hub.register.refusals import RegisterRefused
from hub.register.rooms import Address, address, fragment
from hub.register.schema import households, people, vehicles
from hub.register.show import Shower
from hub.register.view import HouseholdDetail, HouseholdPage, HouseholdView
from hub.register.visit_view import NewLink, Room, RoomList
from hub.register.wanted import HouseholdsWanted, Window

FIRST_ROOMS: Final = 20
KNOWN: Final = "there is a household with this building, unit and number"


class Households:
    """One tenant's households. Lives on the hub's event loop."""

    def __init__(self, keeping: Keeping, shower: Shower) -> None:
        self._keeping = keeping
        self._shower = shower
        self._rows = keeping.tables.households

    async def find(self, wanted: HouseholdsWanted, window: Window) -> HouseholdPage:
        """List households by where they are."""
        where = [_called(wanted.q)] if wanted.q.strip() else []
        if wanted.linked is not None:
            where.append(households.c.link.is_not(None) if wanted.linked else households.c.link.is_(None))

        def read(connection: Connection) -> HouseholdPage:
            total = self._rows.count(connection, *where)
            keys = households.c.place, households.c.key
            upto = window.after + window.limit
            found = self._rows.find(connection, *where, order=keys, limit=upto)[window.after :]
            return HouseholdPage(
                households=self._shower.households(connection, found),
                total=total,
                next=upto if upto < total else None,
            )

        return await self._keeping.read(read)

    async def get(self, key: str) -> HouseholdDetail:
        """Show a household with its people and vehicles. Unknown."""

        def read(connection: Connection) -> HouseholdDetail:
            household = self.there(connection, key)
            living = (people.c.household == key, people.c.left_ms.is_(None))
            parked = (vehicles.c.household == key, vehicles.c.removed_ms.is_(None))
            tables = self._keeping.tables
            return HouseholdDetail(
                household=self._shower.household(connection, household),
                people=self._shower.people(
                    connection, tables.people.find(connection, *living, order=[people.c.name])
                ),
                vehicles=self._shower.vehicles(
                    connection, tables.vehicles.find(connection, *parked, order=[vehicles.c.plate])
                ),
            )

        return await self._keeping.read(read)

    async def rooms(self, q: str) -> RoomList:
        """List the first rooms that fit a part of what they are called, without names."""

        def read(connection: Connection) -> RoomList:
            where = [_called(q)] if q.strip() else []
            found = self._rows.find(connection, *where, order=[households.c.place], limit=FIRST_ROOMS)
            return RoomList([Room(household=h.key, building=h.building, room=h.room) for h in found])

        return await self._keeping.read(read)

    async def add(self, fields: Mapping[str, Any], who: Actor) -> HouseholdView:
        """Add a household. RegisterRefused: it is known; InvalidMessage."""
        called = address(fields["building"], fields["unit"], fields["number"])

        def work(connection: Connection) -> HouseholdView:
            made = new_household(called, self._keeping.clock.now_ms(), fields["note"])
            if not self._rows.add(connection, [made]):
                raise RegisterRefused(KNOWN, code="household-known")
            self._keeping.trail.write(connection, who, "household.added", made.key, room=made.room)
            return self._shower.household(connection, made)

        return await self._keeping.write(work)

    async def change(self, key: str, fields: dict[str, Any], version: int, who: Actor) -> HouseholdView:
        """Change a household. RegisterRefused, Stale, Unknown, InvalidMessage."""

        def work(connection: Connection) -> HouseholdView:
            before = self._held(connection, key, version)
            parts = [fields.get(name, getattr(before, name)) for name in ("building", "unit", "number")]
            called = address(*parts)
            other = self.at(connection, called)
            if other is not None and other.key != key:
                raise RegisterRefused(KNOWN, code="household-known")
            changes = fields | called._asdict() | {"room": called.room, "place": called.place}
            after = self._rows.change(connection, before, changed_ms=self._keeping.clock.now_ms(), **changes)
            self._keeping.trail.write(connection, who, "household.changed", key, fields=sorted(fields))
            return self._shower.household(connection, after)

        return await self._keeping.write(work)

    async def remove(self, key: str, version: int, who: Actor) -> None:
        """Remove a household that has nobody. RegisterRefused, Stale, Unknown."""

        def work(connection: Connection) -> None:
            self._held(connection, key, version)
            tables = self._keeping.tables
            if tables.people.count(connection, people.c.household == key) or tables.vehicles.count(
                connection, vehicles.c.household == key, vehicles.c.removed_ms.is_(None)
            ):
                raise RegisterRefused("somebody lives there, or did", code="household-in-use")
            mine = (households.c.tenant == self._rows.tenant, households.c.key == key)
            connection.execute(households.delete().where(*mine))
            self._keeping.trail.write(connection, who, "household.removed", key)

        await self._keeping.write(work)

    async def new_link(self, key: str, who: Actor) -> NewLink:
        """Give a household another link; the one before opens nothing any more. Unknown, RegisterRefused."""
        if not self._keeping.site.settings.visits_open:
            raise RegisterRefused("this site lets no household make passes ([register] visits_open = 0)")
        secret = new_link()

        def work(connection: Connection) -> NewLink:
            household = there(self._rows.hold(connection, key), "household")
            now_ms = self._keeping.clock.now_ms()
            self._rows.change(connection, household, link=digest(secret), link_ms=now_ms)
            self._keeping.trail.write(connection, who, "household.linked", key)
            return NewLink(household=key, room=household.room, key=secret, path=f"/visit#{secret}")

        return await self._keeping.write(work)

    async def revoke_link(self, key: str, who: Actor) -> HouseholdView:
        """Have a household's link open nothing; again is no error. Unknown."""

        def work(connection: Connection) -> HouseholdView:
            household = unlink(self._keeping, connection, key, who)
            return self._shower.household(connection, household)

        return await self._keeping.write(work)

    def there(self, connection: Connection, key: str) -> Household:
        """Read a household. Unknown."""
        return there(self._rows.get(connection, key), "household")

    def at(self, connection: Connection, place: Address) -> Household | None:
        """Read the household at an address."""
        where = [households.c[name] == value for name, value in place._asdict().items()]
        return self._rows.first(connection, *where)

    def _held(self, connection: Connection, key: str, version: int) -> Household:
        household = there(self._rows.hold(connection, key), "household")
        check_version(household.version, version, lambda: self._shower.household(connection, household))
        return household


def unlink(keeping: Keeping, connection: Connection, key: str, who: Actor) -> Household:
    """Have a household's link open nothing; again is no error. Unknown."""
    rows = keeping.tables.households
    household = there(rows.hold(connection, key), "household")
    if household.link is None:
        return household
    keeping.trail.write(connection, who, "household.unlinked", key)
    return rows.change(connection, household, link=None, link_ms=None)


def new_household(called: Address, now_ms: int, note: str = "") -> Household:
    """Make a household's row."""
    return Household(
        key=new_key(HOUSEHOLD),
        **called._asdict(),
        room=called.room,
        place=called.place,
        note=note,
        changed_ms=now_ms,
    )


def _called(q: str) -> ColumnElement[bool]:
    return households.c.room.icontains(fragment(q), autoescape=True)
