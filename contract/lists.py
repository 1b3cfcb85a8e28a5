"""The lists that people keep and gates and doors obey: who may pass where, pushed by the hub to driver hosts.

The hub numbers every change of a list with a *revision*, in an *edition* that begins with the ledger. A host
says on `holding` which revision it holds of each list that its drivers use; the hub answers on `list` with
what changed since, in portions. Nothing rests on the broker's memory, and nothing here names a person: keys
are pseudonyms that only the hub's register can resolve.
"""

import re
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated, Final, Literal

from msgspec import Meta, Struct

from contract.messages import Counter, Moment, Word

Key = Annotated[str, Meta(pattern=r"^[A-Za-z0-9._-]{1,64}(?![\s\S])")]
"""A pseudonym: what an entry is called outside the register."""
Place = Annotated[str, Meta(pattern=r"^(\*|[a-z0-9-]{1,64}/(\*|[a-z0-9-]{1,64}))(?![\s\S])")]
"""`gate/east-in`, `door/*` or `*`."""
CardNumber = Annotated[str, Meta(min_length=1, max_length=64)]
"""As an access file writes it: `8061550`, `123,45678`, `w34:8061550`, `raw56:…`."""
EntryCode = Annotated[str, Meta(pattern=r"^[0-9]{4,12}(?![\s\S])")]
"""Digits for a keypad; of visitors, valid for as long as their visit."""
Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun", "holiday"]

MINUTES: Final = 24 * 60


def minute_of(text: str) -> int:
    """Read `HH:MM`, up to 24:00, as minutes since midnight; ValueError if it is none."""
    match = re.fullmatch(r"(\d{2}):([0-5]\d)", text)
    minute = int(match[1]) * 60 + int(match[2]) if match else MINUTES + 1
    if minute > MINUTES:
        raise ValueError(f"time {text!r} must be HH:MM, up to 24:00")
    return minute


class Period(
    Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"start": "from", "end": "to"}
):
    """Some hours of some days. One that ends before it begins lasts into the next day."""

    days: tuple[Day, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    start: str = "00:00"
    end: str = "24:00"

    def __post_init__(self) -> None:
        minute_of(self.start)
        minute_of(self.end)

    def covers(self, today: Day, yesterday: Day, minute: int) -> bool:
        """Whether `minute` of a day is in the period, or in what is left of yesterday's."""
        start, end = minute_of(self.start), minute_of(self.end)
        if start <= end:
            return today in self.days and start <= minute < end
        return (today in self.days and minute >= start) or (yesterday in self.days and minute < end)


class Category(StrEnum):
    """Whom or what an entry is for."""

    RESIDENT = "resident"
    STAFF = "staff"
    VISITOR = "visitor"
    SERVICE = "service"
    """Those who come again and again: parcels, refuse, the lift's fitter."""


class Face(StrEnum):
    """What a person has agreed to (人脸识别技术应用安全管理办法: separate consent, withdrawable).

    WITHDRAWN: every terminal deletes the person's face and proves it, whether it ever held it or not.
    """

    NONE = "none"
    CONSENTED = "consented"
    WITHDRAWN = "withdrawn"


class Level(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An access level: places, and the hours in local time in which they may be passed; no hours: always."""

    key: Key
    places: tuple[Place, ...]
    periods: tuple[Period, ...] = ()
    holidays: tuple[date, ...] = ()
    timezone: str = "Asia/Shanghai"


class Person(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Somebody who may pass doors. `valid_from` is the first moment, `valid_until` the first after."""

    key: Key
    category: Category = Category.RESIDENT
    levels: tuple[Key, ...] = ()
    valid_from: Moment | None = None
    valid_until: Moment | None = None
    blocked: bool = False
    cards: tuple[CardNumber, ...] = ()
    codes: tuple[EntryCode, ...] = ()
    face: Face = Face.NONE
    face_since: Moment | None = None
    """When the consent was given or withdrawn: another one is another withdrawal, with a proof of its own."""


class Vehicle(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A plate that may pass gates, or, `blocked`, must not. `person`: whose it is."""

    key: Key
    plate: Annotated[str, Meta(min_length=1, max_length=16)]
    category: Category = Category.RESIDENT
    person: Key | None = None
    levels: tuple[Key, ...] = ()
    valid_from: Moment | None = None
    valid_until: Moment | None = None
    blocked: bool = False


Entry = Level | Person | Vehicle


class ListName(StrEnum):
    """The lists there are."""

    LEVELS = "levels"
    PEOPLE = "people"
    VEHICLES = "vehicles"


LIST_OF: Final[Mapping[type[Entry], ListName]] = MappingProxyType(
    {Level: ListName.LEVELS, Person: ListName.PEOPLE, Vehicle: ListName.VEHICLES}
)


class Portion(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Channel `list` of a driver host: what changed in one list from revision `after` to `upto`.

    Only a host that holds exactly `after` of this `edition` may apply it; `after` 0 begins anew, and what the
    host held before stays in force until it has everything up to `head`. `put` in the field named like the
    list replaces entries by key; `drop` names keys that are no more.
    """

    list: ListName
    edition: Word
    after: Counter
    upto: Counter
    head: Counter
    levels: tuple[Level, ...] = ()
    people: tuple[Person, ...] = ()
    vehicles: tuple[Vehicle, ...] = ()
    drop: tuple[Key, ...] = ()


class Staged(Struct, frozen=True, kw_only=True, gc=False):
    """How far a list that begins anew has come; nothing of it counts yet."""

    edition: str
    revision: Counter


class Held(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """What a driver host holds of one list; `edition` is empty and `revision` 0 if it never had any."""

    edition: str
    revision: Counter
    entries: Counter
    staged: Staged | None = None


class Holding(Struct, frozen=True, kw_only=True):
    """Channel `holding` of a driver host, retained: how far it has the lists that its drivers use."""

    ts: Moment
    lists: dict[ListName, Held]
