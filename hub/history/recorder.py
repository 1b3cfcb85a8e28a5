"""Between ingest and the history store: collects samples, writes them in batches in a thread of its own."""

import asyncio
import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from contract.clock import Clock, epoch_ms
from contract.errors import HemeiError
from contract.messages import State, Telemetry
from hub.counters import Counters
from hub.history.store import HistoryStore, Sample, SeriesKey
from hub.shadows.shadow import Shadow

logger = logging.getLogger(__name__)

WRITE_INTERVAL_S: Final = 0.1
CONDENSE_INTERVAL_S: Final = 1.0
"""Each pass of the store is a bounded slice; where more is due, the next one comes with the next write."""

CONDENSE_AGAIN_S: Final = 60.0
"""After a pass that failed: what it failed of lasts, and each try is told."""

MAX_WAITING: Final = 500_000
"""Samples that may wait while the store cannot be written; beyond that the oldest are shed and counted."""


class Recorder:
    """Takes samples on the hub's thread, never waits, and writes them behind it."""

    def __init__(self, store: HistoryStore, clock: Clock, counters: Counters) -> None:
        self._store = store
        self._clock = clock
        self._counters = counters
        self._waiting: list[Sample] = []
        self._thread = ThreadPoolExecutor(1, "history")
        self._emptied_at = clock.monotonic()
        self.failing = False
        """Whether the last write failed: the store takes nothing just now."""

    @property
    def waiting(self) -> int:
        """How many samples are not written yet."""
        return len(self._waiting)

    @property
    def behind_s(self) -> float:
        """How old, at most, the oldest sample is that is not written yet, in seconds."""
        return self._clock.monotonic() - self._emptied_at if self._waiting or self.failing else 0.0

    def telemetry(self, shadow: Shadow, message: Telemetry, ts_ms: int) -> None:
        """Keep every measurement; `ts_ms` is the message's own time, in ms since 1970."""
        tenant, address = shadow.tenant, shadow.address
        for name, value in message.values.items():
            self._waiting.append(Sample(SeriesKey(tenant, address, name), ts_ms, value))

    def state(self, shadow: Shadow, message: State, ts_ms: int) -> None:
        """Keep what differs from the shadow, before that takes the new state."""
        for name, value in message.properties.items():
            known = shadow.readings.get(name)
            if known is not None and known.value == value:
                continue
            schema = shadow.schema(name)
            if schema is None or schema.history:
                key = SeriesKey(shadow.tenant, shadow.address, name)
                self._waiting.append(Sample(key, ts_ms, value))

    def keep(self, samples: Sequence[Sample]) -> None:
        """Keep what the hub itself has to say."""
        self._waiting.extend(samples)

    async def run(self) -> None:
        """Write and condense until cancelled; then write what still waits."""
        loop = asyncio.get_running_loop()
        condense_at = self._clock.monotonic()
        try:
            while True:
                await asyncio.sleep(WRITE_INTERVAL_S)
                await self._flush(loop)
                if self._clock.monotonic() >= condense_at:
                    condense_at = self._clock.monotonic() + await self._condense(loop)
        finally:
            self._write(self._take())
            self._thread.shutdown()

    async def _flush(self, loop: asyncio.AbstractEventLoop) -> None:
        taken_at = self._clock.monotonic()
        samples = self._take()
        self.failing = bool(samples) and not await loop.run_in_executor(self._thread, self._write, samples)
        if not self.failing:
            self._emptied_at = taken_at
        else:
            self._waiting = samples + self._waiting
            excess = len(self._waiting) - MAX_WAITING
            if excess > 0:
                del self._waiting[:excess]
                self._counters.samples_shed += excess

    def _take(self) -> list[Sample]:
        samples, self._waiting = self._waiting, []
        return samples

    def _write(self, samples: list[Sample]) -> bool:
        try:
            self._store.write(samples)
        except OSError as refused:  # no room, or nobody there: keep the samples and try again
            if not self.failing:
                logger.warning("history cannot be written (%s); samples wait", refused)
            return False
        except Exception:  # the store may be any database, full or gone: keep the samples and try again
            logger.exception("history cannot be written; %d samples wait", len(samples))
            return False
        self._counters.samples_written += len(samples)
        return True

    async def _condense(self, loop: asyncio.AbstractEventLoop) -> float:
        """Have the store do a slice; returns how long the next one has time, in seconds."""
        now_ms = epoch_ms(self._clock.now())
        try:
            more = await loop.run_in_executor(self._thread, self._store.condense, now_ms)
        except (OSError, HemeiError) as refused:  # no room, or nobody there: sums are made the next time
            logger.warning("history cannot be condensed (%s); trying again in a minute", refused)
            return CONDENSE_AGAIN_S
        except Exception:  # as above
            logger.exception("history cannot be condensed; trying again in a minute")
            return CONDENSE_AGAIN_S
        return 0.0 if more else CONDENSE_INTERVAL_S
