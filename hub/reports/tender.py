"""What tenders and standards ask of a site, each with what this very site's own data show. Pure.

A figure for which there are no data is not measured; nothing here is a promise. The sources are named where
each row is made.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from msgspec import Struct

from hub.reports.measures import percentile

Words = dict[str, str]

DAY_MS: Final = 86_400_000


class Evidence(Struct, frozen=True, kw_only=True):
    """What was found in the ledger, times in seconds. `clock_s` None: there was nothing to compare with."""

    alarm_s: Sequence[float] = ()
    command_s: Sequence[float] = ()
    event_s: Sequence[float] = ()
    clock_s: float | None = None
    clock_source: str | None = None
    oldest_event_days: float | None = None
    oldest_entry_days: float | None = None
    most_alarms: int | None = None


class TenderRow(Struct, frozen=True, kw_only=True):
    """One demand. `measured` null: not measured yet; `samples`: from how many cases it was."""

    key: str
    title: Words
    demand: str
    source: str
    measured: float | None
    unit: str
    met: bool | None
    samples: int | None = None
    note: Words = {}


def tender(found: Evidence) -> list[TenderRow]:
    """Compare what was found with what is asked."""
    return [*_ways(found), _clock(found), *_records(found), _at_once(found)]


def _ways(found: Evidence) -> Iterable[TenderRow]:
    """GB 50396-2007 5.1.2 and 5.1.3; the Chongqing rule for perimeter alarms; DB15/T 3968-2025."""
    yield _at_most(
        "alarm-to-centre",
        {"zh-CN": "现场报警到中心显示", "en": "Alarm to centre, 99 of 100"},
        2.0,
        "GB 50396-2007 5.1.2; DB15/T 3968-2025",
        found.alarm_s,
        {"zh-CN": "从设备时间到推上屏幕", "en": "From the device's time until pushed to the screens"},
    )
    yield _at_most(
        "event-to-centre",
        {"zh-CN": "现场事件到中心记录", "en": "Event to centre, 99 of 100"},
        5.0,
        "GB 50396-2007 5.1.3",
        found.event_s,
        {
            "zh-CN": "含断网后补传的事件",
            "en": "Events that came late because a link was down are among them",
        },
    )
    yield _at_most(
        "command-to-door",
        {"zh-CN": "中心指令到门动作", "en": "Command to door, 99 of 100"},
        2.0,
        "GB 50396-2007 5.1.2",
        found.command_s,
        {
            "zh-CN": "到门自己报告已动作为止，比标准问的更长",
            "en": "Until the door itself shows it, which is later than it begins to move",
        },
    )


def _at_most(
    key: str, title: Words, limit_s: float, source: str, seconds: Sequence[float], note: Words
) -> TenderRow:
    measured = percentile(seconds, 99)
    return TenderRow(
        key=key,
        title=title,
        demand=f"≤ {limit_s:g} s",
        source=source,
        measured=None if measured is None else round(measured, 3),
        unit="s",
        met=None if measured is None else measured <= limit_s,
        samples=len(seconds),
        note=note,
    )


def _clock(found: Evidence) -> TenderRow:
    """GA/T 1742-2020: at most 5 s from Beijing time."""
    notes = {
        "ntp": {"zh-CN": "操作系统与时间服务器同步", "en": "The system follows a time server"},
        "drivers": {
            "zh-CN": "没有时间服务器；与各驱动主机时钟比较",
            "en": "No time server is followed; compared with the driver hosts' clocks",
        },
    }
    error = None if found.clock_s is None else round(abs(found.clock_s), 3)
    return TenderRow(
        key="clock-error",
        title={"zh-CN": "时钟误差", "en": "Clock error"},
        demand="≤ 5 s",
        source="GA/T 1742-2020; GB 50396-2007 5.1.4",
        measured=error,
        unit="s",
        # Driver hosts may be as wrong as the hub: that they agree proves nothing.
        met=None if error is None else error <= 5 if found.clock_source == "ntp" or error > 5 else None,
        note=notes.get(found.clock_source or "", {}),
    )


def _records(found: Evidence) -> Iterable[TenderRow]:
    """GA/T 1742-2020: event records at least 365 d; the Chongqing rule: run and fault records 30 d."""
    rows = (
        (
            "event-records",
            {"zh-CN": "事件记录保存", "en": "Event records kept"},
            365,
            "GA/T 1742-2020",
            found.oldest_event_days,
        ),
        (
            "alarm-records",
            {"zh-CN": "报警和处置记录保存", "en": "Records of alarms and handling kept"},
            30,
            "重庆市住宅小区安全防范系统技术规范",
            found.oldest_entry_days,
        ),
    )
    note = {
        "zh-CN": "最早一条的天数；本系统从不删除",
        "en": "Age of the oldest one; the product deletes none",
    }
    for key, title, days, source, oldest in rows:
        yield TenderRow(
            key=key,
            title=title,
            demand=f"≥ {days} d",
            source=source,
            measured=None if oldest is None else round(oldest, 1),
            unit="d",
            met=True if oldest is not None and oldest >= days else None,
            note=note,
        )


def _at_once(found: Evidence) -> TenderRow:
    """DB15/T 3968-2025: ten alarms at once; GB 50394-2007 5.2.4: none lost."""
    most = found.most_alarms
    return TenderRow(
        key="alarms-at-once",
        title={"zh-CN": "同时在列的报警", "en": "Alarms open at once"},
        demand="≥ 10",
        source="DB15/T 3968-2025; GB 50394-2007 5.2.4",
        measured=most,
        unit="1",
        met=True if most is not None and most >= 10 else None,
        note={"zh-CN": "本小区出现过的最多", "en": "The most this site has had; it may take many more"},
    )
