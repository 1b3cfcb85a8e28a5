"""What residents are shown of a month: totals that tell of nobody. Pure.

Only the figures named here are shown, none of which is a part of another, so that no small number can be had
by taking one from another. A count below FEW is not told, nor is what was measured of so few.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple

from hub.monthly.view import MonthFigure, MonthlyReport, Words
from hub.monthly.wording import Language, amount

FEW: Final = 5
TOO_FEW: Final[Words] = {"zh-CN": "少于5", "en": "fewer than 5"}


class Shown(NamedTuple):
    """A figure of the page; `of`: the count that it was measured of, which must not be small."""

    key: str
    title: Words
    of: str | None = None


class Group(NamedTuple):
    """Figures that stand together."""

    title: Words
    figures: tuple[Shown, ...]


class Total(NamedTuple):
    """A figure as it is written; `before`: of the month before, None where that is not known."""

    title: Words
    value: str
    before: str | None


GROUPS: Final = (
    Group(
        {"zh-CN": "安全", "en": "Safety"},
        (
            Shown("falling", {"zh-CN": "高空抛物（次）", "en": "Falling objects"}),
            Shown("alarms-total", {"zh-CN": "报警（次）", "en": "Alarms"}),
            Shown(
                "alarms-acknowledge-median",
                {"zh-CN": "报警确认用时（中位数）", "en": "Time until a guard acknowledged, median"},
                "alarms-total",
            ),
        ),
    ),
    Group(
        {"zh-CN": "物业服务", "en": "Service"},
        (
            Shown("orders", {"zh-CN": "工单（件）", "en": "Work orders"}),
            Shown("orders-resolution", {"zh-CN": "按时办结率", "en": "Done in time"}, "orders"),
            Shown("availability", {"zh-CN": "设备在线率", "en": "Devices available"}),
        ),
    ),
    Group(
        {"zh-CN": "通行", "en": "Coming and going"},
        (
            Shown("vehicles-in", {"zh-CN": "车辆进（辆次）", "en": "Vehicles in"}),
            Shown("vehicles-out", {"zh-CN": "车辆出（辆次）", "en": "Vehicles out"}),
            Shown(
                "vehicles-peak", {"zh-CN": "车流最多的时段", "en": "Busiest hour at the gates"}, "vehicles-in"
            ),
            Shown("doors-passed", {"zh-CN": "门禁通行（人次）", "en": "Passes at doors"}),
        ),
    ),
    Group(
        {"zh-CN": "充电与用水", "en": "Charging and water"},
        (
            Shown("charging-sessions", {"zh-CN": "充电（次）", "en": "Charges"}),
            Shown("charging-energy", {"zh-CN": "充电电量", "en": "Energy charged"}, "charging-sessions"),
            Shown(
                "charging-income", {"zh-CN": "充电收入", "en": "Income from charging"}, "charging-sessions"
            ),
            Shown("water", {"zh-CN": "公共用水", "en": "Water of the grounds"}),
        ),
    ),
)


def totals(report: MonthlyReport, language: Language) -> list[tuple[Words, list[Total]]]:
    """Return what may be shown of a month."""
    found = {each.key: each for part in report.parts for each in part.figures}
    return [(group.title, [_total(each, found, language) for each in group.figures]) for group in GROUPS]


def _total(shown: Shown, found: Mapping[str, MonthFigure], language: Language) -> Total:
    figure = found[shown.key]
    counted = found[shown.of] if shown.of else figure if figure.unit == "1" else None
    now, before = (None, None) if counted is None else (counted.value, counted.before)
    then = None if figure.before is None else _written(figure.before, figure.unit, before, language)
    return Total(shown.title, _written(figure.value, figure.unit, now, language), then)


def _written(value: float | None, unit: str, count: float | None, language: Language) -> str:
    """Write a figure; a count of few, or what was measured of few, as just that."""
    if value is not None and count is not None and count < FEW:
        return TOO_FEW[language]
    if value is not None and count is not None and unit == "%":
        return f"{value:.0f}%"  # to a tenth, it could tell of a single one
    return amount(value, unit, language)
