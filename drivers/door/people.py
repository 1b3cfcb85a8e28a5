"""The people of the pushed lists, as doors look them up: by card and by code. A host's doors share it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from contract.lists import Level, Person
from contract.passes import Reason
from drivers.door.wiegand import Card, parse_number
from drivers.lists.index import Index
from drivers.lists.permit import refusal
from drivers.runtime.interface import Port

KIND = "door"


class People:
    """Who is in the lists, found in one step, however many they are."""

    def __init__(self, port: Port) -> None:
        self._persons, self._levels = port.listed(Person), port.listed(Level)
        self._index = Index(self._persons, _words)

    def __len__(self) -> int:
        return len(self._persons.entries)

    @property
    def known(self) -> bool:
        """Whether the lists have ever come."""
        return self._persons.known and self._levels.known

    @property
    def levels(self) -> Mapping[str, Level]:
        """The access levels by key."""
        return self._levels.entries

    def by_card(self, card: Card) -> Sequence[Person]:
        """Return whose card it is; a number without a format is a Wiegand card's, of either length."""
        found = self._index.find(_card_word(card.format, card.number))
        if not found and not card.format.startswith("raw"):
            found = self._index.find(_card_word(None, card.number))
        return found

    def by_code(self, code: str) -> Sequence[Person]:
        """Return whose code it is; visitors may have the same by chance."""
        return self._index.find(_code_word(code))


def first_admitted(
    found: Iterable[Person], levels: Mapping[str, Level], door: str, now: datetime
) -> tuple[Person, Reason | None] | None:
    """Return the first who may pass, else the first found with the reason why not; None if nobody is."""
    refused = None
    for person in found:
        why_not = refusal(person, levels, KIND, door, now)
        if why_not is None:
            return person, None
        refused = refused or (person, why_not)
    return refused


def shared_people(port: Port) -> People:
    """Return the people that all doors of this host share."""
    return port.shared("door-people", lambda: People(port))


def _words(person: Person) -> Iterator[str]:
    for written in person.cards:
        try:
            yield _card_word(*parse_number(written))
        except ValueError:
            continue  # a card in no form that a reader knows opens nothing
    for code in person.codes:
        yield _code_word(code)


def _card_word(form: str | None, number: int) -> str:
    return f"{form or ''}:{number}"


def _code_word(code: str) -> str:
    return f"#{code}"
