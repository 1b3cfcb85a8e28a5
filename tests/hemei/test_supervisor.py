"""The supervisor, with real processes: restarts what dies, leaves nothing behind however it ends itself."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from contract.clock import SystemClock
from hemei.supervisor import ProcessSpec, StartFailed, Supervisor
from tests.hemei.demos import alive
from tests.waiting import eventually

WAITS = "import signal; signal.pause()"
STUBBORN = (
    "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); signal.pause()"
)
SUPERVISES = f"""
import asyncio, sys
from pathlib import Path
from contract.clock import SystemClock
from hemei.supervisor import ProcessSpec, Supervisor

async def main(folder):
    stop = asyncio.Event()
    async with Supervisor(SystemClock(), status_file=folder / "processes.json") as supervisor:
        import signal
        for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(each, stop.set)
        for name in ("one", "two"):
            command = (sys.executable, "-c", {WAITS!r})
            supervisor.start(ProcessSpec(name=name, command=command, log_file=folder / f"{{name}}.log"))
        await stop.wait()

asyncio.run(main(Path(sys.argv[1])))
"""


def waiting(
    folder: Path, name: str, program: str = WAITS, ready: Callable[[], Awaitable[bool]] | None = None
) -> ProcessSpec:
    command = (sys.executable, "-c", program)
    return ProcessSpec(name=name, command=command, log_file=folder / f"{name}.log", ready=ready)


def status_of(folder: Path) -> list[dict[str, Any]]:
    file = folder / "processes.json"
    read: list[dict[str, Any]] = json.loads(file.read_text()) if file.exists() else []
    return read


async def test_what_dies_is_started_again_and_shown(tmp_path: Path) -> None:
    async with Supervisor(SystemClock(), status_file=tmp_path / "processes.json") as supervisor:
        supervisor.start(waiting(tmp_path, "hub"))
        [before] = supervisor.statuses()
        assert before.state == "running"
        assert before.pid is not None
        os.kill(before.pid, signal.SIGKILL)
        await eventually(lambda: supervisor.statuses()[0].state == "restarting")
        assert status_of(tmp_path)[0]["pid"] is None
        await eventually(lambda: supervisor.statuses()[0].state == "running")
        [after] = supervisor.statuses()
        assert (after.restarts, after.last_exit) == (1, "killed by signal 9")
        assert after.pid is not None
        assert after.pid != before.pid
        assert status_of(tmp_path)[0]["restarts"] == 1
    assert status_of(tmp_path)[0]["state"] == "stopped"
    assert not alive(after.pid)


async def test_one_that_will_not_stop_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hemei.supervisor.STOP_WITHIN_S", 0.2)
    log = tmp_path / "stubborn.log"
    async with Supervisor(SystemClock()) as supervisor:
        supervisor.start(waiting(tmp_path, "stubborn", STUBBORN))
        await eventually(lambda: "up" in log.read_text())
        pid = supervisor.statuses()[0].pid
    assert pid is not None
    assert not alive(pid)


async def never() -> bool:
    return False


async def test_one_that_keeps_dying_is_told_with_its_last_words(tmp_path: Path) -> None:
    async with Supervisor(SystemClock()) as supervisor:
        supervisor.start(waiting(tmp_path, "broken", "raise SystemExit('no such port')", ready=never))
        with pytest.raises(StartFailed, match=r"(?s)again and again \(exit code 1\).*no such port"):
            await supervisor.ready("broken", within_s=60)


async def test_one_that_cannot_be_started_is_told(tmp_path: Path) -> None:
    async with Supervisor(SystemClock()) as supervisor:
        nowhere = ProcessSpec(name="none", command=(str(tmp_path / "none"),), log_file=tmp_path / "log")
        supervisor.start(nowhere)
        with pytest.raises(StartFailed, match="No such file"):
            await supervisor.ready("none", within_s=60)


async def test_one_that_is_not_ready_in_time_is_told(tmp_path: Path) -> None:
    async with Supervisor(SystemClock()) as supervisor:
        supervisor.start(waiting(tmp_path, "slow", ready=never))
        with pytest.raises(StartFailed, match="slow: not ready after 0 s"):
            await supervisor.ready("slow", within_s=0.2)


@asynccontextmanager
async def supervisor_process(folder: Path) -> AsyncIterator[tuple[asyncio.subprocess.Process, list[int]]]:
    """Run a supervisor of two as a process of its own; yields it and the pids of the two."""
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", SUPERVISES, str(folder))
    try:
        await eventually(lambda: len(status_of(folder)) == 2)
        pids = [each["pid"] for each in status_of(folder)]
        assert all(map(alive, pids))
        yield process, pids
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
async def test_it_leaves_nothing_behind(tmp_path: Path, how: signal.Signals) -> None:
    async with supervisor_process(tmp_path) as (process, pids):
        process.send_signal(how)
        await process.wait()
        await eventually(lambda: not any(map(alive, pids)))
        if how is not signal.SIGKILL:
            assert process.returncode == 0
            assert {each["state"] for each in status_of(tmp_path)} == {"stopped"}
