"""The second engine of history: InfluxDB. `hub.history.influx.settings` says how to reach it."""

from collections.abc import Sequence

from hub.counters import Counters
from hub.history.influx.asking import Asking
from hub.history.influx.buffer import Buffer
from hub.history.influx.condensing import Condensing
from hub.history.influx.delivery import Delivery
from hub.history.influx.lines import line
from hub.history.influx.marks import MARKS_FILE, Marks
from hub.history.influx.reading import Reading
from hub.history.influx.settings import InfluxSettings
from hub.history.influx.sums import sum_line
from hub.history.influx.view import ServerState, ServerView
from hub.history.influx.writing import Writing
from hub.history.store import Duration, Point, Query, Sample, SeriesKey, Sum, Tally, Tier
from hub.settings import Retention


class InfluxHistory:
    """Writes in one thread; reads in any. Needs no server to be opened."""

    def __init__(self, settings: InfluxSettings, retention: Retention, counters: Counters) -> None:
        self._settings = settings
        self._writing, self._asking = Writing(settings), Asking(settings)
        buffer = Buffer(settings.buffer_dir, settings.buffer_bytes)
        self._marks = Marks(settings.buffer_dir / MARKS_FILE)
        self._delivery = Delivery(
            self._writing.post, buffer, counters, longest_pause_s=settings.longest_pause_s
        )
        self._reading = Reading(self._asking, self._marks)
        self._condensing = Condensing(self._asking, self._delivery.put, self._marks, retention)

    @property
    def server(self) -> ServerView:
        """How the server does, and what waits for it."""
        return self._delivery.view

    def write(self, samples: Sequence[Sample]) -> None:
        """Have samples kept by the server, or on disk until it takes them; OSError if neither can be."""
        if not samples:
            return
        times = {sample.ts_ms for sample in samples}
        self._marks.arriving(min(times), times)
        self._delivery.write([line(sample) for sample in samples])

    def read(self, query: Query) -> list[Point]:
        """Return the points of a stretch; HistoryUnavailable if the server does not tell."""
        return self._reading.read(query)

    def durations(self, series: SeriesKey, start_ms: int, end_ms: int) -> list[Duration]:
        """Tell for how long each value held within a stretch."""
        return self._reading.durations(series, start_ms, end_ms)

    def series(self, tenant: str) -> list[SeriesKey]:
        """Return every series there is."""
        return self._reading.series(tenant)

    def tally(self, series: SeriesKey, start_ms: int, end_ms: int) -> Tally:
        """Count the raw samples of a stretch."""
        return self._reading.tally(series, start_ms, end_ms)

    def read_sums(self, series: SeriesKey, tier: Tier, start_ms: int, end_ms: int) -> list[Sum]:
        """Return the sums of a stretch."""
        return self._reading.sums(series, tier, start_ms, end_ms)

    def write_sums(self, series: SeriesKey, tier: Tier, sums: Sequence[Sum]) -> None:
        """Put in sums whose samples are gone."""
        if sums:
            self._delivery.write([sum_line(tier, series, each) for each in sums])

    def condense(self, now_ms: int) -> bool:
        """Sum up and delete; HistoryUnavailable or NotTaken if the server goes away meanwhile.

        Not while anything waits: the server cannot sum up what it does not have.
        """
        if self._delivery.idle and self.server.state is ServerState.TAKES:
            self._condensing.condense(now_ms)
        return False  # its slices are the server's work, and wait for the next second

    def close(self) -> None:
        """Let go of connections and files; what waits is sent after the next start."""
        self._delivery.close(self._settings.timeout_s)
        self._writing.close()
        self._asking.close()
