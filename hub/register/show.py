"""Shows rows of the register, with what they refer to. Blocking: inside a transaction."""

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, func, select

from contract.clock import rfc3339_ms
from contract.lists import Period
from hub.register.keeping import Keeping
from hub.register.records import Household, Level, Person, Vehicle
from hub.register.schema import people, vehicles
from hub.register.view import HouseholdView, LevelView, PeriodView, PersonView, VehicleView


class Shower:
    """Makes views."""

    def __init__(self, keeping: Keeping) -> None:
        self._tables = keeping.tables
        self._clock = keeping.clock
        self._zone = keeping.site.zone

    def people(self, connection: Connection, found: Sequence[Person]) -> list[PersonView]:
        """Show people with their rooms."""
        rooms = self.rooms(connection, (each.household for each in found))
        year = self._clock.now().astimezone(self._zone).year
        return [_person(each, rooms.get(each.household or ""), year) for each in found]

    def person(self, connection: Connection, found: Person) -> PersonView:
        """Show one person."""
        return self.people(connection, [found])[0]

    def vehicles(self, connection: Connection, found: Sequence[Vehicle]) -> list[VehicleView]:
        """Show vehicles with their rooms and owners."""
        rooms = self.rooms(connection, (each.household for each in found))
        owners = self.names(connection, (each.person for each in found))
        return [
            _vehicle(each, rooms.get(each.household or ""), owners.get(each.person or "")) for each in found
        ]

    def vehicle(self, connection: Connection, found: Vehicle) -> VehicleView:
        """Show one vehicle."""
        return self.vehicles(connection, [found])[0]

    def households(self, connection: Connection, found: Sequence[Household]) -> list[HouseholdView]:
        """Show households with how many live there."""
        keys, tenant = [each.key for each in found], self._tables.people.tenant
        counted: list[dict[str | None, int]] = []
        for table, gone in ((people, people.c.left_ms), (vehicles, vehicles.c.removed_ms)):
            household = table.c.household
            query = select(household, func.count()).where(
                table.c.tenant == tenant, household.in_(keys), gone.is_(None)
            )
            counted.append(dict(connection.execute(query.group_by(household)).all()))
        return [_household(each, *(counts.get(each.key, 0) for counts in counted)) for each in found]

    def household(self, connection: Connection, found: Household) -> HouseholdView:
        """Show one household."""
        return self.households(connection, [found])[0]

    def rooms(self, connection: Connection, keys: Iterable[str | None]) -> dict[str, str]:
        """Return what households are called, by their keys."""
        return {key: each.room for key, each in self.homes(connection, keys).items()}

    def homes(self, connection: Connection, keys: Iterable[str | None]) -> dict[str, Household]:
        """Return households by their keys."""
        return self._tables.households.by_key(connection, filter(None, keys))

    def names(self, connection: Connection, keys: Iterable[str | None]) -> dict[str, str]:
        """Return what people are called, by their keys."""
        found = self._tables.people.by_key(connection, filter(None, keys))
        return {key: each.name for key, each in found.items()}


def shown_level(level: Level, used: int) -> LevelView:
    """Show a level."""
    return LevelView(
        key=level.key,
        title=level.title,
        places=level.places,
        periods=[_period(each) for each in level.periods],
        holidays=[each.isoformat() for each in level.holidays],
        used=used,
        version=level.version,
    )


def moment(ms: int | None) -> str | None:
    """Write a time, if there is one."""
    return None if ms is None else rfc3339_ms(ms)


def _period(period: Period) -> PeriodView:
    return PeriodView(days=period.days, start=period.start, end=period.end)


def _household(household: Household, living: int, parked: int) -> HouseholdView:
    return HouseholdView(
        id=household.key,
        building=household.building,
        unit=household.unit,
        number=household.number,
        room=household.room,
        note=household.note,
        people=living,
        vehicles=parked,
        link=moment(household.link_ms),
        changed=rfc3339_ms(household.changed_ms),
        version=household.version,
    )


def _person(person: Person, room: str | None, year: int) -> PersonView:
    return PersonView(
        key=person.key,
        name=person.name,
        category=person.category,
        household=person.household,
        room=room,
        phone=person.phone,
        cards=person.cards,
        levels=person.levels,
        valid_from=moment(person.valid_from_ms),
        valid_until=moment(person.valid_until_ms),
        blocked=person.blocked,
        face=person.face,
        face_since=moment(person.face_since_ms),
        birth_year=person.birth_year,
        child=person.child(year),
        guardian=person.guardian,
        note=person.note,
        left=moment(person.left_ms),
        changed=rfc3339_ms(person.changed_ms),
        version=person.version,
    )


def _vehicle(vehicle: Vehicle, room: str | None, owner: str | None) -> VehicleView:
    return VehicleView(
        key=vehicle.key,
        plate=vehicle.plate,
        category=vehicle.category,
        person=vehicle.person,
        owner=owner,
        household=vehicle.household,
        room=room,
        levels=vehicle.levels,
        valid_from=moment(vehicle.valid_from_ms),
        valid_until=moment(vehicle.valid_until_ms),
        blocked=vehicle.blocked,
        blocked_reason=vehicle.blocked_reason,
        blocked_by=vehicle.blocked_by,
        blocked_at=moment(vehicle.blocked_ms),
        note=vehicle.note,
        removed=moment(vehicle.removed_ms),
        changed=rfc3339_ms(vehicle.changed_ms),
        version=vehicle.version,
    )
