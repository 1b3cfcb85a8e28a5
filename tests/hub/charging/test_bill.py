"""A charge is split at the tariff's edges; nothing is lost or made up, whatever posts say."""

from datetime import datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.clock import epoch_ms
from hub.charging.settings import ChargingSettings, Period, Tariff
from hub.charging.tariff.bill import FREE, bill, cheapest_fen, fen_of, without_prices
from hub.charging.tariff.curve import LONGEST_MS, Point, Span, curve, energy_at, span
from hub.charging.tariff.hours import period_at

SHANGHAI = ZoneInfo("Asia/Shanghai")
NAMED = {"zh-CN": "段", "en": "Period"}
HOUR = 3_600_000


def at(text: str) -> int:
    return epoch_ms(datetime.fromisoformat(text).replace(tzinfo=SHANGHAI))


def period(begin: str, end: str, energy_fen: int, service_fen: int = 0) -> Period:
    return Period(from_=begin, to=end, title=NAMED, energy_fen=energy_fen, service_fen=service_fen)


THREE = Tariff(
    id="three",
    title=NAMED,
    period=(
        period("07:00", "10:00", 60, 30),
        period("10:00", "22:00", 110, 30),
        period("22:00", "07:00", 32, 30),
    ),
)
"""The last one is over midnight."""


def energies(tariff: Tariff, *points: tuple[str, int]) -> list[tuple[int, int, int]]:
    """Bill; give price, Wh and fen of each line."""
    made = bill(tariff, SHANGHAI, [Point(at(when), energy) for when, energy in points])
    assert made.amount_fen == sum(line.amount_fen for line in made.lines)
    return [(each.energy_fen + each.service_fen, each.energy_wh, each.amount_fen) for each in made.lines]


def test_energy_is_split_where_the_price_changes() -> None:
    assert energies(THREE, ("2026-11-24T21:00", 0), ("2026-11-24T23:00", 7000)) == [
        (140, 3500, 490),
        (62, 3500, 217),
    ]
    # A reading at a quarter past says more than a straight line would.
    assert energies(
        THREE, ("2026-11-24T21:00", 0), ("2026-11-24T22:00", 1000), ("2026-11-24T23:00", 7000)
    ) == [(140, 1000, 140), (62, 6000, 372)]
    # Over midnight and into the second day, one line for each time that a period comes.
    assert energies(THREE, ("2026-11-24T21:00", 0), ("2026-11-26T07:00", 34_000)) == [
        (140, 1000, 140),
        (62, 9000, 558),
        (90, 3000, 270),
        (140, 12000, 1680),
        (62, 9000, 558),
    ]


def test_a_charge_of_no_time_costs_what_its_moment_does() -> None:
    assert energies(THREE, ("2026-11-24T23:00", 0), ("2026-11-24T23:00", 1500)) == [(62, 1500, 93)]
    assert energies(THREE, ("2026-11-24T23:00", 0), ("2026-11-24T23:00", 0)) == []
    assert energies(FREE, ("2026-11-24T21:00", 0), ("2026-11-26T07:00", 34_000)) == [(0, 34_000, 0)]
    assert cheapest_fen(THREE) == 62
    assert cheapest_fen(without_prices(THREE)) == 0
    assert [fen_of(*each) for each in ((5, 100), (4, 100), (15, 100), (0, 100))] == [1, 0, 2, 0]


@pytest.mark.parametrize(
    ("moment", "place"), [("00:00", 2), ("06:59", 2), ("07:00", 0), ("10:00", 1), ("22:00", 2)]
)
def test_a_period_is_on_from_its_first_minute(moment: str, place: int) -> None:
    assert period_at(THREE.period, SHANGHAI, at(f"2026-11-24T{moment}")) == place


def test_clocks_that_err_are_put_right() -> None:
    begin, end = at("2026-11-24T21:00"), at("2026-11-24T23:00")
    now = end + HOUR
    assert span(begin, end, 7200, None, now) == Span(begin, end)
    assert span(end, begin, 600, None, now) == Span(begin - 600_000, begin), "the end is before the beginning"
    assert span(None, end, 3600, None, now) == Span(end - HOUR, end), "nobody saw the beginning"
    assert span(0, end, 3600, None, now) == Span(end - HOUR, end), "a clock that began in 1970"
    slow, fast = now - 1000, -HOUR
    assert span(0, 1000, 3600, begin, now) == Span(now - 1000, now, slow), "it ended before it was ordered"
    assert span(begin, now + HOUR, 7200, None, now) == Span(begin - HOUR, now, fast), "it ends in the future"
    assert span(None, end, 10**9, None, now) == Span(end - LONGEST_MS, end)
    readings = [Point(begin + 2, 500), Point(begin + 1, 700), Point(begin - 5, 9), Point(begin + 3, 2000)]
    assert curve(Span(begin, end), readings, 1500) == [
        Point(begin, 0),
        Point(begin + 1, 700),
        Point(begin + 2, 700),
        Point(begin + 3, 1500),
        Point(end, 1500),
    ]
    assert curve(Span(begin, end, HOUR), [Point(begin + 1 - HOUR, 700)], 1500)[1] == Point(begin + 1, 700)


