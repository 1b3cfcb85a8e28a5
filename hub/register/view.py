"""The register as the API shows it. Times are RFC 3339; `version`: quote it with whatever you change."""

from collections.abc import Sequence

from msgspec import Struct

from contract.lists import Category, Day, Face
from hub.alarms.definition import Words
from hub.register.consent_view import ConsentView, WithdrawalView


class PeriodView(Struct, frozen=True, kw_only=True, rename={"start": "from", "end": "to"}):
    """Some hours of some days, `from` 22:00 `to` 06:00 into the next day."""

    days: Sequence[Day]
    start: str
    end: str


class LevelView(Struct, frozen=True, kw_only=True):
    """An access level. `places`: `gate/east-in`, `door/*`, `*`; no periods: always. `used`: by how many."""

    key: str
    title: Words
    places: Sequence[str]
    periods: Sequence[PeriodView]
    holidays: Sequence[str]
    used: int
    version: int


class HouseholdView(Struct, frozen=True, kw_only=True):
    """A household. `room` as people say it: `3-2-501`. `link`: since when it has a visitor link."""

    id: str
    building: str
    unit: str
    number: str
    room: str
    note: str
    people: int
    vehicles: int
    link: str | None
    changed: str
    version: int


class PersonView(Struct, frozen=True, kw_only=True):
    """A person. `key` is what lists, events and logs call them; `household`: its id; `room`: its name.

    `valid_until` is the first moment after. `left`: when they left. `child`: under 14, so that a guardian
    consents for them.
    """

    key: str
    name: str
    category: Category
    household: str | None
    room: str | None
    phone: str
    cards: Sequence[str]
    levels: Sequence[str]
    valid_from: str | None
    valid_until: str | None
    blocked: bool
    face: Face
    face_since: str | None
    birth_year: int | None
    child: bool
    guardian: str
    note: str
    left: str | None
    changed: str
    version: int


class VehicleView(Struct, frozen=True, kw_only=True):
    """A plate. `owner`: the name of `person`. `removed`: when it was taken off the register."""

    key: str
    plate: str
    category: Category
    person: str | None
    owner: str | None
    household: str | None
    room: str | None
    levels: Sequence[str]
    valid_from: str | None
    valid_until: str | None
    blocked: bool
    blocked_reason: str
    blocked_by: str | None
    blocked_at: str | None
    note: str
    removed: str | None
    changed: str
    version: int


class PersonDetail(Struct, frozen=True, kw_only=True):
    """A person with what belongs to them: consents, newest first, vehicles, withdrawals.

    `listed`: whether gates and doors still have an entry of them.
    """

    person: PersonView
    consents: Sequence[ConsentView]
    vehicles: Sequence[VehicleView]
    withdrawals: Sequence[WithdrawalView]
    listed: bool


class HouseholdDetail(Struct, frozen=True, kw_only=True):
    """A household with who lives there and their vehicles."""

    household: HouseholdView
    people: Sequence[PersonView]
    vehicles: Sequence[VehicleView]


class LevelList(Struct, frozen=True):
    """Access levels."""

    levels: Sequence[LevelView]


class HouseholdPage(Struct, frozen=True, kw_only=True):
    """Households by building, unit and number. `total` of all pages; `next`: give it as `after`."""

    households: Sequence[HouseholdView]
    total: int
    next: int | None


class PersonPage(Struct, frozen=True, kw_only=True):
    """People by room and name. `total` of all pages; `next`: give it as `after`."""

    people: Sequence[PersonView]
    total: int
    next: int | None


class VehiclePage(Struct, frozen=True, kw_only=True):
    """Vehicles by plate. `total` of all pages; `next`: give it as `after`."""

    vehicles: Sequence[VehicleView]
    total: int
    next: int | None
