"""Who lives in the demo's community: households, people, vehicles, visitors. All of it is made up.

Everybody comes out the same at every start, so that the pretend cars and cards are those of the register.
"""

import itertools
import random
from collections.abc import Iterator
from typing import Final, NamedTuple

from contract.lists import Category

SEED: Final = 6
RESIDENTS: Final = 54
STAFF: Final = 4
SERVICES: Final = 2
VEHICLES: Final = 40
PER_HOUSEHOLD: Final = 2
"""On average; a third of them have one more, or one less."""

_SURNAMES: Final = "王李张刘陈杨黄赵周吴徐孙朱马胡郭林何高罗"
_GIVEN: Final = (
    "晓明", "建国", "秀英", "丽华", "志强", "雨欣", "浩然", "思远", "佳怡", "文博", "梓涵", "俊杰",
    "桂兰", "海燕", "一诺", "子轩", "春梅", "国庆", "美玲", "振华",
)  # fmt: skip
_LETTERS: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ"


class Person(NamedTuple):
    """Somebody: `room` is building, unit, number, None for who works here. `card` counts the demo's cards."""

    name: str
    category: Category
    room: tuple[str, str, str] | None
    card: int
    consents: bool


class Vehicle(NamedTuple):
    """A car: `owner` counts the people."""

    plate: str
    category: Category
    owner: int


class Visitor(NamedTuple):
    """Somebody who visits a room by car."""

    name: str
    plate: str
    room: tuple[str, str, str]


class Sample(NamedTuple):
    """All of them. `blocked` is a plate that must not come in, and why."""

    people: list[Person]
    vehicles: list[Vehicle]
    visitors: list[Visitor]
    blocked: tuple[str, str]

    @property
    def rooms(self) -> list[tuple[str, str, str]]:
        """The households, in the order of their people."""
        return list(dict.fromkeys(each.room for each in self.people if each.room is not None))

    @property
    def plates(self) -> dict[str, list[str]]:
        """The plates as the pretend cars have them."""
        return {
            "residents": [each.plate for each in self.vehicles],
            "visitors": [each.plate for each in self.visitors],
            "blocked": [self.blocked[0]],
        }


def sample() -> Sample:
    """Make them up."""
    dice = random.Random(SEED)  # noqa: S311 - nobody real
    names = _names(dice)
    people = [*_residents(dice, names), *_workers(names)]
    plates = _plates(dice)
    vehicles = [
        Vehicle(next(plates), Category.RESIDENT, owner)
        for owner in sorted(dice.sample(range(RESIDENTS), VEHICLES - SERVICES))
    ]
    vehicles += [Vehicle(next(plates), Category.SERVICE, RESIDENTS + STAFF + nth) for nth in range(SERVICES)]
    rooms = [each.room for each in people if each.room is not None]
    visitors = [Visitor(next(names), next(plates), rooms[nth * 7]) for nth in range(3)]
    return Sample(people, vehicles, visitors, (next(plates), "多次强行闯杆，经业委会决定"))


def _names(dice: random.Random) -> Iterator[str]:
    names = [surname + given for surname, given in itertools.product(_SURNAMES, _GIVEN)]
    dice.shuffle(names)
    return iter(names)


def _residents(dice: random.Random, names: Iterator[str]) -> Iterator[Person]:
    """Yield those who live here, household after household; two of three have agreed to the face."""
    count = 0
    for building, unit, floor in itertools.product("123456", "12", (2, 5, 9)):
        room = (building, unit, f"{floor}0{dice.randint(1, 2)}")
        for _ in range(dice.choice((1, PER_HOUSEHOLD, PER_HOUSEHOLD, 3))):
            if count == RESIDENTS:
                return
            yield Person(next(names), Category.RESIDENT, room, count, count % 3 != 2)
            count += 1


def _workers(names: Iterator[str]) -> Iterator[Person]:
    for nth in range(STAFF + SERVICES):
        category = Category.STAFF if nth < STAFF else Category.SERVICE
        yield Person(next(names), category, None, RESIDENTS + nth, category is Category.STAFF)


def _plates(dice: random.Random) -> Iterator[str]:
    """Yield plates; every fourth one is of an electric car. No two can be taken for one another."""
    numbers = dice.sample(range(10_000, 99_999), 4 * VEHICLES)
    for nth, number in enumerate(numbers):
        electric = "D" if nth % 4 == 3 else ""  # GA 36-2018, 5.8: D stands for electric only
        yield f"浙{dice.choice(_LETTERS[:8])}{electric}{number}"
