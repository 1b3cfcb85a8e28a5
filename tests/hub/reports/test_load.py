"""Alarm load, from alarms whose figures can be counted on one's fingers."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.alarms.definition import Priority
from hub.reports.load import SLOT_MS, Case, Load, Occurrence, load
from hub.reports.measures import densest, most_at_once, percentile

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS


def case(ident: str, key: str = "offline", over_ms: int | None = 0, **fields: Any) -> Case:
    usual: dict[str, Any] = {
        "priority": Priority.LOW,
        "raised_ms": 0,
        "device": f"door/{ident}",
        "title": {"en": key},
    }
    return Case(id=ident, key=key, over_ms=over_ms, **(usual | fields))


def at(alarm: str, minute: float, kind: str = "raised") -> Occurrence:
    return Occurrence(alarm=alarm, ts_ms=round(minute * 60_000), kind=kind)


def figures(found: Load) -> dict[str, tuple[float | None, bool | None]]:
    return {each.key: (each.value, each.met) for each in found.figures}


def test_an_hour_with_one_flood() -> None:
    cases = [case(str(number)) for number in range(12)]
    told = [*(at(str(number), 25) for number in range(11)), at("11", 50)]
    found = load(cases, told, 0, HOUR_MS)
    assert found.per_ten_minutes == [0, 0, 11, 0, 0, 1]
    seen = figures(found)
    expected = {
        "total": (12, None),
        "average-per-ten-minutes": (2.0, False),
        "peak-per-ten-minutes": (11, False),
        "flood-share": (16.67, False),
        "share-low": (100.0, True),
    }
    assert {key: seen[key] for key in expected} == expected


def test_chattering_counts_repeats_that_alerted_nobody() -> None:
    told = [
        at("a", 0),
        at("a", 0.4, "repeated"),
        at("a", 0.9, "repeated"),
        at("b", 0),
        at("b", 2),
        at("b", 4),
    ]
    found = load([case("a"), case("b")], told, 0, HOUR_MS)
    assert figures(found)["chattering"] == (1, False)
    assert figures(found)["total"] == (4, None)
    assert [(row.device, row.count) for row in found.top] == [("door/b", 3), ("door/a", 1)]


def test_stale_is_what_stands_for_more_than_a_day() -> None:
    cases = [
        case("stands", over_ms=None),
        case("over", over_ms=DAY_MS + 1),
        case("just a day", over_ms=DAY_MS),
        case("long ago", over_ms=DAY_MS + 1, raised_ms=-DAY_MS),
    ]
    assert figures(load(cases, [], DAY_MS + 1, 3 * DAY_MS))["stale"] == (1, True)
    assert figures(load(cases, [], HOUR_MS, 3 * DAY_MS))["stale"] == (3, True)


def test_time_to_acknowledge_begins_with_the_first_alert() -> None:
    told = [
        at("a", 0),
        at("b", 1),
        at("a", 2),
        at("a", 3, "acknowledged"),
        at("a", 4),
        at("a", 5, "acknowledged"),
        at("a", 6, "acknowledged"),
    ]
    seen = figures(load([case("a"), case("b")], told, 0, HOUR_MS))
    assert seen["acknowledge-median"] == (120.0, None)
    assert seen["acknowledge-p95"] == (180.0, None)
    assert seen["unacknowledged"] == (1, None)


def test_of_nothing_nothing_is_claimed() -> None:
    seen = figures(load([], [], 0, HOUR_MS))
    assert seen["share-high"] == seen["share-low"] == seen["acknowledge-median"] == (None, None)
    assert seen["total"] == (0, None)


def test_shares_by_priority() -> None:
    priorities = (Priority.CRITICAL, Priority.MEDIUM, *[Priority.LOW] * 18)
    cases = [case(str(number), priority=each) for number, each in enumerate(priorities)]
    seen = figures(load(cases, [at(each.id, 1) for each in cases], 0, HOUR_MS))
    assert (seen["share-high"], seen["share-medium"], seen["share-low"]) == (
        (5.0, True),
        (5.0, True),
        (90.0, True),
    )


@given(st.lists(st.integers(0, 10 * SLOT_MS - 1)), st.integers(1, 10 * SLOT_MS))
def test_every_alarm_is_in_one_slot(times: list[int], end_ms: int) -> None:
    told = [Occurrence(alarm="a", ts_ms=ts, kind="raised") for ts in sorted(times) if ts < end_ms]
    assert sum(load([case("a")], told, 0, end_ms).per_ten_minutes) == len(told)


@given(st.lists(st.integers(0, 50)), st.integers(0, 20))
def test_densest(times: list[int], within: int) -> None:
    expected = max((sum(begin <= each <= begin + within for each in times) for begin in times), default=0)
    assert densest(times, within) == expected


@pytest.mark.parametrize(
    ("spans", "most"),
    [([], 0), ([(0, 1), (1, 2)], 1), ([(0, 2), (1, None), (1, 3)], 3), ([(0, None), (5, None)], 2)],
)
def test_most_at_once(spans: list[tuple[int, int | None]], most: int) -> None:
    assert most_at_once(spans) == most


def test_percentile_is_a_value_that_was_measured() -> None:
    assert percentile([], 99) is None
    assert percentile([3.0, 1.0, 2.0], 99) == 3.0
    assert percentile(range(1, 201), 99) == 198
