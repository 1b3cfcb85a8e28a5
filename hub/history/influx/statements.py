"""The questions that InfluxDB is asked, in InfluxQL that versions 1, 2 and 3 share. Pure."""
# ruff: noqa: S608 - names are ours, and what is not is quoted by `_equal`

from typing import Final

from hub.history.influx.lines import RAW, TAGS
from hub.history.influx.sums import FIELDS
from hub.history.store import Aggregate, Query, SeriesKey, Tier

SAMPLE: Final = '"value", "text", "unknown"'
SUM: Final = ", ".join(f'"{name}"' for name in FIELDS)
MADE_OF: Final = {
    (False, Aggregate.MEAN): 'sum("numbers") AS "one", sum("total") AS "other"',
    (False, Aggregate.MIN): 'sum("numbers") AS "one", min("low") AS "other"',
    (False, Aggregate.MAX): 'sum("numbers") AS "one", max("high") AS "other"',
    (False, Aggregate.COUNT): 'sum("numbers") AS "one", sum("words") AS "other"',
    (True, Aggregate.MEAN): 'count("value") AS "one", sum("value") AS "other"',
    (True, Aggregate.MIN): 'count("value") AS "one", min("value") AS "other"',
    (True, Aggregate.MAX): 'count("value") AS "one", max("value") AS "other"',
    (True, Aggregate.COUNT): 'count("value") AS "one", count("text") AS "other"',
}
"""What the server can make by itself of samples (True) or sums: see `hub.history.summing.PAIRS`."""

EVERY_SERIES: Final = "GROUP BY *"
_LITERAL: Final = str.maketrans({"\\": r"\\", "'": r"\'"})


def samples(series: SeriesKey, start_ms: int, end_ms: int, limit: int | None = None) -> str:
    """Ask for the raw samples of a stretch, oldest first."""
    most = "" if limit is None else f" LIMIT {limit}"
    return f'SELECT {SAMPLE} FROM "{RAW}" WHERE {_of(series)} AND {_between(start_ms, end_ms)}{most}'


def sums(series: SeriesKey, tier: Tier, start_ms: int, end_ms: int) -> str:
    """Ask for the sums of a stretch, oldest first."""
    return f'SELECT {SUM} FROM "{tier}" WHERE {_of(series)} AND {_between(start_ms, end_ms)}'


def steps(query: Query, table: str, step_ms: int, start_ms: int, end_ms: int) -> str:
    """Ask for the two numbers a step that MADE_OF names, of steps that have any."""
    fields = MADE_OF[table == RAW, query.aggregate]
    return (
        f'SELECT {fields} FROM "{table}" WHERE {_of(query.series)} AND {_between(start_ms, end_ms)}'
        f" GROUP BY time({step_ms}ms) fill(none)"
    )


def before(series: SeriesKey, ms: int) -> list[str]:
    """Ask for the last sample before a moment, and for the last sums there: samples may be gone."""
    where = f"WHERE {_of(series)} AND time < {ms}ms ORDER BY time DESC LIMIT 1"
    return [
        f'SELECT {SAMPLE} FROM "{RAW}" {where}',
        *(f'SELECT {SUM} FROM "{tier}" {where}' for tier in Tier),
    ]


def tally(series: SeriesKey, start_ms: int, end_ms: int) -> str:
    """Ask how many samples a stretch has, by kind, and for the sum of the numbers."""
    counted = 'count("value") AS "values", count("text") AS "texts", count("unknown") AS "unknowns"'
    return (
        f'SELECT {counted}, sum("value") AS "total" FROM "{RAW}"'
        f" WHERE {_of(series)} AND {_between(start_ms, end_ms)}"
    )


def all_series(tenant: str) -> list[str]:
    """Ask which series there are: each has a sample or, where these are gone, sums."""
    held = [(RAW, "value"), (RAW, "text"), (RAW, "unknown"), *((tier, "numbers") for tier in Tier)]
    where = f"WHERE {_equal('tenant', tenant)}"
    return [f'SELECT last("{name}") FROM "{table}" {where} {EVERY_SERIES}' for table, name in held]


def all_samples(start_ms: int, end_ms: int) -> str:
    """Ask for the samples of every series, one series after the other."""
    return f'SELECT {SAMPLE} FROM "{RAW}" WHERE {_between(start_ms, end_ms)} {EVERY_SERIES}'


def all_sums(tier: Tier, start_ms: int, end_ms: int) -> str:
    """Ask for the sums of every series, one series after the other."""
    return f'SELECT {SUM} FROM "{tier}" WHERE {_between(start_ms, end_ms)} {EVERY_SERIES}'


def first_samples(since_ms: int) -> list[str]:
    """Ask for the first sample of each kind at or after a moment."""
    return [
        f'SELECT first("{name}") FROM "{RAW}" WHERE time >= {since_ms}ms'
        for name in ("value", "text", "unknown")
    ]


def deletion(table: str, before_ms: int) -> str:
    """Have everything of a measurement before a moment deleted; version 3 knows no such statement."""
    return f'DELETE FROM "{table}" WHERE time < {before_ms}ms'


def _of(series: SeriesKey) -> str:
    values = (series.tenant, *series.address, series.property)
    return " AND ".join(_equal(name, value) for name, value in zip(TAGS, values, strict=True))


def _equal(name: str, value: str) -> str:
    return f"\"{name}\" = '{value.translate(_LITERAL)}'"


def _between(start_ms: int, end_ms: int) -> str:
    return f"time >= {start_ms}ms AND time < {end_ms}ms"
