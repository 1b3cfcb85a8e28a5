"""Reads the history that a hub keeps in InfluxDB from another process. Blocking."""

from collections.abc import Iterator
from typing import Final

from hub.history.beside import stretches
from hub.history.influx.asking import Asking
from hub.history.influx.marks import MARKS_FILE, Marks
from hub.history.influx.reading import Reading
from hub.history.influx.settings import InfluxSettings
from hub.history.store import Query, SeriesKey, Tier
from hub.history.summing import Timed

MOST_IN_WINDOW: Final = 6 * 3600 * 1000
"""One each millisecond: a window is read whole."""


class InfluxBeside:
    """A server; HistoryUnavailable if it does not answer."""

    def __init__(self, settings: InfluxSettings) -> None:
        self._asking = Asking(settings)
        self._marks = Marks(settings.buffer_dir / MARKS_FILE)
        self._reading = Reading(self._asking, self._marks)

    def series(self, tenant: str) -> list[SeriesKey]:
        """Return every series there is."""
        return self._reading.series(tenant)

    def raw_from_ms(self) -> int:
        """Return since when raw samples are kept."""
        return self._marks.kept.raw_from_ms

    def samples(self, series: SeriesKey, start_ms: int, end_ms: int) -> Iterator[Timed]:
        """Yield the samples of a stretch, oldest first."""
        for since_ms, until_ms in stretches(start_ms, end_ms):
            query = Query(series=series, start_ms=since_ms, end_ms=until_ms, limit=MOST_IN_WINDOW)
            yield from self._reading.read(query)

    def minutes(self, series: SeriesKey, start_ms: int, end_ms: int) -> Iterator[Timed]:
        """Yield the last sample of each minute of a stretch, also where raw samples are gone."""
        for since_ms, until_ms in stretches(start_ms, end_ms):
            sums = self._reading.sums(series, Tier.MINUTE, since_ms, until_ms)
            yield from ((each.last_ms, each.last) for each in sums)

    def close(self) -> None:
        """Let go of the connection."""
        self._asking.close()
