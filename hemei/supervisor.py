"""Keep a set of processes running: start them, start again what dies, stop them all.

What it knows of each stands in `statuses()` and, written at every change, in the status file that the hub
reads for the wall.
"""

import asyncio
import contextlib
import signal
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Final, Literal

import msgspec
from msgspec import Struct

from contract.clock import Clock, rfc3339
from contract.errors import HemeiError
from hemei.child import Child, describe_exit
from hemei.private_files import write_private

FIRST_PAUSE_S: Final = 0.2
LONGEST_PAUSE_S: Final = 10.0
HEALTHY_AFTER_S: Final = 30.0
"""A process that lived this long starts again after the first pause."""
STOP_WITHIN_S: Final = 8.0
READY_WITHIN_S: Final = 40.0
CHECK_EVERY_S: Final = 0.05

_NOTHING: Final[Mapping[str, str]] = MappingProxyType({})


class StartFailed(HemeiError):
    """A process did not become ready, or ended before it was."""

    default_code = "start-failed"


class ProcessSpec(Struct, frozen=True, kw_only=True):
    """What to run under which name. `ready` answers whether it does its work; None: as soon as it runs."""

    name: str
    command: tuple[str, ...]
    log_file: Path
    environment: Mapping[str, str] = _NOTHING
    ready: Callable[[], Awaitable[bool]] | None = None


class ProcessStatus(Struct, frozen=True, kw_only=True):
    """One line of the status file; `since` is when it came into its state."""

    name: str
    pid: int | None
    state: Literal["running", "restarting", "stopped"]
    restarts: int
    since: str
    last_exit: str | None


class Change(Struct, frozen=True, kw_only=True):
    """What `on_change` is told: the process as it is now and, if it died, how long until its next start."""

    status: ProcessStatus
    pause_s: float | None = None


class Supervised:
    """One process over all its lives."""

    def __init__(self, spec: ProcessSpec, clock: Clock) -> None:
        self.spec = spec
        self._clock = clock
        self.child: Child | None = None
        self.state: Literal["running", "restarting", "stopped"] = "stopped"
        self.restarts = 0
        self.since: datetime = clock.now()
        self.last_exit: str | None = None
        self.pause_s = FIRST_PAUSE_S

    def start(self) -> Child | None:
        """Start it, for the first time or again; None if the system would not."""
        try:
            self.child = Child(self.spec.command, self.spec.log_file, self.spec.environment)
        except OSError as wrong:
            self.child, self.last_exit = None, str(wrong)
        else:
            self._turn("running")
        return self.child

    def ended(self, code: int | None, lived_s: float) -> float:
        """Note its end and return the seconds to wait before the next start."""
        if code is not None:
            self.last_exit = describe_exit(code)
        self.restarts += 1
        self._turn("restarting")
        pause = FIRST_PAUSE_S if lived_s > HEALTHY_AFTER_S else self.pause_s
        self.pause_s = min(pause * 2, LONGEST_PAUSE_S)
        return pause

    def stopped(self) -> None:
        """Note that it runs no more because it should not."""
        self._turn("stopped")

    def _turn(self, state: Literal["running", "restarting", "stopped"]) -> None:
        self.state = state
        self.since = self._clock.now()

    @property
    def status(self) -> ProcessStatus:
        """What is known of it."""
        return ProcessStatus(
            name=self.spec.name,
            pid=self.child.pid if self.child is not None and self.state == "running" else None,
            state=self.state,
            restarts=self.restarts,
            since=rfc3339(self.since),
            last_exit=self.last_exit,
        )


class Supervisor:
    """Runs processes as `async with`; leaving stops them, the first one, on which the others rest, last."""

    def __init__(
        self,
        clock: Clock,
        *,
        status_file: Path | None = None,
        on_change: Callable[[Change], None] | None = None,
    ) -> None:
        self._clock = clock
        self._status_file = status_file
        self._on_change = on_change
        self._processes: dict[str, Supervised] = {}
        self._keepers: dict[str, asyncio.Task[None]] = {}

    async def __aenter__(self) -> "Supervisor":
        """Nothing runs yet: see `start`."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop everything."""
        await self.stop()

    def start(self, spec: ProcessSpec) -> None:
        """Start a process and keep it running from now on."""
        process = Supervised(spec, self._clock)
        self._processes[spec.name] = process
        child = process.start()
        self._changed(process)
        self._keepers[spec.name] = asyncio.create_task(self._keep(process, child), name=f"keep {spec.name}")

    async def ready(self, *names: str, within_s: float = READY_WITHIN_S) -> None:
        """Wait until these processes do their work; StartFailed if they do not in time or keep dying."""
        for name in names:
            await self._one_ready(self._processes[name], within_s)

    def statuses(self) -> list[ProcessStatus]:
        """Return what is known of each process, in the order of their start."""
        return [process.status for process in self._processes.values()]

    async def stop(self) -> None:
        """End every process, the first started last, and wait until they are gone."""
        for keeper in self._keepers.values():
            keeper.cancel()
        await asyncio.gather(*self._keepers.values(), return_exceptions=True)
        self._keepers.clear()
        processes = list(self._processes.values())
        await asyncio.gather(*(self._stop_one(process) for process in processes[1:]))
        for first in processes[:1]:
            await self._stop_one(first)

    async def _stop_one(self, process: Supervised) -> None:
        if process.child is not None:
            await process.child.stop(STOP_WITHIN_S)
        if process.state != "stopped":
            process.stopped()
            self._changed(process)

    def kill(self) -> None:
        """End every process at once, for people who cannot wait."""
        for process in self._processes.values():
            if process.child is not None:
                process.child.send(signal.SIGKILL)

    async def _keep(self, process: Supervised, child: Child | None) -> None:
        while True:
            started = self._clock.monotonic()
            code = await child.wait() if child is not None else None
            pause = process.ended(code, self._clock.monotonic() - started)
            self._changed(process, pause)
            await asyncio.sleep(pause)
            child = process.start()
            if child is not None:
                self._changed(process)

    async def _one_ready(self, process: Supervised, within_s: float) -> None:
        try:
            async with asyncio.timeout(within_s):
                while not (process.state == "running" and await _is_ready(process.spec)):
                    if process.restarts >= 3:
                        raise StartFailed(_complaint(process, f"ends again and again ({process.last_exit})"))
                    await asyncio.sleep(CHECK_EVERY_S)
        except TimeoutError as late:
            raise StartFailed(_complaint(process, f"not ready after {within_s:.0f} s")) from late

    def _changed(self, process: Supervised, pause_s: float | None = None) -> None:
        if self._status_file is not None:
            text = msgspec.json.encode(self.statuses()).decode()
            with contextlib.suppress(OSError):  # a full disk must not end what watches over the processes
                write_private(self._status_file, text, mode=0o644)
        if self._on_change is not None:
            self._on_change(Change(status=process.status, pause_s=pause_s))


async def _is_ready(spec: ProcessSpec) -> bool:
    return spec.ready is None or await spec.ready()


def _complaint(process: Supervised, what: str) -> str:
    """Say what is wrong with a process and what it said last."""
    spec = process.spec
    try:
        last = spec.log_file.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-3:]
    except OSError:
        last = []
    return "\n".join([f"{spec.name}: {what}; its log: {spec.log_file}", *(f"  {line}" for line in last)])
