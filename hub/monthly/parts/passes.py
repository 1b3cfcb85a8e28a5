"""Who passed the gates and doors: by day, and at which hours. No plate and nobody's name is read."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from sqlalchemy import Connection, Row, select

from contract.clock import from_epoch_ms
from contract.passes import DOOR_KIND, GATE_KIND, Direction
from hub.monthly.figuring import Asked, Measured, Said, by_day, compared, days_summed
from hub.monthly.view import MonthBars, MonthPart, MonthSeries, Words
from hub.months import Stretch
from hub.passes.record import Outcome
from hub.passes.schema import tallies

FIGURES: Final = (
    Said(key="vehicles-in", title={"zh-CN": "车辆进", "en": "Vehicles in"}),
    Said(key="vehicles-out", title={"zh-CN": "车辆出", "en": "Vehicles out"}),
    Said(key="vehicles-refused", title={"zh-CN": "车辆未放行", "en": "Vehicles refused"}),
    Said(
        key="vehicles-peak",
        title={"zh-CN": "车流最多的时段", "en": "Busiest hour at the gates"},
        unit="clock",
    ),
    Said(key="doors-passed", title={"zh-CN": "门禁通行", "en": "Passes at doors"}),
    Said(key="doors-refused", title={"zh-CN": "门禁未放行", "en": "Refused at doors"}),
    Said(
        key="doors-peak", title={"zh-CN": "人流最多的时段", "en": "Busiest hour at the doors"}, unit="clock"
    ),
    Said(
        key="passes-seen",
        title={"zh-CN": "只知来过的车辆", "en": "Vehicles only seen"},
        better="down",
        note={
            "zh-CN": "中断期间读到的车牌，不知是否进出",
            "en": "read during an outage: whether they passed is not known",
        },
    ),
)
_IN: Final = {"zh-CN": "进", "en": "in"}
_OUT: Final = {"zh-CN": "出", "en": "out"}
HOURS: Final = 24

Tally = Row[tuple[int, str, str, str, int]]
"""Hour, kind, outcome, direction, how many."""


class PassesPart:
    """One tenant's passes, from what is counted by the hour."""

    def __init__(self, tenant: str) -> None:
        self._tenant = tenant

    def read(self, connection: Connection, asked: Asked) -> MonthPart:
        """Measure the month."""
        now = self._tallies(connection, asked.now)
        before = None if asked.before is None else self._tallies(connection, asked.before)
        return MonthPart(
            key="passes",
            title={"zh-CN": "通行", "en": "Passes"},
            figures=compared(
                FIGURES, _measure(now, asked), None if before is None else _measure(before, asked)
            ),
            bars=[_days(now, asked), _hours(now, asked)],
            unknown=[
                {
                    "zh-CN": "设备断网期间的通行，补传后计入；补不上的不在其中。",
                    "en": "What passed while a link was down counts once it came; what never did is not.",
                }
            ],
        )

    def _tallies(self, connection: Connection, stretch: Stretch) -> Sequence[Tally]:
        names = ("hour_ms", "kind", "outcome", "direction", "number")
        during = (tallies.c.hour_ms >= stretch.start_ms, tallies.c.hour_ms < stretch.end_ms)
        query = select(*(tallies.c[name] for name in names)).where(tallies.c.tenant == self._tenant, *during)
        return connection.execute(query).all()


def _measure(rows: Sequence[Tally], asked: Asked) -> Measured:
    gates = [each for each in _of(rows, GATE_KIND) if each.outcome != Outcome.SEEN.value]
    doors = _of(rows, DOOR_KIND)
    return {
        "vehicles-in": _sum(_passed(gates), Direction.IN),
        "vehicles-out": _sum(_passed(gates), Direction.OUT),
        "vehicles-refused": _refused(gates),
        "vehicles-peak": _busiest(_passed(gates), asked),
        "doors-passed": _sum(_passed(doors)),
        "doors-refused": _refused(doors),
        "doors-peak": _busiest(_passed(doors), asked),
        "passes-seen": sum(each.number for each in rows if each.outcome == Outcome.SEEN.value),
    }


def _of(rows: Iterable[Tally], kind: str) -> list[Tally]:
    return [each for each in rows if each.kind == kind]


def _passed(rows: Iterable[Tally]) -> list[Tally]:
    return [each for each in rows if each.outcome == Outcome.PASSED.value]


def _sum(rows: Iterable[Tally], direction: Direction | None = None) -> int:
    return sum(each.number for each in rows if direction is None or each.direction == direction.value)


def _refused(rows: Iterable[Tally]) -> int:
    return sum(each.number for each in rows if each.outcome == Outcome.REFUSED.value)


def _hour(each: Tally, asked: Asked) -> int:
    return from_epoch_ms(each.hour_ms).astimezone(asked.month.zone).hour


def _busiest(rows: Iterable[Tally], asked: Asked) -> int | None:
    """Return the hour of the day in which most passed; None if nobody did."""
    hours: Counter[int] = Counter()
    for each in rows:
        hours[_hour(each, asked)] += each.number
    return min(hours, key=lambda hour: (-hours[hour], hour)) if hours else None


def _days(rows: Sequence[Tally], asked: Asked) -> MonthBars:
    gates = _passed(_of(rows, GATE_KIND))

    def of(direction: Direction) -> Mapping[int, float]:
        there = (each for each in gates if each.direction == direction.value)
        return days_summed(asked, ((each.hour_ms, each.number) for each in there))

    title: Words = {"zh-CN": "每日进出车辆", "en": "Vehicles by day"}
    return by_day(asked, "vehicles-by-day", title, "1", [(_IN, of(Direction.IN)), (_OUT, of(Direction.OUT))])


def _hours(rows: Sequence[Tally], asked: Asked) -> MonthBars:
    """Draw how many passed at each hour of the day, all days of the month together."""
    sums: defaultdict[tuple[str, int], int] = defaultdict(int)
    for each in _passed(rows):
        sums[each.kind, _hour(each, asked)] += each.number
    return MonthBars(
        key="passes-by-hour",
        title={"zh-CN": "一天各时段的通行（全月合计）", "en": "Passes by hour of the day (whole month)"},
        unit="1",
        labels=[str(hour) for hour in range(HOURS)],
        series=[
            MonthSeries(title=title, values=[sums[kind, hour] for hour in range(HOURS)])
            for kind, title in (
                (GATE_KIND, {"zh-CN": "车道闸", "en": "gates"}),
                (DOOR_KIND, {"zh-CN": "门禁", "en": "doors"}),
            )
        ],
    )
