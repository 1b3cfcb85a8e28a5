"""What requests about the register say, and what its routes share."""

from datetime import date, datetime
from typing import Annotated, Any, Final, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from starlette.requests import HTTPConnection

from contract.clock import epoch_ms
from contract.lists import Category, Face, Period
from hub.access.roles import Principal
from hub.alarms.alarm import Actor
from hub.api.permissions import services_of
from hub.api.routes.session import client_of
from hub.api.work_orders import NO_NUL
from hub.audit.auditor import Caller
from hub.register.service import Register
from hub.register.wanted import HouseholdsWanted, PeopleWanted, VehiclesWanted, Window

MOST: Final = 200
"""In one answer."""
CHILD_YEARS: Final = 200

Line = Annotated[str, Field(max_length=64, pattern=NO_NUL)]
Text = Annotated[str, Field(max_length=500, pattern=NO_NUL)]
Reason = Annotated[str, Field(min_length=2, max_length=500, pattern=NO_NUL)]
Phone = Annotated[str, Field(pattern=r"^[0-9+() -]{0,32}$")]
Plate = Annotated[str, Field(min_length=2, max_length=32, pattern=NO_NUL)]
Card = Annotated[str, Field(min_length=1, max_length=64, pattern=NO_NUL)]
Key = Annotated[str, Field(pattern="^[A-Za-z0-9._-]{1,64}$")]
Version = Annotated[int, Field(ge=1, lt=2**31)]
Place = Annotated[str, Field(pattern=r"^(\*|[a-z0-9-]{1,64}/(\*|[a-z0-9-]{1,64}))$")]
TimeOfDay = Annotated[str, Field(pattern=r"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$")]
Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun", "holiday"]
EVERY_DAY: Final[tuple[Day, ...]] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Year = Annotated[int, Field(ge=1900, le=2200)]
Levels = Annotated[list[Key], Field(max_length=32)]
Cards = Annotated[list[Card], Field(max_length=16)]


class Body(BaseModel):
    """A request; keys that it does not know are mistakes."""

    model_config = ConfigDict(extra="forbid")

    def said(self) -> dict[str, Any]:
        """Return the fields that the request names, times in ms since 1970 as `…_ms`."""
        said = self.model_dump(exclude_unset=True, exclude={"version"})
        return dict(_column(name, value) for name, value in said.items())


class Change(Body):
    """What somebody changes of what they saw at `version`; what is left out stays as it is."""

    version: Version


class LevelPeriod(Body):
    """Some hours of some days. One that ends before it begins lasts into the next day."""

    days: Annotated[list[Day], Field(min_length=1, max_length=8)] = list(EVERY_DAY)
    start: TimeOfDay = Field(default="00:00", alias="from")
    end: TimeOfDay = Field(default="24:00", alias="to")

    def period(self) -> Period:
        """Make it a period of the lists."""
        return Period(days=tuple(self.days), start=self.start, end=self.end)


class LevelBody(Body):
    """An access level as it shall be; `version` is that of the one that was seen, none for a new one."""

    version: Version | None = None
    title: dict[Literal["zh-CN", "en"], Annotated[str, Field(min_length=1, max_length=64, pattern=NO_NUL)]]
    places: Annotated[list[Place], Field(max_length=200)]
    periods: Annotated[list[LevelPeriod], Field(max_length=20)] = []
    holidays: Annotated[list[date], Field(max_length=400)] = []

    def fields(self) -> dict[str, Any]:
        """Return what the register keeps of it."""
        return {
            "title": dict(self.title),
            "places": tuple(dict.fromkeys(self.places)),
            "periods": tuple(each.period() for each in self.periods),
            "holidays": tuple(sorted(set(self.holidays))),
        }


class NewHousehold(Body):
    """A household: building 3, unit 2, number 501; also "3栋", "2单元", "501室"."""

    building: Line
    unit: Line = ""
    number: Annotated[str, Field(min_length=1, max_length=64, pattern=NO_NUL)]
    note: Text = ""


class HouseholdChange(Change):
    """What becomes different of a household."""

    building: Line = ""
    unit: Line = ""
    number: Line = ""
    note: Text = ""


class PersonFields(Body):
    """What may be said of a person."""

    category: Category = Category.RESIDENT
    household: Key | None = None
    phone: Phone = ""
    cards: Cards = []
    levels: Levels | None = Field(default=None, description="by default those of the category")
    valid_from: AwareDatetime | None = None
    valid_until: AwareDatetime | None = Field(default=None, description="the first moment after")
    blocked: bool = False
    birth_year: Year | None = None
    minor: bool = Field(default=False, description="under 14, where no birth year is known")
    guardian: Line = Field(default="", description="the name of who consents for a child under 14")
    note: Text = ""


class NewPerson(PersonFields):
    """A person."""

    name: Annotated[str, Field(min_length=1, max_length=64, pattern=NO_NUL)]


