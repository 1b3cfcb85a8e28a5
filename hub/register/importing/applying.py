"""Does what was planned, some rows in one transaction; what no longer fits is left out. Blocking."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from msgspec.structs import replace
from sqlalchemy import Connection, delete, insert, select

from contract.lists import Category
from hub.alarms.alarm import Actor
from hub.register.entries import person_entry, vehicle_entry
from hub.register.households import new_household
from hub.register.importing.planned import TO_DO, Planned, problem
from hub.register.keeping import Keeping
from hub.register.names import PERSON, VEHICLE, new_key
from hub.register.numbers import alike
from hub.register.records import Person, Vehicle
from hub.register.rooms import Address
from hub.register.rows import Rows
from hub.register.schema import cards, households, people, vehicles
from hub.register.vehicles import new_blocked
from hub.register.visiting import revoke_plate

MEANWHILE: Final = problem("changed-meanwhile")


class Applying:
    """One tenant's register, while an import changes it. `by`: who confirmed it; `about`: its id."""

    def __init__(self, keeping: Keeping, by: Actor, about: str) -> None:
        self._keeping = keeping
        self._tables = keeping.tables
        self._by = by
        self._about = about
        self._now_ms = keeping.clock.now_ms()

    def people(self, connection: Connection, rows: Sequence[Planned]) -> list[Planned]:
        """Add and change people; return the rows that were left out."""
        homes = self._homes(connection, rows)
        before = self._tables.people.by_key(connection, [row.key for row in rows if row.key])
        fitting, left_out = _split(rows, before)
        carried = self._carried(connection, fitting)
        fitting, taken = _divide(fitting, lambda row: not _others(row, carried))
        met = self._met(connection, fitting, homes)
        fitting, known = _divide(
            fitting, lambda row: row.key is not None or (_home(row, homes), row.fields["name"]) not in met
        )
        added, changed = [], []
        for row in fitting:
            fields = _fields(row, homes)
            if row.key is None:
                added.append(Person(key=new_key(PERSON), changed_ms=self._now_ms, **fields))
            else:
                changed.append(self._changed(connection, self._tables.people, before[row.key], fields))
        self._tables.people.add(connection, added)
        self._carry(connection, [*added, *(each for each in changed if before[each.key].cards != each.cards)])
        self._keeping.lists.put(connection, map(person_entry, [*added, *changed]))
        self._tell(connection, "person", fitting, added)
        return _left_out([*left_out, *taken, *known])

    def vehicles(self, connection: Connection, rows: Sequence[Planned]) -> list[Planned]:
        """Add and change vehicles; return the rows that were left out."""
        homes = self._homes(connection, rows)
        before = self._tables.vehicles.by_key(connection, [row.key for row in rows if row.key])
        fitting, left_out = _split(rows, before)
        parked = self._parked(connection, fitting)
        fitting, taken = _divide(
            fitting, lambda row: parked.get(row.fields.get("plate", "")) in (None, row.key)
        )
        gone = self._gone(connection, fitting)
        fitting, ownerless = _divide(fitting, lambda row: row.fields.get("person") not in gone)
        added, changed = [], []
        for row in fitting:
            fields = _fields(row, homes)
            if row.key is None:
                added.append(Vehicle(key=new_key(VEHICLE), changed_ms=self._now_ms, **fields))
            else:
                changed.append(self._changed(connection, self._tables.vehicles, before[row.key], fields))
        self._tables.vehicles.add(connection, added)
        self._keeping.lists.put(connection, map(vehicle_entry, [*added, *changed]))
        self._tell(connection, "vehicle", fitting, added)
        return _left_out([*left_out, *taken, *ownerless])

    def blocked(self, connection: Connection, rows: Sequence[Planned]) -> list[Planned]:
        """Block plates; return the rows that were left out."""
        before = self._tables.vehicles.by_key(connection, [row.key for row in rows if row.key])
        fitting, left_out = _split(rows, before)
        parked = self._parked(connection, [row for row in fitting if row.key is None])
        fitting, taken = _divide(
            fitting, lambda row: row.key is not None or row.fields["plate"] not in parked
        )
        added, changed = [], []
        by = {"blocked_by": self._by.who, "blocked_ms": self._now_ms}
        for row in fitting:
            fields = _fields(row, {}) | by
            if row.key is None:
                added.append(new_blocked(fields.pop("plate"), self._now_ms, fields))
            else:
                changed.append(self._changed(connection, self._tables.vehicles, before[row.key], fields))
        self._tables.vehicles.add(connection, added)
        self._keeping.lists.put(connection, map(vehicle_entry, [*added, *changed]))
        for vehicle in [*added, *changed]:
            revoke_plate(self._keeping, connection, vehicle.plate, self._by)
        self._tell(connection, "plate", fitting, added)
        return _left_out([*left_out, *taken])

    def _homes(self, connection: Connection, rows: Iterable[Planned]) -> dict[Address, str]:
        """Return the keys of the households that rows name; those that are not known are made."""
        wanted = list(dict.fromkeys(row.home for row in rows if row.home is not None))
        found = self._find_homes(connection, wanted)
        missing = [new_household(called, self._now_ms) for called in wanted if called not in found]
        if missing:
            self._tables.households.add(connection, missing)
            lines = [
                ("household.added", each.key, {"room": each.room, "import": self._about}) for each in missing
            ]
            self._keeping.trail.write_all(connection, self._by, lines)
        return self._find_homes(connection, wanted) if missing else found

    def _find_homes(self, connection: Connection, wanted: Sequence[Address]) -> dict[Address, str]:
        places = households.c.place.in_([called.place for called in wanted])
        found = self._tables.households.find(connection, places)
        return {Address(each.building, each.unit, each.number): each.key for each in found}

    def _carried(self, connection: Connection, rows: Iterable[Planned]) -> dict[str, str]:
        wanted = [each for row in rows for each in _spellings(row)]
        mine = (cards.c.tenant == self._tables.people.tenant, cards.c.card.in_(wanted))
        return dict(connection.execute(select(cards.c.card, cards.c.person).where(*mine)).all())

    def _met(
        self, connection: Connection, rows: Iterable[Planned], homes: dict[Address, str]
    ) -> set[tuple[str | None, str]]:
        """Return household and name of whom rows would add, but who are here already."""
        names = {row.fields["name"] for row in rows if row.key is None}
        found = self._tables.people.find(connection, people.c.name.in_(names), people.c.left_ms.is_(None))
        return {(each.household, each.name) for each in found}

    def _parked(self, connection: Connection, rows: Iterable[Planned]) -> dict[str, str]:
        wanted = [row.fields["plate"] for row in rows if "plate" in row.fields]
        where = (vehicles.c.plate.in_(wanted), vehicles.c.removed_ms.is_(None))
        return {each.plate: each.key for each in self._tables.vehicles.find(connection, *where)}

    def _gone(self, connection: Connection, rows: Iterable[Planned]) -> set[str]:
        """Return which owners of vehicles have left."""
        owners = {row.fields["person"] for row in rows if row.fields.get("person") is not None}
        found = self._tables.people.by_key(connection, owners)
        return {key for key in owners if key not in found or not _here(found[key])}

    def _changed(self, connection: Connection, rows: Rows[Any], before: Any, fields: dict[str, Any]) -> Any:
        return rows.change(connection, before, changed_ms=self._now_ms, **fields)

    def _carry(self, connection: Connection, found: Sequence[Person]) -> None:
        """Have cards be these people's alone."""
        tenant = self._tables.people.tenant
        keys = [person.key for person in found]
        connection.execute(delete(cards).where(cards.c.tenant == tenant, cards.c.person.in_(keys)))
        values = [
            {"tenant": tenant, "card": card, "person": person.key}
            for person in found
            for card in person.cards
        ]
        if values:
            connection.execute(insert(cards), values)

    def _tell(
        self, connection: Connection, what: str, rows: Sequence[Planned], added: Sequence[Person | Vehicle]
    ) -> None:
        """Write each row into the audit."""
        made = iter(added)
        lines = []
        for row in rows:
            key, word = (row.key, "changed") if row.key is not None else (next(made).key, "added")
            verb = "blocked" if what == "plate" else word
            told = {"import": self._about, "row": row.row, "fields": row.changes}
            lines.append((f"{what}.{verb}", key, told))
        self._keeping.trail.write_all(connection, self._by, lines)


