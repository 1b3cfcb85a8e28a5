"""Passes as the API shows them. Times are RFC 3339; no name is among them: keys are the register's."""

from collections.abc import Mapping, Sequence

from msgspec import Struct, field

from contract.passes import Direction, Means, PlateColour
from hub.passes.record import Outcome
from hub.passes.settings import Group


class PassView(Struct, frozen=True, kw_only=True):
    """One pass, or one attempt that was refused; `seq` is its event's place in the ledger.

    `at`: when, by the device's clock; `received`: when the hub heard of it, hours later after an outage.
    `area`: where the device stands now. `person`, `vehicle`: keys of the register, null: not recognised.
    `category`: whose, null where nobody said. `plate`: as read, null: none. `reason`: why refused, a word of
    the device's data sheet. `pictures`: SHA-256 of each, for `GET /media`; they are kept for a shorter time.
    `confirmed`: something saw it go through; null: nothing there could. `replay`: told after an outage.
    `passback`: in again without having gone out, or the other way round. `dwell_s`: from first reading until
    through.
    """

    seq: int
    at: str
    received: str
    site: str
    kind: str
    device: str
    area: str | None
    outcome: Outcome
    reason: str | None
    direction: Direction
    means: Means
    category: str | None
    person: str | None
    vehicle: str | None
    plate: str | None
    colour: PlateColour
    pictures: Sequence[str]
    confirmed: bool | None
    replay: bool
    passback: bool
    tailgating: bool
    dwell_s: float


class PassPage(Struct, frozen=True, kw_only=True):
    """Passes, the newest first. `next`: what to give as `before` for those that follow; null: none do."""

    passes: Sequence[PassView]
    next: str | None


class InsideView(Struct, frozen=True, kw_only=True):
    """A vehicle that is inside since it went in at `kind`/`device`; `inside` false: since then not any more.

    `group`: how it is counted. `plate`, `vehicle`, `person`: what is known of it. `hours`: how long so far.
    `long_stay`: longer than its group may. `version`: to quote when somebody says that it has left.
    """

    id: int
    version: int
    inside: bool
    plate: str | None
    vehicle: str | None
    person: str | None
    group: Group
    since: str
    hours: float
    long_stay: bool
    kind: str
    device: str


class InsideList(Struct, frozen=True, kw_only=True):
    """Vehicles inside that were asked for, the longest first; `total` counts also those that did not fit."""

    vehicles: Sequence[InsideView]
    total: int


class PassCounts(Struct, frozen=True, kw_only=True):
    """What a wall shows. `inside`, `long_stay`: vehicles by group; `inside_total`: all of them.

    Since midnight, at gates: `in_today`, `out_today`, `refused_today`. `last`: of when the newest record is,
    wherever that was; null: there is none.
    """

    inside: Mapping[Group, int]
    inside_total: int
    long_stay: Mapping[Group, int]
    in_today: int
    out_today: int
    refused_today: int
    last: str | None


class Tally(Struct, frozen=True, kw_only=True):
    """Passes by direction, and attempts that were refused."""

    in_: int = field(default=0, name="in")
    out: int = 0
    unknown: int = 0
    refused: int = 0


class HourTally(Tally, frozen=True, kw_only=True):
    """Of the hour that begins at `start`."""

    start: str


class PlaceTally(Tally, frozen=True, kw_only=True):
    """Of one gate or door."""

    kind: str
    device: str


class PassFigures(Struct, frozen=True, kw_only=True):
    """Figures of one day, `2026-11-24`, of the site's zone, and what is inside now.

    `hours`: of gates, those hours alone in which there was something, oldest first; `places`: gates and
    doors, by kind and id.
    """

    day: str
    now: PassCounts
    hours: Sequence[HourTally]
    places: Sequence[PlaceTally]
