"""A demo as a process of its own, for tests."""

import asyncio
import json
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import psutil

from tests.plain_http import plain_client
from tests.waiting import eventually

START_WITHIN_S = 120.0
STOP_WITHIN_S = 60.0


class RunningDemo:
    """A demo that is up: what its ready file says, and what it prints."""

    def __init__(self, process: asyncio.subprocess.Process, folder: Path, output: Path) -> None:
        self.process = process
        self.folder = folder
        self.output = output

    @property
    def ready(self) -> dict[str, Any]:
        """The ready file as it is now."""
        read: dict[str, Any] = json.loads((self.folder / "ready.json").read_text())
        return read

    @property
    def printed(self) -> str:
        """Everything it has said so far."""
        return self.output.read_text(encoding="utf-8")

    def client(self, role: str) -> httpx.AsyncClient:
        """Return a client of the API with the token of `role`."""
        ready = self.ready
        headers = {"Authorization": f"Bearer {ready['tokens'][role]}"}
        return plain_client(base_url=ready["http"], headers=headers)

    async def end(self, how: signal.Signals = signal.SIGINT) -> int:
        """Send a signal and wait for the end; returns the exit code."""
        self.process.send_signal(how)
        async with asyncio.timeout(STOP_WITHIN_S):
            return await self.process.wait()


@asynccontextmanager
async def running_demo(folder: Path, *arguments: str) -> AsyncIterator[RunningDemo]:
    """Run `hemei demo` in `folder` and wait until it is up; whatever is left at the end is killed."""
    output = folder / "output"
    ready_file = folder / "ready.json"
    command = [sys.executable, "-m", "hemei", "demo", "--data-dir", str(folder / "data"), "--port", "0"]
    with output.open("ab") as out:
        process = await asyncio.create_subprocess_exec(
            *command, "--ready-file", str(ready_file), *arguments, stdout=out, stderr=out
        )
    try:
        await eventually(lambda: ready_file.exists() or process.returncode is not None, START_WITHIN_S)
        assert process.returncode is None, output.read_text()
        yield RunningDemo(process, folder, output)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


def alive(pid: int) -> bool:
    """Whether it runs; a zombie that nobody has buried does not."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
