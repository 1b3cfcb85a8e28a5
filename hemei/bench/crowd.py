"""Several viewers of the live stream in a process of its own, and how old the news are that each sees.

`python -m hemei.bench.crowd` reads a `Crowd` as JSON, a line, from its standard input, writes the line
`watching` once every viewer has its snapshot, reads a `Counted`, another line, and when its input ends writes
a `list[ViewerSeen]`. They share a core: what one reads holds up the others, so latencies are at most as long.
"""

import asyncio
import sys
from collections import Counter
from typing import Final

import msgspec
from msgspec import Struct

from hemei.bench.clock import BenchClock
from hemei.bench.viewer import Notes, look, run, set_at_end, standard_input

STEP_MS: Final = 0.1
"""Latencies are told in steps of so much."""
NEVER: Final = float("inf")


class Crowd(Struct, frozen=True, kw_only=True):
    """How many viewers, and of what."""

    url: str
    token: str
    viewers: int
    clock: BenchClock


class Counted(Struct, frozen=True, kw_only=True):
    """What was due before `start_ms` is not of this run, before `from_ms` not among the latencies."""

    start_ms: float
    from_ms: float


class ViewerSeen(Struct, frozen=True, kw_only=True):
    """What one viewer has seen; `steps`: how many latencies of so many steps there were.

    `twice`: events of which two alarms came; `cut_off`: the hub closed the stream before the end.
    """

    changes: int
    snapshots: int
    alarms: int
    twice: int
    cut_off: bool
    steps: dict[int, int]


async def main() -> None:
    """Read what to do, watch until the input ends, write what was seen."""
    reader = await standard_input()
    crowd = msgspec.json.decode(await reader.readline(), type=Crowd)
    end, watching = asyncio.Event(), asyncio.Semaphore(0)
    every = [Notes(NEVER, NEVER) for _ in range(crowd.viewers)]
    async with asyncio.TaskGroup() as group:
        looking = [
            group.create_task(look(crowd.url, crowd.token, crowd.clock, notes, end, watching.release))
            for notes in every
        ]
        for _ in every:
            await watching.acquire()
        sys.stdout.write("watching\n")
        sys.stdout.flush()
        counted = msgspec.json.decode(await reader.readline(), type=Counted)
        for notes in every:
            notes.count_from(counted.from_ms, counted.start_ms)
        await set_at_end(reader, end)
    seen = [_seen(notes, cut_off=task.result()) for notes, task in zip(every, looking, strict=True)]
    sys.stdout.buffer.write(msgspec.json.encode(seen))


def _seen(notes: Notes, *, cut_off: bool) -> ViewerSeen:
    summary = notes.summary(cut_off=cut_off)
    return ViewerSeen(
        changes=notes.changes,
        snapshots=summary.snapshots,
        alarms=summary.alarms.alarms,
        twice=summary.alarms.twice,
        cut_off=cut_off,
        steps=Counter(round(latency / STEP_MS) for latency in notes.latencies),
    )


if __name__ == "__main__":
    run(main())