def _split(rows: Sequence[Planned], before: dict[str, Any]) -> tuple[list[Planned], list[Planned]]:
    """Divide rows into those whose person or vehicle is as it was seen, and the others."""

    def as_seen(row: Planned) -> bool:
        if row.key is None:
            return True
        now = before.get(row.key)
        return now is not None and _here(now) and now.version == row.version

    return _divide([row for row in rows if row.state in TO_DO], as_seen)


def _here(found: Person | Vehicle) -> bool:
    return (found.left_ms if isinstance(found, Person) else found.removed_ms) is None


def _divide(rows: Iterable[Planned], fits: Any) -> tuple[list[Planned], list[Planned]]:
    yes: list[Planned] = []
    no: list[Planned] = []
    for row in rows:
        (yes if fits(row) else no).append(row)
    return yes, no


def _others(row: Planned, carried: dict[str, str]) -> bool:
    """Whether one of a row's cards is somebody else's."""
    return any(carried.get(each, row.key) != row.key for each in _spellings(row))


def _spellings(row: Planned) -> list[str]:
    return [each for card in row.fields.get("cards", ()) for each in alike(card)]


def _home(row: Planned, homes: dict[Address, str]) -> str | None:
    return None if row.home is None else homes[row.home]


def _fields(row: Planned, homes: dict[Address, str]) -> dict[str, Any]:
    """Return what is written, as the register keeps it: a plan is kept as JSON."""
    fields: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in row.fields.items()
    }
    if "category" in fields:
        fields["category"] = Category(fields["category"])
    return fields if row.home is None else fields | {"household": homes[row.home]}


def _left_out(rows: Iterable[Planned]) -> list[Planned]:
    return [replace(row, state="conflict", problems=(MEANWHILE,)) for row in rows]
