"""Alarm load as EEMUA 191 and ISA-18.2 / IEC 62682 measure it. Pure.

What counts is what people were alerted of: alarms that were folded under a cause, out of service, or quiet
by definition are left out. All times in ms since 1970.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

from msgspec import Struct

from hub.alarms.definition import Priority
from hub.reports.measures import densest, median, percentile

SLOT_MS: Final = 600_000
FLOOD: Final = 10
"""This many alarms in ten minutes, and nobody can follow any more."""

CHATTER: Final = 3
CHATTER_MS: Final = 60_000
STALE_MS: Final = 24 * 3_600_000
TOP: Final = 10

Words = dict[str, str]


class Occurrence(Struct, frozen=True, kw_only=True):
    """One entry of a timeline that matters here: raised, repeated or acknowledged."""

    alarm: str
    ts_ms: int
    kind: str


class Case(Struct, frozen=True, kw_only=True):
    """One alarm. `over_ms`: when what raised it was over, or it was closed; None: it stands."""

    id: str
    key: str
    device: str
    title: Words
    priority: Priority
    raised_ms: int
    over_ms: int | None


class Figure(Struct, frozen=True, kw_only=True):
    """One figure; `met` null: there is no target, or nothing to measure."""

    key: str
    title: Words
    value: float | None
    unit: str
    target: str | None = None
    met: bool | None = None


class TopRow(Struct, frozen=True, kw_only=True):
    """One of those that alerted most often."""

    key: str
    device: str
    title: Words
    count: int


class Load(Struct, frozen=True, kw_only=True):
    """The alarm load of a stretch of time. `per_ten_minutes`: alarms in each slot, from its start."""

    figures: Sequence[Figure]
    per_ten_minutes: Sequence[int]
    top: Sequence[TopRow]


def load(cases: Iterable[Case], occurrences: Iterable[Occurrence], start_ms: int, end_ms: int) -> Load:
    """Measure the stretch from `start_ms` until before `end_ms`; `occurrences` are its own, by time."""
    known = {case.id: case for case in cases}
    told = [each for each in occurrences if each.alarm in known]
    raised = [each for each in told if each.kind == "raised"]
    slots = _slots(raised, start_ms, end_ms)
    counts = Counter((known[each.alarm].key, known[each.alarm].device) for each in raised)
    return Load(
        figures=[
            *_rates(slots, len(raised), start_ms, end_ms),
            _chattering(known, told),
            _stale(known.values(), start_ms, end_ms),
            *_shares(Counter(known[each.alarm].priority for each in raised)),
            *_acknowledging(told),
        ],
        per_ten_minutes=slots,
        top=[_top(known.values(), *place, count) for place, count in counts.most_common(TOP)],
    )


def _slots(raised: Iterable[Occurrence], start_ms: int, end_ms: int) -> list[int]:
    slots = [0] * max(1, -(-(end_ms - start_ms) // SLOT_MS))
    for each in raised:
        slots[(each.ts_ms - start_ms) // SLOT_MS] += 1
    return slots


def _rates(slots: Sequence[int], total: int, start_ms: int, end_ms: int) -> Iterable[Figure]:
    """EEMUA 191: on average fewer than 1 in ten minutes, at most 10; flood: 10 or more in ten minutes."""
    average = total * SLOT_MS / max(1, end_ms - start_ms)
    peak = max(slots)
    flood = 100 * sum(slot >= FLOOD for slot in slots) / len(slots)
    yield Figure(key="total", title={"zh-CN": "报警总数", "en": "Alarms"}, value=total, unit="1", target=None)
    yield Figure(
        key="average-per-ten-minutes",
        title={"zh-CN": "平均每 10 分钟报警数", "en": "Alarms per 10 minutes, average"},
        value=round(average, 3),
        unit="1",
        target="< 1",
        met=average < 1,
    )
    yield Figure(
        key="peak-per-ten-minutes",
        title={"zh-CN": "10 分钟最多报警数", "en": "Alarms per 10 minutes, peak"},
        value=peak,
        unit="1",
        target="< 10",
        met=peak < FLOOD,
    )
    yield Figure(
        key="flood-share",
        title={"zh-CN": "报警泛滥时间占比", "en": "Share of time in flood"},
        value=round(flood, 2),
        unit="%",
        target="< 1",
        met=flood < 1,
    )


def _chattering(known: dict[str, Case], told: Iterable[Occurrence]) -> Figure:
    """Count what came three times or more within a minute, repeats that alerted nobody included."""
    times: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for each in told:
        if each.kind != "acknowledged":
            case = known[each.alarm]
            times[case.key, case.device].append(each.ts_ms)
    count = sum(densest(each, CHATTER_MS) >= CHATTER for each in times.values())
    return Figure(
        key="chattering",
        title={"zh-CN": "抖动报警", "en": "Chattering alarms"},
        value=count,
        unit="1",
        target="0",
        met=count == 0,
    )


def _stale(cases: Iterable[Case], start_ms: int, end_ms: int) -> Figure:
    """Count what stood for more than a day, some of that in the stretch."""
    count = sum(
        min(end_ms, end_ms if case.over_ms is None else case.over_ms) - case.raised_ms > STALE_MS
        for case in cases
        if case.over_ms is None or case.over_ms > start_ms
    )
    return Figure(
        key="stale",
        title={"zh-CN": "超过 24 小时的报警", "en": "Alarms standing over 24 h"},
        value=count,
        unit="1",
        target="< 5",
        met=count < 5,
    )


def _shares(counts: Counter[Priority]) -> Iterable[Figure]:
    """ISA-18.2: about 5 % of what is annunciated is of the highest priorities, 15 % medium, 80 % low."""
    total = sum(counts.values())

    def share(*priorities: Priority) -> float | None:
        return round(100 * sum(counts[each] for each in priorities) / total, 1) if total else None

    grave, medium, low = share(Priority.CRITICAL, Priority.HIGH), share(Priority.MEDIUM), share(Priority.LOW)
    rows = (
        ("share-high", {"zh-CN": "紧急和高级占比", "en": "Share critical and high"}, grave, "≤ 5", 5.0),
        ("share-medium", {"zh-CN": "中级占比", "en": "Share medium"}, medium, "≤ 15", 15.0),
    )
    for key, title, value, target, most in rows:
        met = None if value is None else value <= most
        yield Figure(key=key, title=title, value=value, unit="%", target=target, met=met)
    met = None if low is None else low >= 80
    title = {"zh-CN": "低级占比", "en": "Share low"}
    yield Figure(key="share-low", title=title, value=low, unit="%", target="≥ 80", met=met)


def _acknowledging(told: Iterable[Occurrence]) -> Iterable[Figure]:
    """Measure from the alert to the press; an alert that came again before it counts from the first."""
    alerted: dict[str, int] = {}
    took: list[float] = []
    for each in told:
        if each.kind == "raised":
            alerted.setdefault(each.alarm, each.ts_ms)
        elif each.kind == "acknowledged" and each.alarm in alerted:
            took.append((each.ts_ms - alerted.pop(each.alarm)) / 1000)
    titles = (
        (
            "acknowledge-median",
            {"zh-CN": "确认用时中位数", "en": "Time to acknowledge, median"},
            median(took),
        ),
        (
            "acknowledge-p95",
            {"zh-CN": "确认用时 95 百分位", "en": "Time to acknowledge, 95th percentile"},
            percentile(took, 95),
        ),
    )
    for key, title, value in titles:
        yield Figure(key=key, title=title, value=None if value is None else round(value, 1), unit="s")
    yield Figure(
        key="unacknowledged",
        title={"zh-CN": "期间未确认", "en": "Not acknowledged in this time"},
        value=len(alerted),
        unit="1",
    )


def _top(cases: Iterable[Case], key: str, device: str, count: int) -> TopRow:
    title = next(case.title for case in cases if (case.key, case.device) == (key, device))
    return TopRow(key=key, device=device, title=title, count=count)
