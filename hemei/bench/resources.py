"""CPU time and peak memory of processes, by name."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import psutil
from msgspec import Struct

LOOK_EVERY_S: Final = 0.2
MIB: Final = 1024 * 1024


class Usage(Struct, kw_only=True):
    """`cpu_s`: seconds of a core while it was measured; `rss_peak_mib`: the most memory seen."""

    pid: int
    cpu_s: float = 0.0
    rss_peak_mib: float = 0.0


class Meter:
    """Measures processes from the moment it is told of them."""

    def __init__(self) -> None:
        self.usage: dict[str, Usage] = {}
        self._processes: dict[str, psutil.Process] = {}
        self._before: dict[str, float] = {}

    def add(self, name: str, pid: int) -> None:
        """Measure a process from now on; one that is gone already is left out."""
        with contextlib.suppress(psutil.Error):
            process = psutil.Process(pid)
            self._before[name] = _cpu_s(process)
            self._processes[name] = process
            self.usage[name] = Usage(pid=pid)

    def look(self) -> None:
        """Note what each has used up to now; of one that has ended, the last look counts."""
        for name, process in self._processes.items():
            with contextlib.suppress(psutil.Error):
                usage = self.usage[name]
                usage.cpu_s = round(_cpu_s(process) - self._before[name], 3)
                usage.rss_peak_mib = max(usage.rss_peak_mib, round(process.memory_info().rss / MIB, 1))

    @asynccontextmanager
    async def looking(self) -> AsyncIterator[None]:
        """Look again and again during `async with`."""
        task = asyncio.create_task(self._keep_looking())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            self.look()

    async def _keep_looking(self) -> None:
        while True:
            self.look()
            await asyncio.sleep(LOOK_EVERY_S)


def _cpu_s(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)
