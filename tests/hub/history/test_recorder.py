"""What stands between ingest and the store: here, how it tries again what failed."""

import asyncio
import logging
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from contract.clock import ManualClock
from hub.counters import Counters
from hub.history.recorder import CONDENSE_AGAIN_S, Recorder
from hub.history.sqlite import SqliteHistory
from hub.history.store import Sample
from hub.settings import Retention
from tests.hub.history.test_store import SERIES, START
from tests.waiting import eventually


async def test_a_pass_that_failed_is_made_and_told_again_after_a_minute(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file, clock, counters = tmp_path / "history.sqlite", ManualClock(), Counters()
    with closing(SqliteHistory(file, Retention())) as store:
        with closing(sqlite3.connect(file)) as connection, connection:
            connection.execute("DROP TABLE due")  # the file is broken
        recorder = Recorder(store, clock, counters)

        def told() -> int:
            return sum("cannot be condensed" in each.message for each in caplog.records)

        async def goes_on() -> None:
            """Let it write twice: between the two it has looked whether it is time."""
            for _ in range(2):
                written = counters.samples_written
                recorder.keep([Sample(SERIES, START + written, 1.0)])
                await eventually(lambda: counters.samples_written > written)  # noqa: B023 - awaited

        with caplog.at_level(logging.WARNING):
            running = asyncio.create_task(recorder.run())
            await eventually(lambda: told() == 1)
            clock.advance(CONDENSE_AGAIN_S - 1)
            await goes_on()
            assert told() == 1
            clock.advance(2)
            await eventually(lambda: told() == 2)
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
