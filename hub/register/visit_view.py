"""Visitors' passes and pseudonyms as the API shows them. Times are RFC 3339."""

from collections.abc import Sequence
from typing import Literal

from msgspec import Struct

from contract.lists import Category
from hub.alarms.definition import Words

Sort = Literal["person", "vehicle", "visit"]
VisitState = Literal["coming", "open", "over", "revoked"]


class VisitView(Struct, frozen=True, kw_only=True, rename={"start": "from", "end": "until"}):
    """A visitor's pass. `code`: digits for a keypad. `by_link`: made by the household itself.

    `visitor`, `phone` and `host` (a person's name) are null for whoever may not see names. `used`: when it
    first opened something.
    """

    id: str
    state: VisitState
    household: str | None
    room: str | None
    host: str | None
    visitor: str | None
    phone: str | None
    plate: str | None
    code: str | None
    start: str
    end: str
    made: str
    made_by: str
    by_link: bool
    revoked: str | None
    used: str | None


class OwnVisit(Struct, frozen=True, kw_only=True, rename={"start": "from", "end": "until"}):
    """A visitor's pass as the household sees it that made it by its link."""

    id: str
    state: VisitState
    visitor: str
    plate: str | None
    code: str | None
    start: str
    end: str
    used: str | None


class HouseholdVisits(Struct, frozen=True, kw_only=True):
    """What a household's link shows: passes made by it, newest first, and the limits.

    `longest_minutes` of one pass; it must begin within `ahead_days`. `most_open`: how many may be open or
    coming at a time.
    """

    site: Words
    room: str
    visits: Sequence[OwnVisit]
    open: int
    most_open: int
    longest_minutes: int
    ahead_days: int


class Who(Struct, frozen=True, kw_only=True):
    """Whom or what a pseudonym stands for. `name` is null for whoever may not see names.

    `known`: False if the register has no such key; then only `key` says anything.
    """

    key: str
    known: bool = True
    sort: Sort | None = None
    category: Category | None = None
    building: str | None = None
    room: str | None = None
    plate: str | None = None
    blocked: bool = False
    blocked_reason: str = ""
    left: bool = False
    name: str | None = None


class NewLink(Struct, frozen=True, kw_only=True):
    """A household's visitor link: `path` below the hub's address, shown this once."""

    household: str
    room: str
    key: str
    path: str


class Room(Struct, frozen=True, kw_only=True):
    """A household without anybody's name, to choose a visitor's host from."""

    household: str
    building: str
    room: str


class VisitPage(Struct, frozen=True, kw_only=True):
    """Visitors' passes, the newest first. `total` of all pages; `next`: give it as `after`."""

    visits: Sequence[VisitView]
    total: int
    next: int | None


class RoomList(Struct, frozen=True):
    """Rooms that fit what was asked for."""

    rooms: Sequence[Room]


class WhoList(Struct, frozen=True):
    """Whom pseudonyms or a plate stand for, in the order they were asked for."""

    who: Sequence[Who]
