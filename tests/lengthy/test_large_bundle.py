"""A bundle of a million events and two thousand pictures, made beside a hub that takes 5,000 events a second.

A real ledger, a real process that makes it, killed twice; a real hub and mosquitto beside. What was changed
is found by our check and by the stock commands of the documentation.
"""

import asyncio
import hashlib
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import psutil
import pytest

from hub.disclosure.request import Disclosure, Progress
from hub.disclosure.states import State
from hub.ledger.schema import events
from tests.hub.bundle.changing import documented, faults, flip, succeeds
from tests.hub.disclosure.making import Works
from tests.hub.disclosure.test_making import again, children
from tests.hub.disclosure.yard import NOON_MS, PLATE, Yard, event_row
from tests.peers import require_program
from tests.pictures import jpeg, with_comment

EVENTS: Final = 1_000_000
PICTURES: Final = 2_000
APART_MS: Final = 40
BEGAN_MS: Final = NOON_MS - 43_200_000
AT_ONCE: Final = 10_000
MOST_MIB: Final = 200
PER_S: Final = 5_000
CHANGED: Final = 60


def fill(yard: Yard) -> None:
    """Put all of it into the ledger, passes with pictures first."""
    picture = jpeg(720, 440)
    for seq in range(1, PICTURES + 1):
        name = yard.keep(with_comment(picture, str(seq)))
        yard.passes(seq, pictures=(name,), at_ms=at_ms(seq), received_ms=at_ms(seq) + 40)
    data = {"reason": "listed", "plate": PLATE}
    for first in range(PICTURES + 1, EVENTS + 1, AT_ONCE):
        seqs = range(first, min(first + AT_ONCE, EVENTS + 1))
        yard.write(events, [event_row(seq, data, at_ms(seq)) for seq in seqs])
    yard.taken(EVENTS)


def at_ms(seq: int) -> int:
    """Return when something happened."""
    return BEGAN_MS + seq * APART_MS


class Killer:
    """Kills what makes a bundle: once while it reads, once later."""

    def __init__(self) -> None:
        self.killed: list[str] = []

    def __call__(self, progress: Progress) -> None:
        """Look how far it is."""
        far = progress.stage != "reading" or progress.done > progress.total / 3
        if far and progress.stage not in self.killed and len(self.killed) < 2:
            self.killed.append(progress.stage)
            for each in children():
                os.kill(each.pid, signal.SIGKILL)


class Most:
    """The most memory that what makes a bundle ever had, in MiB, and the processor time that it took."""

    def __init__(self) -> None:
        self.mib = 0.0
        self._cpu_s: dict[int, float] = {}

    @property
    def cpu_s(self) -> float:
        """Seconds of a core, of all that lived."""
        return sum(self._cpu_s.values())

    async def look(self) -> None:
        """Look again and again."""
        while True:
            for each in children():
                try:
                    self.mib = max(self.mib, each.memory_info().rss / 2**20)
                    self._cpu_s[each.pid] = sum(each.cpu_times()[:2])
                except psutil.Error:
                    continue  # it was killed
            await asyncio.sleep(0.1)


@asynccontextmanager
async def looking() -> AsyncIterator[Most]:
    most = Most()
    task = asyncio.create_task(most.look())
    try:
        yield most
    finally:
        task.cancel()


async def taken(seconds: int) -> dict[str, Any]:
    """Return how a hub did that was sent events meanwhile."""
    options = ("--qos", "1", "--rate", str(PER_S), "--seconds", str(seconds), "--json")
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "hemei", "bench", "ingest", *options), stdout=subprocess.PIPE
    )
    said, _ = await process.communicate()
    answer: dict[str, Any] = json.loads(said)
    assert (answer["lost"], answer["duplicates"]) == (0, 0)
    return answer


async def made(works: Works, found: Disclosure) -> Path:
    """Have the bundle made, and return it."""
    await works.maker.once()
    ready = await works.desk.get(found.id)
    assert ready.state is State.READY, ready.error
    return works.folder(found) / f"{found.number}.zip"


def digest(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def check_changes(bundle: Path) -> None:
    """Change a byte anywhere, and see it found; then put it right again."""
    assert not faults(bundle)
    size = bundle.stat().st_size
    for place in random.Random(7).sample(range(size), CHANGED):  # noqa: S311 - anywhere
        flip(bundle, place)
        assert faults(bundle), f"byte {place}"
        flip(bundle, place)
    assert stock_commands_succeed(bundle)
    for place in (0, size // 2, size - 2):
        flip(bundle, place)
        assert not stock_commands_succeed(bundle), f"byte {place}"
        flip(bundle, place)


def stock_commands_succeed(bundle: Path) -> bool:
    """Check a bundle as the documentation says."""
    script = re.sub("^N=[0-9-]+", f"N={bundle.stem}", documented(0), flags=re.MULTILINE)
    try:
        return succeeds(script, bundle.parent)
    finally:
        shutil.rmtree(bundle.with_suffix(""), ignore_errors=True)


@pytest.mark.timeout(3600)
async def test_it_is_made_beside_all_else_whatever_is_killed(tmp_path: Path) -> None:
    for program in ("mosquitto", "unzip", "openssl"):
        require_program(program, program)
    yard = Yard(tmp_path)
    await asyncio.to_thread(fill, yard)
    works, killer = Works(yard), Killer()
    works.on_progress = killer
    found = await works.released()
    alone = await taken(30)
    began = time.monotonic()
    async with looking() as most, asyncio.TaskGroup() as group:
        making = group.create_task(made(works, found))
        beside = await taken(60)
        bundle = await making
    took_s, whole = time.monotonic() - began, digest(bundle)
    print(f"{bundle.stat().st_size:,} bytes, killed {killer.killed}, {took_s:.0f} s,")  # noqa: T201 - for who runs it
    print(f"{most.cpu_s:.0f} s of a core, {most.mib:.0f} MiB;")  # noqa: T201 - the same
    print(f"events a second: {alone['sustained']:.0f} alone, {beside['sustained']:.0f} beside")  # noqa: T201 - the same
    assert len(killer.killed) == 2
    assert most.mib < MOST_MIB
    assert beside["sustained"] > alone["sustained"] * 0.99
    await asyncio.to_thread(again, works, found)
    assert digest(bundle) == whole, "as if nothing had been killed"
    await asyncio.to_thread(check_changes, bundle)
    yard.close()