class PersonChange(PersonFields, Change):
    """What becomes different of a person. Consent and leaving have requests of their own."""

    name: Line = ""


class Leaving(Change):
    """Somebody leaves: their face is withdrawn, cards and levels are void. `vehicles`: theirs."""

    vehicles: Literal["remove", "keep"] = "remove"
    note: Text = ""


class NewConsent(Change):
    """A consent to face recognition that was given, or withdrawn (`given` false).

    To give it needs `text_version`: which text was agreed to; for a child under 14 also `guardian`, the name.
    """

    given: bool
    how: Literal["paper", "desk", "online", "other"]
    text_version: Line = ""
    guardian: Line = ""
    at: AwareDatetime | None = Field(default=None, description="when it was said; by default now")
    note: Text = ""


class VehicleFields(Body):
    """What may be said of a vehicle."""

    category: Category = Category.RESIDENT
    person: Key | None = None
    household: Key | None = Field(default=None, description="by default the owner's")
    levels: Levels | None = Field(default=None, description="by default those of the category")
    valid_from: AwareDatetime | None = None
    valid_until: AwareDatetime | None = Field(default=None, description="the first moment after")
    note: Text = ""


class NewVehicle(VehicleFields):
    """A vehicle; the plate may be written with dots and spaces: `浙B·12345`."""

    plate: Plate


class VehicleChange(VehicleFields, Change):
    """What becomes different of a vehicle."""

    plate: Plate = ""


class Block(Body):
    """A plate that must not pass, whether the register knows it or not, and why."""

    plate: Plate
    reason: Reason


class Explained(Change):
    """What somebody does to what they saw at `version`, and why."""

    reason: Reason


class Waiver(Body):
    """Why a terminal (`door/lobby-3`) need not answer any more: it was taken away and wiped, say."""

    device: Annotated[str, Field(pattern="^[a-z0-9-]{1,64}/[a-z0-9-]{1,64}$")]
    reason: Reason


class Page(Body):
    """Which page. `after`: how many to leave out; `next` of the page before."""

    after: int = Field(default=0, ge=0, le=1_000_000)
    limit: int = Field(default=50, ge=1, le=MOST)

    def window(self) -> Window:
        """Return which part of what is found."""
        return Window(after=self.after, limit=self.limit)


Fragment = Annotated[str, Field(max_length=64, pattern=NO_NUL)]


class HouseholdPageWanted(Page):
    """Which households; `q`: a part of the room, `3-2-5` or `3栋2单元`."""

    q: Fragment = ""
    linked: bool | None = Field(default=None, description="with, or without, a visitor link")

    def wanted(self) -> HouseholdsWanted:
        """Ask for them."""
        return HouseholdsWanted(q=self.q, linked=self.linked)


class PersonPageWanted(Page):
    """Which people; `q`: a part of name, room, telephone or plate, or a whole card number."""

    q: Fragment = ""
    category: Category | None = None
    household: Key | None = None
    face: Face | None = None
    blocked: bool | None = None
    state: Literal["here", "left", "all"] = "here"

    def wanted(self) -> PeopleWanted:
        """Ask for them."""
        return PeopleWanted(**self.model_dump(exclude={"after", "limit"}))


class VehiclePageWanted(Page):
    """Which vehicles; `q`: a part of plate, room, or the owner's name or telephone."""

    q: Fragment = ""
    category: Category | None = None
    household: Key | None = None
    person: Key | None = None
    blocked: bool | None = None
    state: Literal["here", "removed", "all"] = "here"

    def wanted(self) -> VehiclesWanted:
        """Ask for them."""
        return VehiclesWanted(**self.model_dump(exclude={"after", "limit"}))


class WithdrawalPageWanted(Page):
    """Which withdrawals; `open`: those of which a terminal's answer is missing."""

    open: bool | None = None
    person: Key | None = None


def register_of(connection: HTTPConnection) -> Register:
    """Return the register behind the API."""
    register: Register = connection.app.state.services.room.register
    return register


def actor(connection: HTTPConnection, who: Principal) -> Actor:
    """Say who does something, from where."""
    return services_of(connection).room.actor(who, client_of(connection))


async def shown(connection: HTTPConnection, who: Principal, what: str, about: str, **details: Any) -> None:
    """Write that `who` is shown people's data; the entry is durable before they are."""
    room = services_of(connection).room
    by = room.actor(who, client_of(connection))
    caller = Caller(principal=who, address=by.address, post=by.post)
    await room.auditor.record(caller, what, about, **details)


def _column(name: str, value: Any) -> tuple[str, Any]:
    if isinstance(value, datetime):
        return f"{name}_ms", epoch_ms(value)
    if name in ("valid_from", "valid_until"):
        return f"{name}_ms", value
    return name, tuple(value) if isinstance(value, list) else value
