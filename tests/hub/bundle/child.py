"""Makes the synthetic bundle in processes of its own, which kill themselves: `child KEYS FOLDER=MOMENT…`.

A moment is `reading:N` (in the middle of a chunk, before row N), or `STAGE:N` (the N-th word of a stage).
"""

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

from contract.clock import SystemClock
from hub.bundle import cover_pdf, gathering, sheets
from hub.bundle.keys import SigningKeys
from hub.bundle.making import Making, Options
from hub.bundle.progress import Progress
from hub.bundle.source import Row
from tests.hub.bundle.synthetic import Synthetic, facts

_ = cover_pdf, sheets  # loaded before the first life: making loads them when it needs them


def die() -> None:
    """End as `kill -9` does."""
    os.kill(os.getpid(), signal.SIGKILL)


class Fatal(Synthetic):
    """A source whose reader dies before a row."""

    def __init__(self, last: int | None) -> None:
        super().__init__()
        self._last = last

    def rows(self, table: str, after: str | None) -> Iterator[Row]:
        for row in super().rows(table, after):
            if table == "passes" and int(row.cursor) == self._last:
                die()
            yield row


def make(folder: str, keys: str, moment: str) -> None:
    """Make it, or die."""
    stage, _, number = moment.partition(":")
    said: list[str] = []

    def listen(progress: Progress) -> None:
        said.append(progress.stage)
        if stage != "reading" and number and said.count(stage) == int(number):
            die()

    gathering.CHUNK = 7  # type: ignore[misc]  # many chunks of few rows
    source = Fatal(int(number) if stage == "reading" else None)
    making = Making(Path(folder), source, facts(), SigningKeys(Path(keys)), Options(), SystemClock())
    making.run(listen, lambda: False)


def life(folder: str, keys: str, moment: str) -> int:
    """Have it made by a fork of this process, which has imported everything; return how that ended."""
    child = os.fork()
    if not child:
        make(folder, keys, moment)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def main(keys: str, *lives: str) -> None:
    """Say how each life ended, of `FOLDER=MOMENT`."""
    ends = [life(folder, keys, moment) for folder, _, moment in (each.rpartition("=") for each in lives)]
    print(*ends)  # noqa: T201 - for who called


main(*sys.argv[1:])
