"""What a table of vehicles, or of blocked plates, would do to the register. Pure.

A row is a vehicle that is known by the id column, else by its plate.
"""

from collections.abc import Sequence
from functools import partial

from contract.lists import Category
from hub.register.importing import cells
from hub.register.importing.known import Known
from hub.register.importing.planned import Planned
from hub.register.importing.row import Row
from hub.register.levels import DEFAULT_OF
from hub.register.records import Person, Vehicle
from hub.register.rooms import Address

MOST_NAME = 64
MOST_NOTE = 500


class VehiclesPlan:
    """Reads rows one after another; which row came first decides which of two is the repeat."""

    def __init__(self, known: Known) -> None:
        self._known = known
        self._plates: dict[str, int] = {}

    def plan(self, rows: Sequence[Row]) -> list[Planned]:
        """Say what becomes of each row."""
        return [self._one(row) for row in rows]

    def _one(self, row: Row) -> Planned:
        home = self._read(row)
        before = self._before(row)
        if row.good:
            self._check(row, before)
        if row.good:
            home = self._own(row, home)
        if not row.good:
            return row.bad()
        if before is None:
            category = row.fields.setdefault("category", Category.RESIDENT)
            row.fields.setdefault("levels", (DEFAULT_OF[category],))
            return row.new(home)
        moved = home is not None and self._known.home(home) != before.household
        return row.compared(before, home if moved else None)

    def _read(self, row: Row) -> Address | None:
        known, zone = self._known, self._known.zone
        row.take("plate", cells.plate)
        row.take("category", cells.category, empty=Category.RESIDENT)
        row.take("valid_from", partial(cells.first_moment, zone=zone, after=False), "valid_from_ms", None)
        row.take("valid_until", partial(cells.first_moment, zone=zone, after=True), "valid_until_ms", None)
        row.take("levels", lambda cell: cells.levels(cell, known.levels), empty=())
        row.take("note", lambda cell: cells.text(cell, MOST_NOTE))
        if not row.cell("plate") or row.cell("plate") == cells.EMPTIED:
            row.refuse("empty", "plate")
        return row.read("number", lambda: cells.home(*map(row.cell, ("building", "unit", "number"))))

    def _before(self, row: Row) -> Vehicle | None:
        key = row.cell("key")
        if not key:
            return self._known.parked.get(row.fields.get("plate", ""))
        vehicle = self._known.vehicles.get(key)
        if vehicle is None:
            row.refuse("unknown-key", "key", key)
        return vehicle

    def _check(self, row: Row, before: Vehicle | None) -> None:
        plate = row.fields["plate"]
        first = self._plates.setdefault(plate, row.number)
        other = self._known.parked.get(plate)
        if first != row.number:
            row.refuse("twice", "plate", first)
        elif any(each is not None and each.blocked for each in (other, before)):
            row.refuse("plate-blocked", "plate")
        elif other is not None and before is not None and other.key != before.key:
            row.refuse("twice", "plate", other.key)
        start = row.fields.get("valid_from_ms", before and before.valid_from_ms)
        row.check_window(start, row.fields.get("valid_until_ms", before and before.valid_until_ms))

    def _own(self, row: Row, home: Address | None) -> Address | None:
        """Find whose it is; return the household's place, the owner's if none is said."""
        owner = row.cell("owner")
        if not owner:
            return home
        if owner == cells.EMPTIED:
            row.fields["person"] = None
            return home
        found = self._owners(home, owner)
        if len(found) != 1:
            row.refuse("ambiguous" if found else "unknown-owner", "owner", owner)
            return home
        row.fields["person"] = found[0].key
        if home is None:
            row.fields["household"] = found[0].household
        return home

    def _owners(self, home: Address | None, name: str) -> list[Person]:
        if home is not None:
            return self._known.named.get((self._known.home(home), name), [])
        return [person for person in self._known.people.values() if person.name == name]


class BlockedPlan:
    """Reads rows of blocked plates; one that is registered is blocked as it is."""

    def __init__(self, known: Known) -> None:
        self._known = known
        self._plates: dict[str, int] = {}

    def plan(self, rows: Sequence[Row]) -> list[Planned]:
        """Say what becomes of each row."""
        return [self._one(row) for row in rows]

    def _one(self, row: Row) -> Planned:
        row.take("plate", cells.plate)
        row.take("reason", lambda cell: cells.text(cell, MOST_NOTE), "blocked_reason")
        for field in ("plate", "reason"):
            if row.cell(field) in ("", cells.EMPTIED):
                row.refuse("empty", field)
        plate = row.fields.get("plate", "")
        first = self._plates.setdefault(plate, row.number) if row.good else row.number
        if first != row.number:
            row.refuse("twice", "plate", first)
        if not row.good:
            return row.bad()
        row.fields["blocked"] = True
        before = self._known.parked.get(plate)
        return row.new() if before is None else row.compared(before)