MINUTES = st.integers(0, 24 * 60 - 1)


@st.composite
def tariffs(draw: st.DrawFn) -> Tariff:
    begins = sorted(draw(st.sets(MINUTES, min_size=1, max_size=6)))
    texts = [f"{each // 60:02}:{each % 60:02}" for each in begins]
    prices = st.integers(0, 500)
    periods = [
        period(text, after, draw(prices), draw(prices))
        for text, after in zip(texts, texts[1:] + texts[:1], strict=True)
    ]
    return Tariff(id="any", title=NAMED, period=tuple(draw(st.permutations(periods))))


MOMENTS = st.integers(at("2026-11-20T00:00"), at("2026-11-24T00:00"))
READINGS = st.lists(st.tuples(MOMENTS, st.integers(0, 200_000)).map(lambda each: Point(*each)), max_size=12)


@given(tariffs(), MOMENTS, MOMENTS, READINGS, st.integers(0, 100_000), st.integers(0, 3))
def test_nothing_is_lost_or_made_up(
    tariff: Tariff, one: int, other: int, readings: list[Point], energy: int, more: int
) -> None:
    over = Span(min(one, other), max(one, other))
    points = curve(over, readings, energy)
    assert all(a.at_ms <= b.at_ms and a.energy_wh <= b.energy_wh for a, b in pairwise(points))
    made = bill(tariff, SHANGHAI, points)
    assert sum(line.energy_wh for line in made.lines) == energy
    assert sum(line.amount_fen for line in made.lines) == made.amount_fen
    assert all(line.energy_wh > 0 and line.from_ms <= line.to_ms for line in made.lines)
    assert all(a.to_ms <= b.from_ms for a, b in pairwise(made.lines))
    prices = [each.price_fen for each in tariff.period]
    half = len(made.lines)  # each line is rounded by at most half a fen
    assert min(prices) * energy - 500 * half <= 1000 * made.amount_fen <= max(prices) * energy + 500 * half
    middle = (over.begin_ms + over.end_ms) // 2
    assert 0 <= energy_at(points, over.begin_ms) <= energy_at(points, middle) <= energy
    # What is not taken costs nothing: the same charge with less at its end is never dearer, line by line.
    less = bill(tariff, SHANGHAI, curve(over, readings, max(0, energy - more)))
    assert less.amount_fen <= made.amount_fen + len(made.lines)


@given(tariffs(), MOMENTS, st.integers(1, 10**7), st.lists(st.integers(0, 5000), min_size=2, max_size=8))
def test_while_it_lasts_the_bill_only_grows(
    tariff: Tariff, begin: int, step_ms: int, steps: list[int]
) -> None:
    """What was read is billed as it was read: the bill so far is never taken back but by rounding."""
    points, before, taken = [Point(begin, 0)], 0, 0
    for number, step in enumerate(steps, 1):
        taken += step
        points.append(Point(begin + number * step_ms, taken))
        made = bill(tariff, SHANGHAI, points)
        assert made.amount_fen >= before
        before = made.amount_fen


@pytest.mark.parametrize(
    "periods",
    [
        (),
        (period("00:00", "12:00", 1), period("13:00", "24:00", 1)),
        (period("00:00", "12:00", 1), period("11:00", "24:00", 1)),
        (period("00:00", "12:00", 1), period("00:00", "24:00", 1)),
        (period("06:00", "05:00", 1),),
    ],
)
def test_periods_that_leave_a_gap_or_overlap_are_refused(periods: tuple[Period, ...]) -> None:
    with pytest.raises(ValueError, match=r"period"):
        Tariff(id="bad", title=NAMED, period=periods)


def test_each_connector_has_the_tariff_that_is_closest_to_it() -> None:
    def tariff(ident: str, **fields: object) -> dict[str, object]:
        return {"id": ident, "title": NAMED, "period": [{"title": NAMED, "energy_fen": 50}], **fields}

    def settings(*tables: dict[str, object]) -> ChargingSettings:
        return msgspec.convert({"tariff": list(tables)}, ChargingSettings)

    known = settings(
        tariff("rest"), tariff("bikes", vehicles=["e-bike"]), tariff("one", devices=["charger/garage-1"])
    )
    chosen = [
        known.tariff_of(*each)
        for each in (("charger/garage-1", "car"), ("charger/garage-2", "car"), ("charger/shed-1", "e-bike"))
    ]
    assert [each.id for each in chosen if each] == ["one", "rest", "bikes"]
    assert settings(tariff("bikes", vehicles=["e-bike"])).tariff_of("charger/garage-1", "car") is None
    for wrong in (
        [tariff("same"), tariff("same", vehicles=["car"])],
        [tariff("a"), tariff("b")],
        [tariff("a", vehicles=["car"]), tariff("b", vehicles=["car", "e-bike"])],
        [tariff("a", devices=["charger/x"]), tariff("b", devices=["charger/x"])],
    ):
        with pytest.raises(msgspec.ValidationError, match="more than once"):
            settings(*wrong)
