"""The rows of a series that is taken away: every value, or steps, and in between when it was not heard."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, tzinfo
from heapq import merge
from types import MappingProxyType
from typing import Final, NamedTuple

from contract.clock import from_epoch_ms
from hub.history.store import Aggregate, Point, Value
from hub.months import Stretch
from hub.questions.gaps import Unheard, Why
from hub.questions.kept import Kept, Part, parts, query_of
from hub.questions.named import Named

COLUMNS: Final = (
    "time",
    "utc",
    "time_zone",
    "device",
    "device_name",
    "property",
    "property_name",
    "unit",
    "value",
    "min",
    "max",
    "last",
    "count",
    "step_s",
    "note",
)

DAY_STEPS: Final = 1440
"""Steps that are read at once: what is in memory."""


SAID: Final[Mapping[Why, str]] = MappingProxyType(
    {"not-heard": "not heard", "nobody-knows": "the hub was away, nobody knows"}
)


class Figures(NamedTuple):
    """What came in the step of `step_ms` from `ts_ms` on; None: `value` is one as it came."""

    ts_ms: int
    value: Value
    low: Value = None
    high: Value = None
    last: Value = None
    number: Value = None
    step_ms: int | None = None
    note: str = ""


class Row(NamedTuple):
    """One row, in the order of `COLUMNS`; `time` by the site's clock and the same in `utc`, both aware."""

    time: datetime
    utc: datetime
    time_zone: str
    device: str
    device_name: str
    property: str
    property_name: str
    unit: str
    value: Value
    low: Value
    high: Value
    last: Value
    number: Value
    step_s: float | None
    note: str


class Source(NamedTuple):
    """A series, and when its device was not heard."""

    of: Named
    known: Unheard


def rows(
    kept: Kept, sources: Iterable[Source], stretch: Stretch, step_ms: int | None, zone: tzinfo, language: str
) -> Iterator[Row]:
    """Yield one series after the other, each by time; `step_ms` None: every value that is still kept."""
    for source in sources:
        of = source.of
        figures = merge(
            _figures(kept, of, stretch, step_ms),
            _notes(source.known, stretch, zone),
            key=lambda each: each.ts_ms,
        )
        for each in figures:
            utc = from_epoch_ms(each.ts_ms)
            yield Row(
                utc.astimezone(zone),
                utc,
                str(zone),
                of.device,
                _in(of.device_title, language),
                of.series.property,
                _in(of.title, language),
                of.unit or "",
                each.value,
                each.low,
                each.high,
                each.last,
                each.number,
                None if each.step_ms is None else each.step_ms / 1000,
                each.note,
            )


def _figures(kept: Kept, of: Named, stretch: Stretch, step_ms: int | None) -> Iterator[Figures]:
    if step_ms is not None:
        yield from _steps(kept, of, Part(*stretch, step_ms))
        return
    for part in parts(*stretch, kept.now_ms, kept.retention):
        if part.step_ms is not None:
            yield from _steps(kept, of, part)
            continue
        for point in kept.walk(query_of(of.series, part, Aggregate.RAW)):
            yield Figures(point.ts_ms, of.value(point.value))


def _steps(kept: Kept, of: Named, part: Part) -> Iterator[Figures]:
    """Yield steps, a day's worth at a time; of a state only its last value says something."""
    step_ms = part.step_ms or 1
    for start_ms in range(part.start_ms // step_ms * step_ms, part.end_ms, step_ms * DAY_STEPS):
        piece = Part(start_ms, min(part.end_ms, start_ms + step_ms * DAY_STEPS), step_ms)
        last = dict(_read(kept, of, piece, Aggregate.LAST))
        if of.type and not of.numeric:
            yield from (Figures(ts_ms, of.value(value), step_ms=step_ms) for ts_ms, value in last.items())
            continue
        mean, low, high, count = (
            dict(_read(kept, of, piece, each))
            for each in (Aggregate.MEAN, Aggregate.MIN, Aggregate.MAX, Aggregate.COUNT)
        )
        for ts_ms, value in last.items():
            shown = mean.get(ts_ms), low.get(ts_ms), high.get(ts_ms)
            yield Figures(ts_ms, *shown, value, count.get(ts_ms), step_ms)


def _read(kept: Kept, of: Named, part: Part, aggregate: Aggregate) -> Iterator[Point]:
    return kept.walk(query_of(of.series, part, aggregate))


def _notes(known: Unheard, stretch: Stretch, zone: tzinfo) -> Iterator[Figures]:
    """Say where a gap begins, and until when it lasts: there is no value in it."""
    if known.known_ms is None:
        yield Figures(stretch.start_ms, None, note="when it was not heard is not known")
    elif known.known_ms > stretch.start_ms:
        since = _at(known.known_ms, zone)
        yield Figures(stretch.start_ms, None, note=f"when it was not heard is not known before {since}")
    for gap in known.gaps:
        yield Figures(gap.start_ms, None, note=f"{SAID[gap.why]} until {_at(gap.end_ms, zone)}")


def _at(at_ms: int, zone: tzinfo) -> str:
    return from_epoch_ms(at_ms).astimezone(zone).isoformat(timespec="seconds")


def _in(words: dict[str, str], language: str) -> str:
    return words.get(language) or next(iter(words.values()), "")
