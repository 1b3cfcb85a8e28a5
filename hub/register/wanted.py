"""What is asked of the register."""

from typing import Literal

from msgspec import Struct

from contract.lists import Category, Face


class Window(Struct, frozen=True, kw_only=True):
    """Which part of what is found."""

    after: int = 0
    limit: int = 50


class HouseholdsWanted(Struct, frozen=True, kw_only=True):
    """Which households. `q`: a part of the room; `linked`: with, or without, a visitor link."""

    q: str = ""
    linked: bool | None = None


class PeopleWanted(Struct, frozen=True, kw_only=True):
    """Which people. `q`: a part of name, room, telephone or plate, or a whole card number."""

    q: str = ""
    category: Category | None = None
    household: str | None = None
    face: Face | None = None
    blocked: bool | None = None
    state: Literal["here", "left", "all"] = "here"


class VehiclesWanted(Struct, frozen=True, kw_only=True):
    """Which vehicles. `q`: a part of plate, room, or the owner's name or telephone."""

    q: str = ""
    category: Category | None = None
    household: str | None = None
    person: str | None = None
    blocked: bool | None = None
    state: Literal["here", "removed", "all"] = "here"


class VisitsWanted(Struct, frozen=True, kw_only=True):
    """Which passes. `q`: a part of room or plate, or a whole code. `live`: open or coming."""

    q: str = ""
    state: Literal["live", "over", "revoked", "all"] = "live"
    household: str | None = None


class NewVisit(Struct, frozen=True, kw_only=True):
    """A visitor: by `plate`, by a `code` that the hub makes, or both.

    From `from_ms` (by default now) for so many `minutes`, or until `until_ms`. The host is a `household`, its
    `room` as people call it, a `person`, or nobody in particular.
    """

    plate: str | None = None
    code: bool = False
    visitor: str = ""
    phone: str = ""
    from_ms: int | None = None
    until_ms: int | None = None
    minutes: int | None = None
    household: str | None = None
    room: str = ""
    person: str | None = None
