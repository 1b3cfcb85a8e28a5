"""People: who lives and works here. Their key stays the same for ever."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, delete, select

from contract.errors import InvalidMessage
from contract.lists import Face
from hub.alarms.alarm import Actor
from hub.register import numbers
from hub.register.consenting import Consenting
from hub.register.entries import person_entry
from hub.register.households import unlink
from hub.register.keeping import Keeping, check_version, check_window, there
from hub.register.levels import levels_after
from hub.register.names import PERSON, new_key
from hub.register.records import Person
from hub.register.refusals import RegisterRefused
from hub.register.schema import cards, households, people, vehicles
from hub.register.searching import page_of, people_where
from hub.register.show import Shower
from hub.register.vehicles import owner_leaves
from hub.register.view import PersonDetail, PersonPage, PersonView
from hub.register.wanted import PeopleWanted, Window


class People:
    """One tenant's people. Lives on the hub's event loop."""

    def __init__(self, keeping: Keeping, shower: Shower, consenting: Consenting) -> None:
        self._keeping = keeping
        self._shower = shower
        self._consenting = consenting
        self._rows = keeping.tables.people

    async def find(self, wanted: PeopleWanted, window: Window) -> PersonPage:
        """List people by room and name."""

        def read(connection: Connection) -> PersonPage:
            home = people.outerjoin(
                households,
                (households.c.tenant == people.c.tenant) & (households.c.key == people.c.household),
            )
            order = (households.c.place.is_(None), households.c.place, people.c.name, people.c.key)
            where = people_where(self._rows.tenant, wanted)
            keys, total = page_of(connection, home, people.c.key, where, order, window)
            found = self._rows.by_key(connection, keys)
            upto = window.after + window.limit
            shown = self._shower.people(connection, [found[key] for key in keys])
            return PersonPage(people=shown, total=total, next=upto if upto < total else None)

        return await self._keeping.read(read)

    async def get(self, key: str) -> PersonDetail:
        """Show a person with what belongs to them. Unknown."""
        return await self._keeping.read(lambda connection: self.detail(connection, key))

    async def add(self, fields: Mapping[str, Any], who: Actor) -> PersonView:
        """Add a person. InvalidMessage, RegisterRefused."""

        def work(connection: Connection) -> PersonView:
            now_ms = self._keeping.clock.now_ms()
            made = Person(key=new_key(PERSON), changed_ms=now_ms, **levels_after(_read(fields)))
            self._check(connection, made)
            self._rows.add(connection, [made])
            self._take_cards(connection, made)
            self._keeping.lists.put(connection, [person_entry(made)])
            self._keeping.trail.write(
                connection, who, "person.added", made.key, household=made.household, category=made.category
            )
            return self._shower.person(connection, made)

        return await self._keeping.write(work)

    async def change(self, key: str, fields: Mapping[str, Any], version: int, who: Actor) -> PersonView:
        """Change a person. InvalidMessage, RegisterRefused, Stale, Unknown."""

        def work(connection: Connection) -> PersonView:
            before = self._held(connection, key, version)
            changes = levels_after(_read(fields), before)
            after = self._rows.change(connection, before, changed_ms=self._keeping.clock.now_ms(), **changes)
            self._check(connection, after)
            if "cards" in changes:
                self._take_cards(connection, after)
            self._keeping.lists.put(connection, [person_entry(after)])
            self._keeping.trail.write(connection, who, "person.changed", key, fields=sorted(fields))
            return self._shower.person(connection, after)

        return await self._keeping.write(work)

    async def leave(
        self, key: str, version: int, who: Actor, *, keep_vehicles: bool, note: str = ""
    ) -> PersonView:
        """Let nothing open for a person any more. RegisterRefused, Stale, Unknown.

        Whoever has a face on a terminal, or is still to be deleted there, stays in the lists until that is
        proven; all others are dropped at once. The last of a household takes its visitor link along.
        """

        def work(connection: Connection) -> PersonView:
            before = self._held(connection, key, version)
            now_ms = self._keeping.clock.now_ms()
            if before.face is Face.CONSENTED:
                before = self._consenting.withdraw(connection, before, who, how="moved-out")
            self._free_cards(connection, key)
            after = self._rows.change(connection, before, left_ms=now_ms, changed_ms=now_ms, cards=())
            owner_leaves(self._keeping, connection, key, keep=keep_vehicles)
            self._unlink_if_empty(connection, before.household, who)
            self._keeping.lists.put(connection, [person_entry(after)])
            self._keeping.trail.write(connection, who, "person.left", key, reason=note)
            return self._shower.person(connection, self._consenting.drop_if_done(connection, after))

        return await self._keeping.write(work)

    def detail(self, connection: Connection, key: str) -> PersonDetail:
        """Show a person with what belongs to them. Unknown."""
        person = there(self._rows.get(connection, key), "person")
        theirs = (vehicles.c.person == key, vehicles.c.removed_ms.is_(None))
        parked = self._keeping.tables.vehicles.find(connection, *theirs, order=[vehicles.c.plate])
        return PersonDetail(
            person=self._shower.person(connection, person),
            consents=self._consenting.history(connection, key),
            vehicles=self._shower.vehicles(connection, parked),
            withdrawals=self._consenting.withdrawals_of(connection, key),
            listed=person.listed,
        )

    def _held(self, connection: Connection, key: str, version: int) -> Person:
        person = there(self._rows.hold(connection, key), "person")
        check_version(person.version, version, lambda: self._shower.person(connection, person))
        if person.left_ms is not None:
            raise RegisterRefused("they left; add them anew if they come back", code="has-left")
        return person

    def _unlink_if_empty(self, connection: Connection, household: str | None, who: Actor) -> None:
        """Have the visitor link of a household be dead when nobody is left: who moved out has it still."""
        living = (people.c.household == household, people.c.left_ms.is_(None))
        if household is not None and not self._rows.count(connection, *living):
            unlink(self._keeping, connection, household, who)

    def _check(self, connection: Connection, person: Person) -> None:
        self._keeping.check_household(connection, person.household)
        self._keeping.check_levels(connection, person.levels)
        check_window(person.valid_from_ms, person.valid_until_ms)

    def _take_cards(self, connection: Connection, person: Person) -> None:
        """Have the cards be this person's; RegisterRefused if one is somebody else's."""
        self._free_cards(connection, person.key)
        tenant = self._rows.tenant
        same = [each for card in person.cards for each in numbers.alike(card)]
        where = (cards.c.tenant == tenant, cards.c.card.in_(same))
        taken = connection.execute(select(cards.c.card).where(*where)).scalars().all()
        if taken:
            raise RegisterRefused(f"card {taken[0]} is somebody else's", code="card-taken")
        rows = [{"tenant": tenant, "card": card, "person": person.key} for card in person.cards]
        if rows:
            connection.execute(cards.insert(), rows)

    def _free_cards(self, connection: Connection, key: str) -> None:
        connection.execute(delete(cards).where(cards.c.tenant == self._rows.tenant, cards.c.person == key))


def _read(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return fields as the register keeps them; InvalidMessage."""
    read = dict(fields)
    if "cards" in read:
        read["cards"] = tuple(dict.fromkeys(map(numbers.card, read["cards"])))
    if "phone" in read:
        read["phone"] = numbers.phone(read["phone"])
    if "name" in read:
        read["name"] = read["name"].strip()
        if not read["name"]:
            raise InvalidMessage("a person needs a name", code="no-name")
    return read
