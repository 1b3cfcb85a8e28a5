"""Answers questions about one site's past: what things were, for how long, and whether they were heard."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from contract.clock import Clock, rfc3339_ms
from contract.topics import Address
from hub.alarms.definition import Words
from hub.alarms.desk import Desk
from hub.months import Stretch
from hub.posts.reach import Reach
from hub.questions.durations import durations
from hub.questions.gaps import Gap, Unheard, absences, unheard
from hub.questions.kept import Kept, Series, finest, step_for
from hub.questions.marks import MOST, marks
from hub.questions.named import Described, Named, named
from hub.questions.sheets.formats import offered, parquet_writer
from hub.questions.sheets.rows import Row, Source, rows
from hub.questions.sheets.workbook import write_workbook
from hub.questions.site import QuestionSite
from hub.questions.trend import Steps, trend
from hub.questions.view import AlarmMark, DurationsView, GapView, TrendDevice, TrendSeries, TrendView


class Questions:
    """Lives on the hub's event loop; history is read in threads."""

    def __init__(
        self, history: Series, shadows: Described, clock: Clock, site: QuestionSite, desk: Desk
    ) -> None:
        self._history = history
        self._shadows = shadows
        self._clock = clock
        self._desk = desk
        self._one_file = asyncio.Semaphore(1)
        self.site = site

    def named(self, properties: Sequence[str]) -> list[Named]:
        """Read `site/kind/device/property`, each once; InvalidMessage."""
        return [named(each, self.site.tenant, self._shadows) for each in dict.fromkeys(properties)]

    def kept(self) -> Kept:
        """Return history as it is now."""
        return Kept(self._history, self._clock.now_ms(), self.site.retention)

    async def trend(
        self, properties: Sequence[Named], stretch: Stretch, points: int, reach: Reach | None
    ) -> TrendView:
        """Return properties over a stretch in at most so many points each; `reach` None: no alarms."""
        kept = self.kept()
        devices = list(dict.fromkeys(each.series.address for each in properties))
        step_ms = step_for(*stretch, points, finest(stretch.start_ms, kept.now_ms, kept.retention))
        read, known = await asyncio.gather(
            asyncio.to_thread(_trends, kept, properties, Steps(*stretch, step_ms), points),
            asyncio.to_thread(self._known, kept, devices, stretch),
        )
        marked = [await self._marks(each, stretch, reach) for each in devices]
        titles = {each.series.address: each.device_title for each in properties}
        return TrendView(
            start=rfc3339_ms(stretch.start_ms),
            end=rfc3339_ms(stretch.end_ms),
            step_s=step_ms / 1000,
            zone=str(self.site.zone),
            series=read,
            devices=[
                _device(each, titles[each], unknown, found)
                for each, unknown, found in zip(devices, known, marked, strict=True)
            ],
            sheets=offered(),
        )

    async def durations(self, of: Named, stretch: Stretch) -> DurationsView:
        """Return how long a property was what, in all and by day; InvalidMessage: it changed too often."""
        return await asyncio.to_thread(self._durations, of, stretch)

    def rows(
        self, properties: Sequence[Named], stretch: Stretch, step_ms: int | None, language: str
    ) -> Iterator[Row]:
        """Yield what is taken away of properties. Blocking, read as it is asked for."""
        kept = self.kept()
        stretch = Stretch(stretch.start_ms, min(stretch.end_ms, kept.now_ms))
        known = self._known(kept, [each.series.address for each in properties], stretch)
        sources = [Source(of, unknown) for of, unknown in zip(properties, known, strict=True)]
        yield from rows(kept, sources, stretch, step_ms, self.site.zone, language)

    async def workbook(self, found: Iterator[Row], file: Path) -> None:
        """Write rows as XLSX, one file at a time; InvalidMessage: they are too many."""
        async with self._one_file:
            await asyncio.to_thread(write_workbook, found, file)

    async def parquet(self, found: Iterator[Row], about: Mapping[str, Any], file: Path) -> None:
        """Write rows as Parquet, one file at a time; NotInstalled: pyarrow is missing."""
        async with self._one_file:
            writer = await asyncio.to_thread(parquet_writer)
            await asyncio.to_thread(writer, found, about, file)

    def unheard(self, kept: Kept, address: Address, stretch: Stretch) -> Unheard:
        """Return when a device was not heard. Blocking."""
        return self._known(kept, [address], stretch)[0]

    def _known(self, kept: Kept, devices: Sequence[Address], stretch: Stretch) -> list[Unheard]:
        absent = absences(kept, self.site, *stretch)
        return [unheard(kept, self.site, each, *stretch, absent) for each in devices]

    def _durations(self, of: Named, stretch: Stretch) -> DurationsView:
        kept = self.kept()
        stretch = Stretch(stretch.start_ms, min(stretch.end_ms, kept.now_ms))
        gaps = self.unheard(kept, of.series.address, stretch).gaps
        return durations(kept, of, stretch, gaps, self.site.zone)

    async def _marks(self, address: Address, stretch: Stretch, reach: Reach | None) -> list[AlarmMark] | None:
        return None if reach is None else await marks(self._desk, address, *stretch, reach)


def _trends(kept: Kept, properties: Sequence[Named], steps: Steps, points: int) -> list[TrendSeries]:
    return [trend(kept, each, steps, points) for each in properties]


def _device(address: Address, title: Words, known: Unheard, found: list[AlarmMark] | None) -> TrendDevice:
    return TrendDevice(
        device=str(address),
        title=title,
        heard_since=known.known_ms,
        gaps=[_gap(each) for each in known.gaps],
        marks=None if found is None else found[:MOST],
        more_marks=found is not None and len(found) > MOST,
    )


def _gap(gap: Gap) -> GapView:
    return GapView(start=gap.start_ms, end=gap.end_ms, why=gap.why)
