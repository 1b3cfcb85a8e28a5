"""What a terminal is to hold of a person, made from the lists. Pure.

Hours of access levels are kept by us, not by the terminal: outside them a person is `barred`, which keeps the
face where it is. Validity is the terminal's to keep, also while we are gone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from typing import Final

import msgspec

from contract.lists import Category, Face, Level, Person
from drivers.lists.permit import covers, holds

KIND: Final = "door"
DIGEST_BYTES: Final = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Rights:
    """One person at one door. `barred`: known, but not let in now. `face`: consented to it."""

    key: str
    category: Category = Category.RESIDENT
    barred: bool = False
    face: bool = False
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    cards: tuple[str, ...] = field(default=(), repr=False)
    code: str = field(default="", repr=False)

    @property
    def digest(self) -> str:
        """Return a short word that is another one when anything of it is."""
        return blake2b(msgspec.json.encode(self), digest_size=DIGEST_BYTES).hexdigest()


def rights(
    person: Person, levels: Mapping[str, Level], device: str, now: datetime, *, held: bool = False
) -> Rights | None:
    """Return what the terminal of `door/device` is to hold of `person`; None if nothing.

    `now` is aware. Whom it holds stays, barred, while blocked or while a level has not come yet, so that the
    face need not be taken anew.
    """
    if person.valid_until is not None and now >= person.valid_until:
        return None
    here = _here(person, levels, device)
    if here:
        barred = person.blocked or not any(holds(level, now) for level in here)
    elif held and any(key not in levels for key in person.levels):
        barred = True
    else:
        return None
    return Rights(
        key=person.key,
        category=person.category,
        barred=barred,
        face=person.face is Face.CONSENTED,
        valid_from=person.valid_from,
        valid_until=person.valid_until,
        cards=person.cards,
        code=person.codes[0] if person.codes else "",
    )


def deciding_hours(person: Person, levels: Mapping[str, Level], device: str) -> tuple[str, ...]:
    """Return the levels whose hours decide, so that what is right now is not right for ever."""
    here = _here(person, levels, device)
    return tuple(level.key for level in here) if all(level.periods for level in here) else ()


def _here(person: Person, levels: Mapping[str, Level], device: str) -> list[Level]:
    return [
        level
        for key in person.levels
        if (level := levels.get(key)) is not None and covers(level, KIND, device)
    ]
