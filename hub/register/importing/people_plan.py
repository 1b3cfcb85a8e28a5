"""What a table of people would do to the register. Pure.

A row is somebody known by the id column, else by a card, else by name within the household. Whoever is not
known is new.
"""

from collections.abc import Sequence
from functools import partial

from contract.lists import Category
from hub.register.importing import cells
from hub.register.importing.known import Known
from hub.register.importing.planned import Planned
from hub.register.importing.row import Row
from hub.register.levels import DEFAULT_OF
from hub.register.numbers import alike
from hub.register.records import Person
from hub.register.rooms import Address

MOST_NAME = 64
MOST_NOTE = 500


class PeoplePlan:
    """Reads rows one after another; which row came first decides which of two is the repeat."""

    def __init__(self, known: Known) -> None:
        self._known = known
        self._rows: dict[object, int] = {}
        self._cards: dict[str, int] = {}

    def plan(self, rows: Sequence[Row]) -> list[Planned]:
        """Say what becomes of each row."""
        return [self._one(row) for row in rows]

    def _one(self, row: Row) -> Planned:
        home = self._read(row)
        before = self._before(row, home) if row.good else None
        if row.good:
            self._check(row, before, home)
        if not row.good:
            return row.bad()
        if before is None:
            category = row.fields.setdefault("category", Category.RESIDENT)
            row.fields.setdefault("levels", (DEFAULT_OF[category],))
            return row.new(home)
        moved = (home is not None and self._known.home(home) != before.household) or None
        self._follow_category(row, before)
        return row.compared(before, home if moved else None)

    def _read(self, row: Row) -> Address | None:
        known, zone = self._known, self._known.zone
        row.take("name", lambda cell: cells.text(cell, MOST_NAME))
        row.take("category", cells.category, empty=Category.RESIDENT)
        row.take("phone", cells.phone)
        row.take("cards", cells.cards, empty=())
        row.take("valid_from", partial(cells.first_moment, zone=zone, after=False), "valid_from_ms", None)
        row.take("valid_until", partial(cells.first_moment, zone=zone, after=True), "valid_until_ms", None)
        row.take("birth_year", cells.year, empty=None)
        row.take("guardian", lambda cell: cells.text(cell, MOST_NAME))
        row.take("levels", lambda cell: cells.levels(cell, known.levels), empty=())
        row.take("note", lambda cell: cells.text(cell, MOST_NOTE))
        if not row.fields.get("name"):
            row.refuse("empty", "name")
        return row.read("number", lambda: cells.home(*map(row.cell, ("building", "unit", "number"))))

    def _before(self, row: Row, home: Address | None) -> Person | None:
        key, name = row.cell("key"), row.fields["name"]
        if key:
            person = self._known.people.get(key)
            if person is None:
                row.refuse("unknown-key", "key", key)
            return person
        for card in row.fields.get("cards", ()):
            for holder in self._known.holders(card):
                if holder.name == name:
                    return holder
        if home is not None and self._known.home(home) is None:
            return None
        found = self._known.named.get((self._known.home(home), name), [])
        if len(found) > 1:
            by_phone = [each for each in found if each.phone and each.phone == row.fields.get("phone")]
            found = by_phone or found
        if len(found) > 1:
            row.refuse("ambiguous", "name", name)
        return found[0] if found else None

    def _check(self, row: Row, before: Person | None, home: Address | None) -> None:
        identity = before.key if before is not None else (home, row.fields["name"])
        first = self._rows.setdefault(identity, row.number)
        if first != row.number:
            row.refuse("twice", "name", first)
        for card in row.fields.get("cards", ()):
            self._cards.setdefault(card, row.number)
            first = min(self._cards.get(each, row.number) for each in alike(card))
            others = [each for each in self._known.holders(card) if before is None or each.key != before.key]
            if first != row.number:
                row.refuse("card-twice", "cards", first)
            elif others:
                row.refuse("card-taken", "cards", others[0].key)
        category = row.fields.get("category", Category.RESIDENT)
        if before is None and home is None and category is Category.RESIDENT:
            row.refuse("no-room", "number")
        start = row.fields.get("valid_from_ms", before and before.valid_from_ms)
        row.check_window(start, row.fields.get("valid_until_ms", before and before.valid_until_ms))

    def _follow_category(self, row: Row, before: Person) -> None:
        """Give whoever had the usual level of the category that of the new one."""
        category = row.fields.get("category", before.category)
        usual = before.levels == (DEFAULT_OF[before.category],)
        if "levels" not in row.fields and usual and category is not before.category:
            row.fields["levels"] = (DEFAULT_OF[category],)
