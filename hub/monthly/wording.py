"""Words of a report's pages, and numbers as people read them. Pure."""

from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import Final

from hub.evidence.case_words import Language
from hub.monthly.view import Cell, MonthFigure, MonthlyReport

__all__ = ["Language"]

UNKNOWN: Final = "—"
_ZH: Final = {
    "report": "小区月度报告",
    "month": "{year} 年 {month} 月",
    "span": "统计时间",
    "against": "对比",
    "made": "生成于",
    "so_far": "本月尚未结束：以下是截至 {time} 的数字，与上月同样长的时间对比。",
    "begun": "记录始于 {time}，此前的情况不知道。",
    "nothing_before": "上月没有任何记录，无法对比。",
    "figure": "指标",
    "value": "本月",
    "before": "上月",
    "change": "增减",
    "unknown": "需要说明",
    "nothing": "本月没有。",
    "key": "“—” 表示不知道，不是零。",
    "page": "第 {page} 页",
    "missing": "本文件的字体缺少 {count} 个字，以“〓”代替；网页版可见。",
    "summary": "概要",
    "legend": "图例",
}
_EN: Final = {
    "report": "Monthly report of the community",
    "month": "{name} {year}",
    "span": "Time counted",
    "against": "Compared with",
    "made": "Made",
    "so_far": "This month is not over: its figures until {time}, against just as much of the month before.",
    "begun": "Records begin at {time}; what was before is not known.",
    "nothing_before": "Nothing was recorded in the month before, so there is nothing to compare with.",
    "figure": "Figure",
    "value": "This month",
    "before": "Month before",
    "change": "Change",
    "unknown": "To be said",
    "nothing": "None this month.",
    "key": "“—” means not known, which is not nought.",
    "page": "Page {page}",
    "missing": "The letters of this file lack {count} characters, shown as “〓”; the web page has them.",
    "summary": "In short",
    "legend": "Legend",
}
_WORDS: Final[Mapping[Language, Mapping[str, str]]] = {"zh-CN": _ZH, "en": _EN}
_MONTHS: Final = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_UNITS: Final[Mapping[str, Mapping[str, str]]] = {
    "h": {"zh-CN": "小时", "en": "h"},
    "m3": {"zh-CN": "吨", "en": "m³"},
    "kWh": {"zh-CN": "kWh", "en": "kWh"},
}
"""A tonne of water is a cubic metre: on a Chinese bill it stands as 吨."""
_DIGITS: Final = {"h": 1, "%": 1, "kWh": 1, "m3": 1, "CNY": 2}
_MINUTE_S: Final = 60
SUMMARY: Final = (
    "availability",
    "alarms-total",
    "orders-resolution",
    "charging-energy",
    "charging-income",
    "vehicles-in",
    "water",
    "falling",
)
"""Figures that stand before all others."""


def word(key: str, language: Language, **fields: object) -> str:
    """Return a text of the pages."""
    return _WORDS[language][key].format(**fields)


def text_of(words: Mapping[str, str], language: Language) -> str:
    """Return a text in the language, in any other if there is none."""
    return words.get(language) or next(iter(words.values()), "")


def month_title(month: str, language: Language) -> str:
    """Name a month."""
    year, number = int(month[:4]), int(month[5:])
    return word("month", language, year=year, month=number, name=_MONTHS[number - 1])


def moment(text: str, zone: tzinfo) -> str:
    """Write an RFC 3339 time in the site's zone, to the minute."""
    return datetime.fromisoformat(text).astimezone(zone).strftime("%Y-%m-%d %H:%M")


def amount(value: float | None, unit: str | None, language: Language) -> str:
    """Write a number with its unit; what is not known is a dash."""
    if value is None:
        return UNKNOWN
    if unit == "clock":
        return f"{value:02.0f}:00–{(value + 1) % 24:02.0f}:00"
    if unit == "s":
        return _seconds(value, language)
    number = _number(value, unit)
    if unit == "CNY":
        return f"¥{number}"
    if unit == "%":
        return f"{number}%"
    named = _UNITS.get(unit or "", {}).get(language, "")
    return f"{number} {named}" if named else number


def change(figure: MonthFigure, language: Language) -> str:
    """Write by how much a figure differs from that of the month before; empty: not known, or no number."""
    value, before = figure.value, figure.before
    if value is None or before is None or figure.unit == "clock":
        return ""
    if round(value - before, 6) == 0:
        return "＝" if language == "zh-CN" else "="
    sign = "+" if value > before else "−"
    if figure.unit == "%":
        points = {"zh-CN": "个百分点", "en": "points"}[language]
        return f"{sign}{abs(value - before):.1f} {points}"
    told = sign + amount(abs(value - before), figure.unit, language)
    return f"{told} ({sign}{abs(value - before) / before:.0%})" if before else told


def cell(value: Cell, unit: str | None, language: Language) -> str:
    """Write what stands in a table."""
    if isinstance(value, dict):
        return text_of(value, language)
    return value if isinstance(value, str) else amount(value, unit, language)


def summary_of(report: MonthlyReport) -> list[MonthFigure]:
    """Return the figures that stand before all others."""
    found = {each.key: each for part in report.parts for each in part.figures}
    return [found[key] for key in SUMMARY if key in found]


def notices(report: MonthlyReport, zone: tzinfo, language: Language) -> list[str]:
    """Say what must be known before any figure is read."""
    said = [] if report.ended else [word("so_far", language, time=moment(report.end, zone))]
    if report.compared is None:
        said.append(word("nothing_before", language))
    if report.begun is not None and report.begun > (report.compared or (report.start,))[0]:
        said.append(word("begun", language, time=moment(report.begun, zone)))
    return said


def _number(value: float, unit: str | None) -> str:
    if unit in _DIGITS:
        return f"{value:,.{_DIGITS[unit]}f}"
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.2f}"


def _seconds(value: float, language: Language) -> str:
    minutes, seconds = divmod(round(value), _MINUTE_S)
    if not minutes:
        return f"{value:.1f} {'秒' if language == 'zh-CN' else 's'}"
    hours, minutes = divmod(minutes, _MINUTE_S)
    if language == "zh-CN":
        return f"{hours} 小时 {minutes} 分" if hours else f"{minutes} 分 {seconds} 秒"
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {seconds} s"
