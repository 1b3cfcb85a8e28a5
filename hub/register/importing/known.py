"""What the register knows that an import must be compared with, read in one go. Blocking."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import tzinfo

from msgspec import Struct
from sqlalchemy import Connection

from hub.register.keeping import Keeping
from hub.register.numbers import alike
from hub.register.records import Household, Person, Vehicle
from hub.register.rooms import Address
from hub.register.schema import people, vehicles

Named = dict[tuple[str | None, str], list[Person]]


class Known(Struct, frozen=True, kw_only=True):
    """The register as it is: who and what is here now.

    `named`: people by household and name. `carried`: who has a card.
    """

    zone: tzinfo
    levels: frozenset[str]
    homes: dict[Address, Household]
    people: dict[str, Person]
    named: Named
    carried: dict[str, Person]
    vehicles: dict[str, Vehicle]
    parked: dict[str, Vehicle]

    def holders(self, card: str) -> list[Person]:
        """Return who has a card, however it is written."""
        return [self.carried[each] for each in alike(card) if each in self.carried]

    def home(self, called: Address | None) -> str | None:
        """Return the key of a household, if it is known."""
        household = None if called is None else self.homes.get(called)
        return None if household is None else household.key


def read_known(keeping: Keeping, connection: Connection) -> Known:
    """Read what is here now."""
    tables = keeping.tables
    here = tables.people.find(connection, people.c.left_ms.is_(None))
    cars = tables.vehicles.find(connection, vehicles.c.removed_ms.is_(None))
    return Known(
        zone=keeping.site.zone,
        levels=frozenset(level.key for level in tables.levels.find(connection)),
        homes={Address(h.building, h.unit, h.number): h for h in tables.households.find(connection)},
        people={person.key: person for person in here},
        named=_named(here),
        carried={card: person for person in here for card in person.cards},
        vehicles={vehicle.key: vehicle for vehicle in cars},
        parked={vehicle.plate: vehicle for vehicle in cars},
    )


def _named(found: Iterable[Person]) -> Named:
    named: Named = defaultdict(list)
    for person in found:
        named[person.household, person.name].append(person)
    return dict(named)
