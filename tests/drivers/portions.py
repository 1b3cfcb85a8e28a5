"""Portions of lists as the hub would send them, for tests of the host's side."""

from collections.abc import Sequence
from typing import Any

from contract.lists import Entry, ListName, Person, Portion


def person(number: int, **fields: Any) -> Person:
    """Make somebody."""
    return Person(key=f"p-{number}", cards=(str(8_000_000 + number),), **fields)


def portion(
    after: int, upto: int, head: int, *people: Entry, drop: Sequence[str] = (), edition: str = "one"
) -> Portion:
    """Make a portion of the list of people."""
    return Portion(
        list=ListName.PEOPLE,
        edition=edition,
        after=after,
        upto=upto,
        head=head,
        people=tuple(each for each in people if isinstance(each, Person)),
        drop=tuple(drop),
    )
