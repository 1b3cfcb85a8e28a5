"""The monthly report as the API shows it. Times are RFC 3339; texts are there in each language."""

from collections.abc import Sequence
from typing import Final

from msgspec import Struct, field

Words = dict[str, str]
Cell = Words | str | float | None
"""What stands in a table; None: not known."""


class MonthFigure(Struct, frozen=True, kw_only=True):
    """One figure; null: not known. `before`: of the month before. `unit`: UCUM, `CNY`, or `clock` (an hour).

    `better`: which way is good news, `up` or `down`; null: neither.
    """

    key: str
    title: Words
    value: float | None
    before: float | None
    unit: str = "1"
    better: str | None = None
    note: Words = {}


class MonthSeries(Struct, frozen=True, kw_only=True):
    """One row of bars; null: not known, or not yet."""

    title: Words
    values: Sequence[float | None]


class MonthBars(Struct, frozen=True, kw_only=True):
    """A chart of bars. `labels` stand below them, as many as each row has values."""

    key: str
    title: Words
    unit: str
    labels: Sequence[str]
    series: Sequence[MonthSeries]


class MonthColumn(Struct, frozen=True, kw_only=True):
    """A column of a table. `unit` null: of texts."""

    title: Words
    unit: str | None = None


class MonthTable(Struct, frozen=True, kw_only=True):
    """A table. A cell is a text, a text in each language, a number, or null: not known."""

    key: str
    title: Words
    columns: Sequence[MonthColumn]
    rows: Sequence[Sequence[Cell]]


class MonthPart(Struct, frozen=True, kw_only=True):
    """One part of the report. `unknown`: what its figures do not say."""

    key: str
    title: Words
    figures: Sequence[MonthFigure]
    bars: Sequence[MonthBars] = ()
    tables: Sequence[MonthTable] = ()
    unknown: Sequence[Words] = ()


class MonthlyReport(Struct, frozen=True, kw_only=True):
    """What one month of the site's time zone shows, until before `to`.

    `ended` false: the month goes on, these are its figures so far, compared with just as much of the month
    before. `compared` null: nothing was recorded then. `begun`: since when there is any record.
    """

    month: str
    start: str = field(name="from")
    end: str = field(name="to")
    as_of: str
    ended: bool
    timezone: str
    site: Words
    begun: str | None
    compared: tuple[str, str] | None
    parts: Sequence[MonthPart]


ANSWERS: Final = (MonthlyReport,)
"""What the OpenAPI document must describe."""
