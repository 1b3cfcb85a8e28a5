"""Figures of the wall as the API shows them. Times are RFC 3339, days (`2026-11-24`) of the site's zone."""

from collections.abc import Sequence

from msgspec import Struct, field


class Figure(Struct, frozen=True, kw_only=True):
    """Counted at `as_of`, of the day that it was at the site."""

    as_of: str
    day: str


class HourOfDay(Struct, frozen=True, kw_only=True):
    """What passed the gates in one hour of the day, 0 to 23: on the day, and on the one it is compared with.

    `in` and `out` are null for an hour that has not begun.
    """

    hour: int
    in_: int | None = field(name="in")
    out: int | None
    in_before: int
    out_before: int


class PassesByHour(Figure, frozen=True, kw_only=True):
    """Passes of today by hour, against `before`: the same day of the week, a week ago."""

    before: str
    hours: Sequence[HourOfDay]


class EnergyOfDay(Figure, frozen=True, kw_only=True):
    """Energy in Wh: of the charges that ended today, all of each, and of those under way so far."""

    ended_wh: int
    under_way_wh: int


class ZoneWater(Struct, frozen=True, kw_only=True):
    """What one zone has used today, in litres; null: no reading of its meter is known."""

    site: str
    kind: str
    device: str
    litres: float | None


class WaterOfDay(Figure, frozen=True, kw_only=True):
    """Water used today, in litres: in all, and by zone; `unknown`: zones that could not be counted."""

    litres: float
    unknown: int
    zones: Sequence[ZoneWater]


class WallFigures(Struct, frozen=True, kw_only=True):
    """Figures of the day. One that the caller may not see is null; so is one in `failed`: try again later."""

    passes: PassesByHour | None = None
    energy: EnergyOfDay | None = None
    water: WaterOfDay | None = None
    failed: Sequence[str] = ()
