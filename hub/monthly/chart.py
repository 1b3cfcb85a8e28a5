"""Where the bars, lines and words of a chart stand, for whatever draws them: a page, a PDF. Pure."""

import math
from collections.abc import Callable, Sequence
from typing import Final, Literal, NamedTuple

from hub.monthly.view import MonthBars

WIDTH: Final = 700.0
HEIGHT: Final = 150.0
"""In units of which a page is about so wide; letters are 9 high."""

LETTER: Final = 9.0
_LEFT: Final = 46.0
_TOP: Final = 8.0
_BOTTOM: Final = 16.0
_FILLED: Final = 0.72
"""How much of the room of a label its bars take."""
_LABELS: Final = 16
"""Of more than so many labels every second one is written."""


class Bar(NamedTuple):
    """A bar of one row."""

    x: float
    y: float
    width: float
    height: float
    row: int


class Line(NamedTuple):
    """A line across, at a value."""

    x: float
    y: float
    width: float


class Letters(NamedTuple):
    """A text whose base line begins, has its middle, or ends at x."""

    x: float
    y: float
    text: str
    anchor: Literal["start", "middle", "end"]


class Drawing(NamedTuple):
    """A chart."""

    bars: Sequence[Bar]
    lines: Sequence[Line]
    letters: Sequence[Letters]


def draw(chart: MonthBars, write: Callable[[float], str]) -> Drawing:
    """Place a chart; `write` writes a value beside its line. What is not known has no bar."""
    values = [value for row in chart.series for value in row.values if value is not None]
    top = nice(max(values, default=0))
    high, wide = HEIGHT - _TOP - _BOTTOM, WIDTH - _LEFT
    marks = [top * part for part in (0, 0.5, 1)]
    at = {mark: _TOP + high * (1 - mark / top) for mark in marks}
    room = wide / max(1, len(chart.labels))
    every = 2 if len(chart.labels) > _LABELS else 1
    bars = [
        _bar(_LEFT + room * index, room, high * value / top, row, len(chart.series))
        for row, series in enumerate(chart.series)
        for index, value in enumerate(series.values)
        if value
    ]
    labels = [
        Letters(_LEFT + room * (index + 0.5), HEIGHT - 3, label, "middle")
        for index, label in enumerate(chart.labels)
        if index % every == 0
    ]
    scale = [Letters(_LEFT - 5, at[mark] + LETTER / 3, write(mark), "end") for mark in marks]
    return Drawing(bars, [Line(_LEFT, at[mark], wide) for mark in marks], [*scale, *labels])


def nice(most: float) -> float:
    """Return the end of a scale that is easy to read: 2, 4, 6, 8 or 10 times a power of ten, at least 2."""
    if most <= 2:
        return 2.0
    power = 10.0 ** math.floor(math.log10(most))
    return next(step * power for step in (1, 2, 4, 6, 8, 10) if most <= step * power)


def _bar(left: float, room: float, high: float, row: int, rows: int) -> Bar:
    width = room * _FILLED / rows
    x = left + room * (1 - _FILLED) / 2 + width * row
    return Bar(x, HEIGHT - _BOTTOM - high, width, high, row)
