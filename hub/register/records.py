"""What the register keeps of each thing: the rows of its tables. Times are ms since 1970."""

from datetime import date
from typing import Final

from msgspec import Struct

from contract.lists import Category, Face, Period
from hub.alarms.definition import Words

GROWN_UP: Final = 14
"""From this age on people consent for themselves (人脸识别技术应用安全管理办法; PIPL, article 31)."""


class Level(Struct, frozen=True, kw_only=True):
    """An access level."""

    key: str
    title: Words
    places: tuple[str, ...] = ()
    periods: tuple[Period, ...] = ()
    holidays: tuple[date, ...] = ()
    changed_ms: int = 0
    version: int = 1


class Household(Struct, frozen=True, kw_only=True):
    """A household. `link`: the SHA-256 of its secret."""

    key: str
    building: str
    unit: str
    number: str
    room: str
    place: str
    note: str = ""
    link: str | None = None
    link_ms: int | None = None
    changed_ms: int = 0
    version: int = 1


class Person(Struct, frozen=True, kw_only=True):
    """A person. `valid_until_ms`: the first moment after."""

    key: str
    household: str | None = None
    category: Category = Category.RESIDENT
    name: str
    phone: str = ""
    cards: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    valid_from_ms: int | None = None
    valid_until_ms: int | None = None
    blocked: bool = False
    face: Face = Face.NONE
    face_since_ms: int | None = None
    birth_year: int | None = None
    minor: bool = False
    guardian: str = ""
    note: str = ""
    left_ms: int | None = None
    listed: bool = True
    erased: bool = False
    changed_ms: int = 0
    version: int = 1

    def child(self, year: int) -> bool:
        """Whether somebody else consents for them in `year`: in doubt yes, as the birthday is not known."""
        return self.minor if self.birth_year is None else year - self.birth_year <= GROWN_UP


class Vehicle(Struct, frozen=True, kw_only=True):
    """A plate. `block_only`: it is here for its block alone."""

    key: str
    plate: str
    category: Category = Category.RESIDENT
    person: str | None = None
    household: str | None = None
    levels: tuple[str, ...] = ()
    valid_from_ms: int | None = None
    valid_until_ms: int | None = None
    blocked: bool = False
    block_only: bool = False
    blocked_reason: str = ""
    blocked_by: str | None = None
    blocked_ms: int | None = None
    note: str = ""
    removed_ms: int | None = None
    changed_ms: int = 0
    version: int = 1


class Visit(Struct, frozen=True, kw_only=True):
    """A visitor's pass."""

    key: str
    seq: int
    household: str | None = None
    person: str | None = None
    visitor: str = ""
    phone: str = ""
    plate: str | None = None
    code: str | None = None
    from_ms: int
    until_ms: int
    made_ms: int
    made_by: str
    by_link: bool = False
    revoked_ms: int | None = None
    revoked_by: str | None = None
    used_ms: int | None = None
    listed: bool = True
    erased: bool = False


class Consent(Struct, frozen=True, kw_only=True):
    """A consent that was given or withdrawn."""

    seq: int
    person: str
    given: bool
    at_ms: int
    recorded_ms: int
    by: str
    how: str
    text_version: str = ""
    by_guardian: bool = False
    note: str = ""


class Removal(Struct, frozen=True, kw_only=True):
    """What one terminal did about a withdrawal."""

    withdrawal: int
    site: str
    kind: str
    device: str
    person: str
    since_ms: int
    asked_ms: int
    done_ms: int | None = None
    held: bool | None = None
    acknowledged: bool | None = None
    absent: bool | None = None
    event: str | None = None
    event_seq: int | None = None
    sha256: str | None = None
    audit: int | None = None
    waived_by: str | None = None
    waived_why: str | None = None
