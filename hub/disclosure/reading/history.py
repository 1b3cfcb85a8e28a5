"""Measurements, series by series, oldest first. Where raw samples are gone, the last one of each minute."""

from collections.abc import Iterator
from itertools import dropwhile
from typing import Final, NamedTuple

from contract.topics import HUB_KIND
from hub.disclosure.reading.bounds import is_of_device
from hub.disclosure.reading.shown import Asked, Shown
from hub.disclosure.reading.veil import Veil
from hub.history.beside import Beside
from hub.history.store import SeriesKey
from hub.history.summing import Timed
from hub.passes.wanted import MOST_DIGITS

AFTER: Final = "@"
"""Between a series and a time; the last one of a cursor is meant."""


class Stretch(NamedTuple):
    """A series, and from when until when it is read: its samples, or the last ones of its minutes."""

    series: SeriesKey
    from_ms: int
    to_ms: int
    raw: bool

    @property
    def name(self) -> str:
        """Return what cursors call the series."""
        _, kind, device = self.series.address
        return f"{kind}/{device}/{self.series.property}"


class HistoryTable:
    """Measurements of a scope. They are of devices: if it names somebody, there are none."""

    def __init__(self, asked: Asked, history: Beside) -> None:
        self._asked = asked
        self._history = history

    def count(self) -> int:
        """Return how many rows there are."""
        return sum(sum(1 for _ in self._read(each)) for each in self._stretches())

    def rows(self, veil: Veil, after: str | None) -> Iterator[Shown]:
        """Yield the rows behind a cursor."""
        if self._asked.scope.of_somebody:
            veil.left_out("subjectless")
        for stretch in self._behind(after):
            yield from self._shown(stretch, veil)

    def _behind(self, after: str | None) -> Iterator[Stretch]:
        if after is None:
            yield from self._stretches()
            return
        name, _, ms = after.rpartition(AFTER)
        order, from_ms = tuple(name.split("/", 2)), int(ms[:MOST_DIGITS]) + 1
        for stretch in dropwhile(lambda each: _order(each.series) < order, self._stretches()):
            begun = _order(stretch.series) == order
            yield stretch._replace(from_ms=max(stretch.from_ms, from_ms)) if begun else stretch

    def _stretches(self) -> Iterator[Stretch]:
        """Yield what is read, in the order of the series' names."""
        scope, cut = self._asked.scope, self._asked.cut
        to_ms = min(scope.to_ms, cut.at_ms + 1)
        raw_ms = min(max(self._history.raw_from_ms(), scope.from_ms), to_ms)
        found = () if self._asked.scope.of_somebody else self._history.series(self._asked.tenant)
        for key in sorted(found, key=_order):
            if self._is_wanted(key):
                yield Stretch(key, scope.from_ms, raw_ms, raw=False)
                yield Stretch(key, raw_ms, to_ms, raw=True)

    def _read(self, stretch: Stretch) -> Iterator[Timed]:
        read = self._history.samples if stretch.raw else self._history.minutes
        samples = read(stretch.series, stretch.from_ms, stretch.to_ms)
        return (each for each in samples if stretch.from_ms <= each[0] < stretch.to_ms)

    def _is_wanted(self, key: SeriesKey) -> bool:
        device = f"{key.address.kind}/{key.address.device}"
        scope = self._asked.scope
        there = not scope.areas or self._asked.area(device) in scope.areas
        return there and key.address.kind != HUB_KIND and is_of_device(scope, device)

    def _shown(self, stretch: Stretch, veil: Veil) -> Iterator[Shown]:
        _, kind, ident = stretch.series.address
        device = f"{kind}/{ident}"
        unit = self._asked.around.units.get(device, {}).get(stretch.series.property)
        for ts_ms, value in self._read(stretch):
            if not stretch.raw:
                veil.left_out("samples-summed")
            known = "good" if value is not None else "unknown"
            yield Shown(
                cursor=f"{stretch.name}{AFTER}{ts_ms}",
                values={
                    "kind": kind,
                    "device": ident,
                    "property": stretch.series.property,
                    "value": veil.label(value) if isinstance(value, str) else value,
                    "unit": unit,
                    "quality": known if stretch.raw else "last-of-minute",
                },
                at_ms=ts_ms,
                received_ms=None,
                device=device,
            )


def _order(key: SeriesKey) -> tuple[str, ...]:
    return (key.address.kind, key.address.device, key.property)
