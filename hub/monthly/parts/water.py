"""Water that went through the meters, from history."""

import logging
from collections.abc import Mapping, Sequence
from typing import Final

from sqlalchemy import Connection

from contract.topics import Address
from hub.alarms.definition import Words as Titles
from hub.figures.water import BEFORE_MS, WATER_TOTAL, Series, used
from hub.history.store import Aggregate, Query, SeriesKey
from hub.monthly.figuring import Asked, Measured, Said, compared
from hub.monthly.view import MonthColumn, MonthFigure, MonthPart, MonthTable, Words
from hub.months import Stretch

logger = logging.getLogger(__name__)

STEP_MS: Final = 3_600_000
_LITRES: Final = 1000
FIGURES: Final = (
    Said(key="water", title={"zh-CN": "用水量", "en": "Water used"}, unit="m3", better="down"),
    Said(key="water-meters", title={"zh-CN": "有读数的水表", "en": "Meters with readings"}),
    Said(
        key="water-unknown", title={"zh-CN": "没有读数的水表", "en": "Meters without readings"}, better="down"
    ),
)
_FAILED: Final[Words] = {
    "zh-CN": "历史数据读取失败，用水量未知；稍后再生成。",
    "en": "History could not be read, so that the water is not known; make the report again later.",
}
_UNKNOWN: Final[Words] = {
    "zh-CN": "没有读数的水表不计入；已拆除的水表不在列。"
    "从月初前两天内的最后一次读数算起，没有则从月内第一次读数算起。",
    "en": "A meter without readings is left out, one that was taken away is not listed. Counted from the last"
    " reading within two days before the month, else from the first one in it.",
}
Used = Mapping[Address, float | None]
"""Litres of each meter; None: nothing was read."""


class WaterPart:
    """One tenant's water."""

    def __init__(self, tenant: str, history: Series) -> None:
        self._tenant = tenant
        self._history = history

    def read(self, _: Connection, asked: Asked, meters: Mapping[Address, Titles | None]) -> MonthPart:
        """Measure the month."""
        try:
            now = self._used(meters, asked.now)
            before = None if asked.before is None else _measure(self._used(meters, asked.before))
        except Exception:  # the store may be any database, away or full: the rest of the report stands
            logger.exception("history cannot be read for the monthly report")
            return _part(compared(FIGURES, {}, None), (), _FAILED)
        return _part(compared(FIGURES, _measure(now), before), [_zones(now, meters)], _UNKNOWN)

    def _used(self, meters: Mapping[Address, Titles | None], stretch: Stretch) -> Used:
        return {address: self._litres(address, stretch) for address in meters}

    def _litres(self, address: Address, stretch: Stretch) -> float | None:
        query = Query(
            series=SeriesKey(self._tenant, address, WATER_TOTAL),
            start_ms=stretch.start_ms - BEFORE_MS,
            end_ms=stretch.end_ms,
            aggregate=Aggregate.LAST,
            step_ms=STEP_MS,
        )
        points = [
            (at, float(value)) for at, value in self._history.read(query) if isinstance(value, int | float)
        ]
        before = [value for at, value in points if at < stretch.start_ms]
        since = [value for at, value in points if stretch.start_ms <= at < stretch.end_ms]
        return used(before[-1:] + since) if since else None


def _part(figures: Sequence[MonthFigure], tables: Sequence[MonthTable], unknown: Words) -> MonthPart:
    return MonthPart(
        key="water",
        title={"zh-CN": "用水", "en": "Water"},
        figures=figures,
        tables=tables,
        unknown=[unknown],
    )


def _measure(zones: Used) -> Measured:
    known = [litres for litres in zones.values() if litres is not None]
    return {
        "water": sum(known) / _LITRES if known else None,
        "water-meters": len(known),
        "water-unknown": len(zones) - len(known),
    }


def _zones(zones: Used, meters: Mapping[Address, Titles | None]) -> MonthTable:
    return MonthTable(
        key="water-by-meter",
        title={"zh-CN": "按水表", "en": "By meter"},
        columns=[
            MonthColumn(title={"zh-CN": "水表", "en": "Meter"}),
            MonthColumn(title={"zh-CN": "编号", "en": "Id"}),
            MonthColumn(title={"zh-CN": "用水量", "en": "Water used"}, unit="m3"),
        ],
        rows=[
            [
                meters[address] or address.device,
                f"{address.kind}/{address.device}",
                None if litres is None else litres / _LITRES,
            ]
            for address, litres in sorted(zones.items())
        ],
    )
