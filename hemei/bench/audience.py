"""Any number of viewers, a few to a process, that begin to count together."""

import asyncio
import sys
from asyncio.subprocess import Process
from types import TracebackType
from typing import Final, Self

import msgspec

from hemei.bench.clock import BenchClock
from hemei.bench.crowd import Counted, Crowd, ViewerSeen
from hemei.bench.ingest import BenchFailed
from hemei.bench.resources import Meter
from hemei.bench.target import Target

VIEWERS_A_PROCESS: Final = 10


class Audience:
    """Viewers of the live stream; use it in `async with`, at whose end what still looks is ended."""

    def __init__(self, target: Target, clock: BenchClock, meter: Meter) -> None:
        self._target = target
        self._clock = clock
        self._meter = meter
        self._processes: list[Process] = []

    async def __aenter__(self) -> Self:
        """Nobody looks yet."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End who still looks."""
        for process in self._processes:
            if process.returncode is None:
                process.kill()
            await process.wait()

    async def gather(self, viewers: int) -> None:
        """Start so many viewers and wait until each has its snapshot."""
        for first in range(0, viewers, VIEWERS_A_PROCESS):
            await self._start(min(VIEWERS_A_PROCESS, viewers - first))
        for process in self._processes:
            if process.stdout is None or await process.stdout.readline() != b"watching\n":
                raise BenchFailed("a viewer could not watch the live stream; see above")

    def count(self, counted: Counted) -> None:
        """Say from when on what is seen counts."""
        for process in self._processes:
            if process.stdin is not None:
                process.stdin.write(msgspec.json.encode(counted) + b"\n")

    async def seen(self) -> list[ViewerSeen]:
        """Let everybody see the last news, and return what each saw."""
        for process in self._processes:
            if process.stdin is not None:
                process.stdin.close()
        outputs = await asyncio.gather(*(process.communicate() for process in self._processes))
        if any(process.returncode for process in self._processes):
            raise BenchFailed("a viewer ended early; see above")
        return [each for out, _ in outputs for each in msgspec.json.decode(out, type=list[ViewerSeen])]

    async def _start(self, viewers: int) -> None:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "hemei.bench.crowd",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        self._processes.append(process)
        self._meter.add(f"viewers {len(self._processes)}", process.pid)
        crowd = Crowd(url=self._target.live_url, token=self._target.token, viewers=viewers, clock=self._clock)
        if process.stdin is not None:
            process.stdin.write(msgspec.json.encode(crowd) + b"\n")
