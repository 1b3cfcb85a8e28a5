"""What every part of the report is made from: what is asked, and figures put beside those of before. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from hub.monthly.view import MonthBars, MonthFigure, MonthSeries, Words
from hub.months import Month, Stretch

Measured = Mapping[str, float | None]
"""Figures of one stretch of time, by their keys."""


class Asked(Struct, frozen=True, kw_only=True):
    """Which month, how much of it, and what it is compared with (None: nothing was recorded then)."""

    month: Month
    now: Stretch
    before: Stretch | None
    now_ms: int


class Said(Struct, frozen=True, kw_only=True):
    """What a figure is called, and in which unit it is."""

    key: str
    title: Words
    unit: str = "1"
    better: str | None = None
    note: Words = {}


def compared(said: Iterable[Said], now: Measured, before: Measured | None) -> list[MonthFigure]:
    """Put each figure beside that of the month before."""
    return [
        MonthFigure(
            key=each.key,
            title=each.title,
            value=now.get(each.key),
            before=None if before is None else before.get(each.key),
            unit=each.unit,
            better=each.better,
            note=each.note,
        )
        for each in said
    ]


def percent(part: float, whole: float) -> float | None:
    """Return a share in %; None of nothing."""
    return 100 * part / whole if whole else None


def by_day(
    asked: Asked, key: str, title: Words, unit: str, rows: Sequence[tuple[Words, Mapping[int, float]]]
) -> MonthBars:
    """Draw what each day brought; `rows` count by the day of the month. Days to come have no value."""
    today = asked.month.day_of(asked.now.end_ms - 1)
    days = asked.month.days
    return MonthBars(
        key=key,
        title=title,
        unit=unit,
        labels=[str(day.day) for day in days],
        series=[
            MonthSeries(title=name, values=[sums.get(day.day, 0) if day <= today else None for day in days])
            for name, sums in rows
        ],
    )


def days_summed(asked: Asked, moments: Iterable[tuple[int, float]]) -> Mapping[int, float]:
    """Sum up by the day of the month what happened when, in ms since 1970."""
    sums: defaultdict[int, float] = defaultdict(float)
    for at_ms, number in moments:
        sums[asked.month.day_of(at_ms).day] += number
    return sums
