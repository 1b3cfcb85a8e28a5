"""A child process that dies with us, whatever happens to us (Linux).

The kernel kills it when we end (`PR_SET_PDEATHSIG`, prctl(2)), even if we are killed ourselves; it has a
session of its own, so that neither Ctrl-C nor a terminal that goes away reaches it; a pidfd tells the event
loop of its end without a thread.
"""

import asyncio
import contextlib
import ctypes
import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

PR_SET_PDEATHSIG: Final = 1
LONGEST_LOG_BYTES: Final = 8 * 1024 * 1024

_libc = ctypes.CDLL(None, use_errno=True)


class Child:
    """A started process; its output goes to `log_file`, which is kept from run to run up to a size.

    Start it on the main thread: the kernel watches the thread that forked.
    """

    def __init__(self, command: Sequence[str], log_file: Path, environment: Mapping[str, str]) -> None:
        log_file.parent.mkdir(parents=True, exist_ok=True)
        _shorten(log_file)
        parent = os.getpid()

        def die_with_parent() -> None:
            _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
            if os.getppid() != parent:  # it ended before the kernel knew our wish
                os._exit(1)

        with log_file.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - the command is ours
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, **environment},
                start_new_session=True,
                preexec_fn=die_with_parent,  # noqa: PLW1509 - two system calls, no lock another thread may hold
            )
        self.pid = self._process.pid
        self._ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._pidfd = os.pidfd_open(self.pid)
        asyncio.get_running_loop().add_reader(self._pidfd, self._on_end)

    async def wait(self) -> int:
        """Return the exit code; below zero it is the signal that ended it."""
        return await asyncio.shield(self._ended)

    @property
    def running(self) -> bool:
        """Whether it has not ended."""
        return not self._ended.done()

    def send(self, what: signal.Signals) -> None:
        """Send a signal to the process and all it has started."""
        if self.running:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.pid, what)

    async def stop(self, within_s: float) -> int:
        """End it politely, and by force after `within_s` seconds."""
        self.send(signal.SIGTERM)
        self.send(signal.SIGCONT)  # one that is frozen could not hear
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                return await self.wait()
        self.send(signal.SIGKILL)
        return await self.wait()

    def _on_end(self) -> None:
        asyncio.get_running_loop().remove_reader(self._pidfd)
        os.close(self._pidfd)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)  # whatever it may have left behind
        if not self._ended.done():
            self._ended.set_result(self._process.wait())


def describe_exit(code: int) -> str:
    """Say how a process ended: `exit code 1`, `killed by signal 9`."""
    return f"killed by signal {-code}" if code < 0 else f"exit code {code}"


def _shorten(log_file: Path) -> None:
    """Put a long log aside as `NAME.1`; the one before is dropped."""
    with contextlib.suppress(FileNotFoundError):
        if log_file.stat().st_size > LONGEST_LOG_BYTES:
            log_file.replace(log_file.with_name(f"{log_file.name}.1"))
