"""Closes histories while two threads use each; a fault of it ends the process (SIGSEGV)."""

import contextlib
import sqlite3
import sys
import threading
from pathlib import Path

from hub.history.sqlite import SqliteHistory
from hub.history.store import Sample
from hub.history.summing import MINUTE_MS
from hub.settings import Retention
from tests.hub.history.test_store import SERIES, START

TIMES = 40


def use(history: SqliteHistory, begun: threading.Event) -> None:
    """Write and condense until that is refused."""
    now_ms = START
    with contextlib.suppress(sqlite3.ProgrammingError, OSError):
        while True:
            history.write([Sample(SERIES, now_ms, 1.0)])
            history.condense(now_ms)
            begun.set()
            now_ms += MINUTE_MS


def main(folder: Path) -> None:
    for number in range(TIMES):
        history, begun = SqliteHistory(folder / f"{number}.sqlite", Retention()), threading.Event()
        threads = [threading.Thread(target=use, args=(history, begun)) for _ in range(2)]
        for each in threads:
            each.start()
        begun.wait()
        history.close()
        for each in threads:
            each.join()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
