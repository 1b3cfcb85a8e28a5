"""How many alarms people got, how grave, from what, and how soon they acknowledged (EEMUA 191)."""

from collections import Counter
from collections.abc import Sequence
from typing import Final, NamedTuple

from sqlalchemy import Connection

from hub.alarms.definition import Priority
from hub.monthly.figuring import Asked, Said, by_day, compared, days_summed
from hub.monthly.view import MonthColumn, MonthPart, MonthTable
from hub.months import Stretch
from hub.reports.load import Case, Load, Occurrence, load
from hub.reports.queries import ReportQueries

MOST: Final = 10
PRIORITIES: Final = {
    Priority.CRITICAL: {"zh-CN": "特急", "en": "Critical"},
    Priority.HIGH: {"zh-CN": "紧急", "en": "High"},
    Priority.MEDIUM: {"zh-CN": "重要", "en": "Medium"},
    Priority.LOW: {"zh-CN": "一般", "en": "Low"},
}
_FEWER: Final = frozenset(
    {
        "total",
        "average-per-ten-minutes",
        "peak-per-ten-minutes",
        "flood-share",
        "chattering",
        "stale",
        "acknowledge-median",
        "acknowledge-p95",
        "unacknowledged",
    }
)
"""Figures of the load of which less is better."""


class _Month(NamedTuple):
    cases: dict[str, Case]
    raised: Sequence[Occurrence]
    load: Load

    def by_priority(self) -> Counter[Priority]:
        return Counter(self.cases[each.alarm].priority for each in self.raised)

    def by_key(self) -> Counter[str]:
        return Counter(self.cases[each.alarm].key for each in self.raised)

    def measured(self) -> dict[str, float | None]:
        priorities = self.by_priority()
        return {f"alarms-{each.key}": each.value for each in self.load.figures} | {
            f"alarms-{each.value}": priorities[each] for each in Priority
        }


class AlarmsPart:
    """One tenant's alarms, as far as people were alerted of them."""

    def __init__(self, tenant: str) -> None:
        self._queries = ReportQueries(tenant)

    def read(self, connection: Connection, asked: Asked) -> MonthPart:
        """Measure the month."""
        now = self._month(connection, asked.now)
        before = None if asked.before is None else self._month(connection, asked.before)
        return MonthPart(
            key="alarms",
            title={"zh-CN": "报警", "en": "Alarms"},
            figures=compared(_said(now.load), now.measured(), None if before is None else before.measured()),
            bars=[
                by_day(
                    asked,
                    "alarms-by-day",
                    {"zh-CN": "每日报警数", "en": "Alarms by day"},
                    "1",
                    [(PRIORITIES_ALL, days_summed(asked, ((each.ts_ms, 1) for each in now.raised)))],
                )
            ],
            tables=[_kinds(now, before), _top(now)],
            unknown=[
                {
                    "zh-CN": "并入上级、停用检修和静默的报警没有提醒任何人，不计入。",
                    "en": "Alarms folded under a cause, out of service or quiet alerted nobody: left out.",
                }
            ],
        )

    def _month(self, connection: Connection, stretch: Stretch) -> _Month:
        cases = self._queries.cases(connection, *stretch, None)
        occurrences = self._queries.occurrences(connection, *stretch)
        known = {case.id: case for case in cases}
        raised = [each for each in occurrences if each.kind == "raised" and each.alarm in known]
        return _Month(known, raised, load(cases, occurrences, *stretch))


PRIORITIES_ALL: Final = {"zh-CN": "报警", "en": "Alarms"}


def _said(found: Load) -> list[Said]:
    """Name the figures: the total, by priority, then the others of the load with their targets."""
    load_figures = [
        Said(
            key=f"alarms-{each.key}",
            title=each.title,
            unit=each.unit,
            better="down" if each.key in _FEWER else None,
            note={"zh-CN": f"目标 {each.target}", "en": f"target {each.target}"} if each.target else {},
        )
        for each in found.figures
    ]
    priorities = [
        Said(
            key=f"alarms-{each.value}",
            title={"zh-CN": f"其中{title['zh-CN']}", "en": f"of these, {title['en'].lower()}"},
            better="down",
        )
        for each, title in PRIORITIES.items()
    ]
    return [load_figures[0], *priorities, *load_figures[1:]]


def _kinds(now: _Month, before: _Month | None) -> MonthTable:
    titles = {case.key: case for case in now.cases.values()}
    then = None if before is None else before.by_key()
    return MonthTable(
        key="alarms-by-kind",
        title={"zh-CN": "按报警种类（前十）", "en": "By kind of alarm (top ten)"},
        columns=[
            MonthColumn(title={"zh-CN": "报警", "en": "Alarm"}),
            MonthColumn(title={"zh-CN": "等级", "en": "Priority"}),
            MonthColumn(title={"zh-CN": "本月", "en": "This month"}, unit="1"),
            MonthColumn(title={"zh-CN": "上月", "en": "Month before"}, unit="1"),
        ],
        rows=[
            [titles[key].title, PRIORITIES[titles[key].priority], count, None if then is None else then[key]]
            for key, count in now.by_key().most_common(MOST)
        ],
    )


def _top(now: _Month) -> MonthTable:
    return MonthTable(
        key="alarms-top",
        title={"zh-CN": "报警最多的设备（前十）", "en": "Those that alerted most often (top ten)"},
        columns=[
            MonthColumn(title={"zh-CN": "报警", "en": "Alarm"}),
            MonthColumn(title={"zh-CN": "设备", "en": "Device"}),
            MonthColumn(title={"zh-CN": "次数", "en": "Times"}, unit="1"),
        ],
        rows=[[each.title, each.device, each.count] for each in now.load.top],
    )
