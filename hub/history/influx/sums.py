"""Sums of a minute or an hour as line protocol, and rows of either as samples and sums. Pure."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from hub.history.influx.asking import Rows
from hub.history.influx.lines import given, head, kept, quoted
from hub.history.store import SeriesKey, Sum, Tier, Value
from hub.history.summing import Timed

FIELDS: Final = (
    "numbers",
    "words",
    "low",
    "high",
    "total",
    "last",
    "last_text",
    "first_ms",
    "last_ms",
    "area",
    "held_ms",
)
"""`last_text` says of which kind the last sample is: NUMBER, TEXT and then the text, or empty: unknown."""

NUMBER: Final = "#"
TEXT: Final = "="


def sum_line(tier: Tier, series: SeriesKey, each: Sum) -> str:
    """Write a sum as a line without its end.

    Every sum of a moment replaces all of the one before, so a field that says nothing is written too.
    """
    text = NUMBER
    if each.last is None or isinstance(each.last, str):
        text = "" if each.last is None else TEXT + kept(each.last)
    fields = [
        f"numbers={each.numbers}i,words={each.words}i,total={each.total!r}",
        f"first_ms={each.first_ms}i,last_ms={each.last_ms}i,area={each.area!r},held_ms={each.held_ms}i",
        f"last_text={quoted(text)}",
    ]
    if each.low is not None and each.high is not None:
        fields.append(f"low={each.low!r},high={each.high!r}")
    if isinstance(each.last, int | float):
        fields.append(f"last={float(each.last)!r}")
    return f"{head(tier, series)} {','.join(fields)} {each.ts_ms}"


def sums_in(rows: Rows) -> Iterator[Sum]:
    """Read rows of a tier."""
    for ts_ms, numbers, words, low, high, total, last, text, first_ms, last_ms, area, held_ms in picked(
        rows, FIELDS
    ):
        yield Sum(
            ts_ms,
            numbers,
            words,
            _float(low) if numbers else None,
            _float(high) if numbers else None,
            float(total),
            _last(last, text),
            first_ms,
            last_ms,
            float(area),
            held_ms,
        )


def samples_in(rows: Rows) -> Iterator[Timed]:
    """Read rows of raw samples, times in ms; of one ms unknown wins over a text, that over a number."""
    for ts_ms, number, text, unknown in picked(rows, ("value", "text", "unknown")):
        yield ts_ms, None if unknown else _value(number, text)


def picked(rows: Rows, names: Sequence[str]) -> Iterator[list[Any]]:
    """Yield the time and the fields `names` of each row; None for what the server has never seen."""
    columns = ["time", *names]
    if rows.columns == columns:
        yield from rows.values
        return
    where = [rows.columns.index(name) if name in rows.columns else None for name in columns]
    for row in rows.values:
        yield [None if place is None else row[place] for place in where]


def _last(number: float | None, text: str | None) -> Value:
    if text == NUMBER:
        return _float(number)
    return given(text.removeprefix(TEXT)) if text else None


def _value(number: float | None, text: str | None) -> Value:
    return given(text) if text is not None else _float(number)


def _float(number: float | None) -> float | None:
    return None if number is None else float(number)
