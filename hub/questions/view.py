"""Answers to questions about the past, as the API shows them.

`from` and `to` are RFC 3339; `ms` and other times of many figures are ms since 1970; days (`2026-11-24`) and
months (`2026-11`) are civil ones of the site's zone.
"""

from collections.abc import Sequence

from msgspec import Struct, field

from contract.messages import Scalar
from hub.alarms.definition import Priority, Words
from hub.questions.gaps import Why


class GapView(Struct, frozen=True, kw_only=True):
    """From `start` until before `end` (ms) the device was not heard, or nobody knows: the hub was away."""

    start: int
    end: int
    why: Why


class AlarmMark(Struct, frozen=True, kw_only=True):
    """An alarm of the device in the stretch; `returned` null: it is so still. Times in ms."""

    id: str
    key: str
    title: Words
    priority: Priority
    raised: int
    returned: int | None


class TrendDevice(Struct, frozen=True, kw_only=True):
    """A device of a trend. `heard_since` (ms): since when gaps are known, null: nothing is; `title`: its own.

    `marks` null: the caller may not see alarms. `more_marks`: there were more than are shown.
    """

    device: str
    title: Words
    heard_since: int | None
    gaps: Sequence[GapView]
    marks: Sequence[AlarmMark] | None
    more_marks: bool


class TrendSeries(Struct, frozen=True, kw_only=True):
    """One property, in columns: at `ms[i]` a step begins, in which `count[i]` values came.

    Numbers have `mean`, `min`, `max` and `last`, and `weighted`: the mean by how long each value held; empty
    if the store cannot tell. A state has `last` alone, and holds until the next; with `exact` every change is
    there, otherwise the last of each step. `before`: what it was when the stretch began.
    """

    device: str
    property: str
    title: Words
    unit: str | None
    type: str
    exact: bool
    before: Scalar
    ms: Sequence[int]
    last: Sequence[Scalar]
    mean: Sequence[float | None] = ()
    min: Sequence[float | None] = ()
    max: Sequence[float | None] = ()
    count: Sequence[int] = ()
    weighted: Sequence[float | None] = ()


class TrendView(Struct, frozen=True, kw_only=True):
    """Properties over a stretch, in steps of `step_s` seconds that begin at whole multiples in UTC.

    `sheets`: as which files the same may be taken away: `/trend.csv` …
    """

    start: str = field(name="from")
    end: str = field(name="to")
    step_s: float
    zone: str
    series: Sequence[TrendSeries]
    devices: Sequence[TrendDevice]
    sheets: Sequence[str]


class HeldView(Struct, frozen=True, kw_only=True):
    """For how many seconds it was `value`, and how often it came to be so; `known` false: nobody knows."""

    value: Scalar
    known: bool
    seconds: float
    times: int


class HeldOfDay(Struct, frozen=True, kw_only=True):
    """The same of one day."""

    day: str
    held: Sequence[HeldView]


class DurationsView(Struct, frozen=True, kw_only=True):
    """How long a property was what, the longest first: in all, and by day."""

    start: str = field(name="from")
    end: str = field(name="to")
    device: str
    property: str
    title: Words
    held: Sequence[HeldView]
    days: Sequence[HeldOfDay]


class AvailabilityOfMonth(Struct, frozen=True, kw_only=True):
    """In how much of the known time of a month it was heard; `percent` null: nothing is known.

    `unheard_s`: it was not heard. `unknown_s`: from before that was kept, or the hub was away; so much is in
    neither part.
    """

    month: str
    percent: float | None
    unheard_s: float
    unknown_s: float


class DeviceAvailability(Struct, frozen=True, kw_only=True):
    """Of one device, oldest month first."""

    device: str
    title: Words
    months: Sequence[AvailabilityOfMonth]


class AvailabilityMonths(Struct, frozen=True, kw_only=True):
    """Of every device that there is; it is kept since the hub does so, nothing is reckoned for before."""

    devices: Sequence[DeviceAvailability]


class DayOfZone(Struct, frozen=True, kw_only=True):
    """One day of a zone. `litres`: used, null: not read. `rained_s`: so long it rained, null: unknown."""

    day: str
    litres: float | None
    rained_s: float | None


class ZoneDays(Struct, frozen=True, kw_only=True):
    """One zone, oldest day first."""

    device: str
    title: Words
    days: Sequence[DayOfZone]


class WaterView(Struct, frozen=True, kw_only=True):
    """Water by zone and day, and rain."""

    zones: Sequence[ZoneDays]


class PassHour(Struct, frozen=True, kw_only=True):
    """Of one hour of the clock, 0 to 23: on the day, and a week before."""

    hour: int
    in_: int = field(name="in")
    out: int
    in_before: int
    out_before: int


class PassDay(Struct, frozen=True, kw_only=True):
    """Of one day: in and out at gates, and the same a week before."""

    day: str
    in_: int = field(name="in")
    out: int
    in_before: int
    out_before: int


class PassesView(Struct, frozen=True, kw_only=True):
    """Passes at gates: of `day` by hour, and of the 7 days that end with it, each against a week before."""

    day: str
    before: str
    hours: Sequence[PassHour]
    days: Sequence[PassDay]


class DoorHours(Struct, frozen=True, kw_only=True):
    """How often a door was used in each hour of the clock, 24 figures, over all days together."""

    device: str
    hours: Sequence[int]


class DoorsView(Struct, frozen=True, kw_only=True):
    """Doors by hour over so many whole days, of which the last is `to`."""

    start: str = field(name="from")
    end: str = field(name="to")
    doors: Sequence[DoorHours]


class ChargingMonth(Struct, frozen=True, kw_only=True):
    """Charges that ended in a month: how many, Wh, fen."""

    month: str
    orders: int
    energy_wh: int
    income_fen: int


class ChargingMonths(Struct, frozen=True, kw_only=True):
    """Oldest first; months without any are there, with nothing."""

    months: Sequence[ChargingMonth]


class FallCell(Struct, frozen=True, kw_only=True):
    """A cell of a camera's picture, from the upper left corner: so many objects fell there."""

    column: int
    row: int
    count: int


class FallsOfCamera(Struct, frozen=True, kw_only=True):
    """Of one camera; `nowhere`: of how many it was not said where."""

    device: str
    title: Words
    cells: Sequence[FallCell]
    nowhere: int


class FallsView(Struct, frozen=True, kw_only=True):
    """Falling objects by cell of the façade as cameras see it. `more`: there were more than are counted."""

    start: str = field(name="from")
    end: str = field(name="to")
    columns: int
    rows: int
    cameras: Sequence[FallsOfCamera]
    more: bool
