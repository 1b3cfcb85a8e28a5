"""What a charge comes to: its energy split at the edges of the tariff, each line in whole fen. Pure."""

from collections.abc import Iterator, Sequence
from datetime import tzinfo
from itertools import groupby, pairwise
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from hub.alarms.definition import Words
from hub.charging.settings import Period, Tariff
from hub.charging.tariff.curve import Point, energy_at
from hub.charging.tariff.hours import edges, period_at

KWH: Final = 1000

FREE: Final = Tariff(
    id="free",
    title={"zh-CN": "免费", "en": "Free of charge"},
    period=(Period(title={"zh-CN": "全天", "en": "All day"}),),
)
"""What is charged for where the site file says nothing."""


class Line(Struct, frozen=True, kw_only=True):
    """What was taken in one period: from when to when, in ms since 1970; prices in fen per kWh."""

    from_ms: int
    to_ms: int
    title: Words
    energy_wh: int
    energy_fen: int
    service_fen: int
    amount_fen: int


class Bill(Struct, frozen=True):
    """Lines in the order of time, and their sum."""

    lines: tuple[Line, ...] = ()
    amount_fen: int = 0


def bill(tariff: Tariff, zone: tzinfo, points: Sequence[Point]) -> Bill:
    """Bill a charge. The lines' energy is that of the last point; lines without any are left out."""
    lines = tuple(line for line in _lines(tariff, zone, points) if line.energy_wh)
    return Bill(lines, sum(line.amount_fen for line in lines))


def fen_of(energy_wh: int, price_fen: int) -> int:
    """Return what energy costs at a price per kWh, rounded half up."""
    return (2 * energy_wh * price_fen + KWH) // (2 * KWH)


def without_prices(tariff: Tariff) -> Tariff:
    """Return the tariff with nothing to pay."""
    return replace(tariff, period=tuple(replace(each, energy_fen=0, service_fen=0) for each in tariff.period))


def cheapest_fen(tariff: Tariff) -> int:
    """Return the lowest price of a kWh."""
    return min(each.price_fen for each in tariff.period)


def _lines(tariff: Tariff, zone: tzinfo, points: Sequence[Point]) -> Iterator[Line]:
    begin_ms, end_ms = points[0].at_ms, points[-1].at_ms
    if begin_ms == end_ms:  # no time has passed: all of it is the last period's
        yield _line(tariff.period[period_at(tariff.period, zone, end_ms)], points[0], points[-1])
        return
    cuts = [points[0]]
    cuts += [Point(at, energy_at(points, at)) for at in edges(tariff.period, zone, begin_ms, end_ms)]
    cuts.append(points[-1])
    stretches = [(period_at(tariff.period, zone, a.at_ms), a, b) for a, b in pairwise(cuts)]
    for place, same in groupby(stretches, key=lambda each: each[0]):
        together = list(same)
        yield _line(tariff.period[place], together[0][1], together[-1][2])


def _line(period: Period, begin: Point, end: Point) -> Line:
    energy_wh = end.energy_wh - begin.energy_wh
    return Line(
        from_ms=begin.at_ms,
        to_ms=end.at_ms,
        title=period.title,
        energy_wh=energy_wh,
        energy_fen=period.energy_fen,
        service_fen=period.service_fen,
        amount_fen=fen_of(energy_wh, period.price_fen),
    )
